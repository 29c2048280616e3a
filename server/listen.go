package server

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"mintmark/engine/fault"
)

// acceptRetry is how long accepting waits when the process has no descriptor left.
const acceptRetry = 100 * time.Millisecond

// accept takes connections from a listener until it is closed, and spreads them over
// the loops. Those that no loop can watch go to fasthttp at once.
func (s *Server) accept(ln net.Listener, to *handover) error {
	defer s.accepting.Done()
	defer to.Close()
	for next := 0; ; next++ {
		c, err := ln.Accept()
		switch {
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ECONNABORTED):
			s.log.Warn("a connection was not accepted", "err", err)
			select {
			case <-time.After(acceptRetry):
				continue
			case <-s.quit.Done():
				return nil
			}
		case err != nil:
			return err
		}
		if s.open.Add(1) > int64(s.cfg.MaxConns) {
			s.refuse(c)
			continue
		}
		tc, ok := c.(*net.TCPConn)
		if !ok {
			to.give(&handed{Conn: c, s: s})
			continue
		}
		if err := s.loops[next%len(s.loops)].add(tc, to); err != nil {
			s.log.Error("a connection was lost", "err", err)
			s.open.Add(-1)
			c.Close()
		}
	}
}

// refuse answers a connection that is one too many.
func (s *Server) refuse(c net.Conn) {
	s.open.Add(-1)
	c.SetWriteDeadline(time.Now().Add(time.Second))
	io.WriteString(c, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
	c.Close()
}

// startLoops starts a loop for each processor, and what closes connections that have
// nothing to say.
func (s *Server) startLoops() error {
	for range s.processors {
		l, err := s.newLoop()
		if err != nil {
			return errors.Join(err, s.stopLoops(context.Background()))
		}
		s.loops = append(s.loops, l)
	}
	go s.sweepLoops(s.loops)
	return nil
}

// sweepLoops closes connections whose time is over, until Shutdown begins.
func (s *Server) sweepLoops(loops []*loop) {
	tick := time.NewTicker(min(s.cfg.IdleTimeout, s.cfg.ReadTimeout) / 4)
	defer tick.Stop()
	for {
		select {
		case <-s.quit.Done():
			return
		case now := <-tick.C:
			for _, l := range loops {
				l.sweep(now.Add(-s.cfg.IdleTimeout), now.Add(-s.cfg.ReadTimeout))
			}
		}
	}
}

// drainTick is how often Shutdown looks for connections that have come to rest.
const drainTick = 10 * time.Millisecond

// stopLoops closes the connections of the loops as soon as their requests are answered,
// and ends the loops.
func (s *Server) stopLoops(ctx context.Context) error {
	tick := time.NewTicker(drainTick)
	defer tick.Stop()
	for !s.loopsEmpty() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	for _, l := range s.loops {
		l.stop()
	}
	return nil
}

// loopsEmpty closes what is idle and reports whether nothing is left.
func (s *Server) loopsEmpty() bool {
	empty := true
	for _, l := range s.loops {
		future := time.Now().Add(time.Hour)
		l.sweep(future, future)
		empty = empty && l.empty()
	}
	return empty
}

// serveError says why serving ended, unless Shutdown ended it.
func (s *Server) serveError(err error) error {
	if s.quit.Err() != nil {
		return nil
	}
	return fault.Wrap(fault.Internal, err, "serve HTTP")
}
