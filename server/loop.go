package server

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"mintmark/engine/fault"
)

// # Connections without goroutines
//
// Nearly all requests are scans of a stamp, and a scan waits for the disk. With a
// goroutine for each connection, a request costs several turns of the scheduler. Here a
// loop asks the kernel which connections have something to read, and reads, judges and
// queues the scans of all of them in one go; and when their group is on disk one
// goroutine answers them all. See docs/decisions/015.
//
// A loop takes nothing but the plainest form of a request for a stamp (plain.go). As soon
// as a connection shows anything else, it goes to fasthttp for good, with the bytes that
// were read, as if it had come there at first (handover.go). So there is one place where
// what is unusual is dealt with, and it is not here.
//
// # Who owns a connection
//
// Whoever has moved its state from idle to busy: nobody else reads from it, writes to it
// or closes it. What happens to it meanwhile is noted in the state, and looked at by the
// owner before the connection is idle again.
//
// Bytes are read and written by package syscall, as package net does: the race detector
// knows that what was written comes before what was read.

// loop is one set of connections.
type loop struct {
	s     *Server
	file  *os.File // the epoll set, which Go's own poller watches
	raw   syscall.RawConn
	epoll int
	done  chan struct{}

	mu    sync.Mutex
	conns map[int32]*conn // by descriptor
}

// conn is a connection of a loop.
type conn struct {
	fd       int
	addr     ends
	peer     netip.Addr
	state    atomic.Uint32
	lastUsed atomic.Int64 // Unix time in milliseconds
	requests atomic.Uint32
	to       *handover // where it goes if no loop can serve it
}

// The states of a connection.
const (
	connIdle  = iota
	connBusy  // somebody owns it
	connAgain // somebody owns it, and there may be something more to read
	connGone  // the loop has it no more
)

// ends is the addresses of a connection, in the form in which fasthttp asks for them.
type ends struct {
	net.Conn // nil: nothing but the addresses is ever asked for
	local    net.Addr
	remote   net.Addr
}

func (e *ends) LocalAddr() net.Addr  { return e.local }
func (e *ends) RemoteAddr() net.Addr { return e.remote }

// newLoop returns a loop that runs until close.
func (s *Server) newLoop() (*loop, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err == nil {
		err = unix.SetNonblock(fd, true) // so that Go's poller takes it
	}
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "make a set of connections")
	}
	l := &loop{s: s, epoll: fd, file: os.NewFile(uintptr(fd), "epoll"), done: make(chan struct{}), conns: map[int32]*conn{}}
	if l.raw, err = l.file.SyscallConn(); err != nil {
		return nil, errors.Join(fault.Wrap(fault.Internal, err, "watch a set of connections"), l.file.Close())
	}
	go l.run()
	return l, nil
}

// eventsAtOnce bounds the connections that are dealt with before the scans among them
// are waited for.
const eventsAtOnce = 128

// run serves the connections until the set is closed.
func (l *loop) run() {
	defer close(l.done)
	events := make([]unix.EpollEvent, eventsAtOnce)
	ready := make([]*conn, 0, eventsAtOnce)
	var t turn
	for {
		n := 0
		err := l.raw.Read(func(uintptr) bool {
			n, _ = unix.EpollWait(l.epoll, events, 0) // EINTR and an end look like no event
			return n > 0
		})
		if err != nil {
			return
		}
		ready = ready[:0]
		l.mu.Lock()
		for _, e := range events[:max(n, 0)] {
			if c := l.conns[e.Fd]; c != nil {
				ready = append(ready, c)
			}
		}
		l.mu.Unlock()
		t.at = time.Now()
		for _, c := range ready {
			if c.take() {
				t.serve(l, c)
			}
		}
		t.await(l.s)
	}
}

// add takes a new connection in. On an error it is still the caller's.
func (l *loop) add(tc *net.TCPConn, to *handover) error {
	fd, err := duplicate(tc)
	if err != nil {
		return err
	}
	c := &conn{fd: fd, addr: ends{local: tc.LocalAddr(), remote: tc.RemoteAddr()}, to: to}
	if a, ok := tc.RemoteAddr().(*net.TCPAddr); ok {
		c.peer = a.AddrPort().Addr().Unmap()
	}
	c.lastUsed.Store(time.Now().UnixMilli())
	l.mu.Lock()
	l.conns[int32(fd)] = c
	l.mu.Unlock()
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET, Fd: int32(fd)}
	if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		l.forget(c)
		unix.Close(fd)
		return err
	}
	return tc.Close()
}

// duplicate returns another descriptor for a connection, which Go's poller does not
// watch: it would wake for every byte that a loop is waiting for.
func duplicate(tc *net.TCPConn) (fd int, err error) {
	raw, err := tc.SyscallConn()
	if err != nil {
		return 0, err
	}
	failed := raw.Control(func(old uintptr) {
		fd, err = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0)
	})
	return fd, errors.Join(failed, err)
}

// used notes that a request has come.
func (c *conn) used(at time.Time) {
	c.lastUsed.Store(at.UnixMilli())
	if c.requests.Load() == 0 {
		c.requests.Store(1)
	}
}

// take makes the caller the owner, unless there is one, who is told to look again.
func (c *conn) take() bool {
	for {
		switch state := c.state.Load(); state {
		case connIdle:
			if c.state.CompareAndSwap(connIdle, connBusy) {
				return true
			}
		case connBusy:
			if c.state.CompareAndSwap(connBusy, connAgain) {
				return false
			}
		default:
			return false
		}
	}
}

// rest gives a connection up until there is something to read. It reports false if
// there is already: the caller still owns it then.
func (c *conn) rest() bool {
	if c.state.CompareAndSwap(connBusy, connIdle) {
		return true
	}
	c.state.Store(connBusy)
	return false
}

// forget takes a connection out of the loop; its descriptor is the owner's.
func (l *loop) forget(c *conn) {
	c.state.Store(connGone)
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, int32(c.fd))
}

// close ends a connection that the caller owns.
func (l *loop) close(c *conn) {
	l.forget(c)
	unix.Close(c.fd)
	l.s.open.Add(-1)
}

// sweep closes the connections that wait for a request since before a time: idle for
// those that have had one, fresh for those that never had.
func (l *loop) sweep(idle, fresh time.Time) {
	l.mu.Lock()
	var old []*conn
	for _, c := range l.conns {
		limit := idle
		if c.requests.Load() == 0 {
			limit = fresh
		}
		if c.lastUsed.Load() < limit.UnixMilli() && c.state.CompareAndSwap(connIdle, connBusy) {
			old = append(old, c)
		}
	}
	l.mu.Unlock()
	for _, c := range old {
		l.close(c)
	}
}

// empty reports whether the loop has no connection.
func (l *loop) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns) == 0
}

// stop ends the loop, whose connections are closed.
func (l *loop) stop() {
	l.file.Close()
	<-l.done
}
