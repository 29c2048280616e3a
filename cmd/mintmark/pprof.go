package main

import (
	"net"
	"net/http"
	"net/http/pprof"

	"mintmark/engine/fault"
)

// serveProfiles serves profiles on a loopback address, and nothing if the
// address is empty. The function ends it.
func serveProfiles(listen string) (stop func(), err error) {
	if listen == "" {
		return func() {}, nil
	}
	addr, err := net.ResolveTCPAddr("tcp", listen)
	if err != nil || !addr.IP.IsLoopback() {
		return nil, fault.Field("pprof", "%q must be a loopback address such as 127.0.0.1:6060", listen)
	}
	ln, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return nil, fault.Field("pprof", "%v", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	srv := &http.Server{Handler: mux}
	go srv.Serve(ln) // ends with Close
	return func() { srv.Close() }, nil
}
