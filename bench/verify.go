package bench

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/serial"
	"mintmark/server"
)

// Verify measures verifications over HTTP, each logged durably before its
// reply, against a bare fasthttp handler that returns a body of the same size.
// Both get the same requests from the same client: random valid stamps over
// kept-alive connections, JSON asked for.
func Verify(ctx context.Context, c Config) ([]Figure, error) {
	e, codes, err := c.site(ctx, "verify")
	if err != nil {
		return nil, err
	}
	defer e.Close()
	client, err := c.newClient(codes, asJSON)
	if err != nil {
		return nil, err
	}
	addr, stopServer, err := serve(ctx, e)
	if err != nil {
		return nil, err
	}
	defer stopServer()
	body, err := sampleBody(addr, codes[0])
	if err != nil {
		return nil, err
	}
	bareAddr, stop, err := bare(body)
	if err != nil {
		return nil, err
	}
	defer stop()
	return c.compare(ctx, e, client, addr, bareAddr, len(body))
}

// serve serves a site on a port of its own until stop is called.
func serve(ctx context.Context, e *engine.Engine) (addr string, stop func(), err error) {
	s, err := server.New(server.Config{Engine: e, Listen: "127.0.0.1:0"})
	if err != nil {
		return "", nil, err
	}
	if addr, err = s.Listen(); err != nil {
		return "", nil, err
	}
	go s.Serve()
	return addr, func() { s.Shutdown(ctx) }, nil
}

// compare runs the rounds in turn.
func (c *Config) compare(ctx context.Context, e *engine.Engine, client loadClient, addr, bareAddr string, body int) ([]Figure, error) {
	var ours, limit, p99 []float64
	for i := range c.Rounds {
		before := e.Stats().Scans
		restore := server.UseProcessors() // as the program does that serves
		a, err := client.run(ctx, addr, c.Connections, c.Duration)
		restore()
		if err != nil {
			return nil, err
		}
		after := e.Stats().Scans
		if n := after.Events - before.Events; float64(n) < a.requests {
			return nil, fmt.Errorf("%.0f requests were answered and %d scans logged", a.requests, n)
		}
		b, err := client.run(ctx, bareAddr, c.Connections, c.Duration)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(c.Out, "round %d: %.1f k/s in groups of %d, bare handler %.1f k/s, ratio %.2f\n", i+1, a.rate/1e3,
			(after.Events-before.Events)/max(1, after.Groups-before.Groups), b.rate/1e3, a.rate/b.rate)
		ours, limit, p99 = append(ours, a.rate), append(limit, b.rate), append(p99, a.p99)
	}
	note := fmt.Sprintf("%s, %d connections, median of %d rounds", client.name(), c.Connections, c.Rounds)
	return []Figure{
		{"verify over HTTP, every scan durable", median(ours), "requests/s", note},
		{"bare fasthttp handler, same body", median(limit), "requests/s", fmt.Sprintf("%d bytes", body)},
		{"verify / bare handler", median(ours) / median(limit), "ratio", "target 0.75"},
		{"verify p99", median(p99), "ms", ""},
	}, nil
}

// path is the request path of a stamp.
func path(code serial.Code) string { return "/S/" + code.String() }

// sampleBody returns what the server answers for a stamp.
func sampleBody(addr string, code serial.Code) ([]byte, error) {
	var req fasthttp.Request
	var res fasthttp.Response
	req.SetRequestURI("http://" + addr + path(code))
	req.Header.Set("Accept", "application/json")
	if err := fasthttp.Do(&req, &res); err != nil {
		return nil, err
	}
	if !bytes.Contains(res.Body(), []byte(`"genuine"`)) {
		return nil, fmt.Errorf("%s answered %s", path(code), res.Body())
	}
	return bytes.Clone(res.Body()), nil
}

// bare serves a fixed body with nothing but fasthttp.
func bare(body []byte) (addr string, stop func() error, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &fasthttp.Server{NoDefaultServerHeader: true, Handler: func(ctx *fasthttp.RequestCtx) {
		ctx.SetContentType("application/json")
		ctx.SetBody(body)
	}}
	go s.Serve(ln)
	return ln.Addr().String(), s.Shutdown, nil
}

// loadClient makes HTTP load.
type loadClient interface {
	name() string
	run(ctx context.Context, addr string, connections int, d time.Duration) (loadResult, error)
}

type loadResult struct {
	requests float64 // answered
	rate     float64 // a second
	p99      float64 // ms
}

// clientPaths is how many different stamps the client asks for.
const clientPaths = 100_000

// newClient returns wrk if it is installed, else a client of our own.
func (c *Config) newClient(codes []serial.Code, accept string) (loadClient, error) {
	var paths bytes.Buffer
	// A stride prime to the number of codes spreads the paths over all pages.
	for i := range clientPaths {
		paths.WriteString(path(codes[i*7919%len(codes)]) + "\n")
	}
	file := filepath.Join(c.Dir, "paths")
	if err := os.WriteFile(file, paths.Bytes(), 0o600); err != nil {
		return nil, err
	}
	return newLoadClient(c.Dir, file, paths.Bytes(), accept)
}
