package server

import (
	"bytes"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// handover is the listener that fasthttp accepts from: connections come to it from
// loops, or from a listener that is not of the kind that loops can watch.
type handover struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newHandover(addr net.Addr) *handover {
	return &handover{addr: addr, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept implements net.Listener.
func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (h *handover) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

// Addr implements net.Listener.
func (h *handover) Addr() net.Addr { return h.addr }

// give gives fasthttp a connection.
func (h *handover) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.closed:
		c.Close()
	}
}

// handOver gives fasthttp a connection that the caller owns, with what was read from
// it.
func (l *loop) handOver(c *conn, read []byte) {
	l.forget(c)
	unix.EpollCtl(l.epoll, unix.EPOLL_CTL_DEL, c.fd, nil)
	read = bytes.Clone(read)
	go func() {
		file := os.NewFile(uintptr(c.fd), "connection")
		nc, err := net.FileConn(file)
		file.Close()
		if err != nil {
			l.s.open.Add(-1)
			l.s.log.Error("a connection was lost", "err", err)
			return
		}
		c.to.give(&handed{Conn: nc, read: read, s: l.s})
	}()
}

// handed is a connection of fasthttp's that counts as open until it is closed.
type handed struct {
	net.Conn
	read []byte // what was read from it before
	s    *Server
	once sync.Once
}

// Read implements net.Conn.
func (h *handed) Read(b []byte) (int, error) {
	if len(h.read) > 0 {
		n := copy(b, h.read)
		h.read = h.read[n:]
		return n, nil
	}
	return h.Conn.Read(b)
}

// Close implements net.Conn.
func (h *handed) Close() error {
	h.once.Do(func() { h.s.open.Add(-1) })
	return h.Conn.Close()
}
