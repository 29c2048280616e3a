package server

import (
	"slices"
	"syscall"
	"time"
)

// turn is what a loop does with the connections that have something to read at one
// time: it begins with all requests, and then has the scans among them waited for.
type turn struct {
	at      time.Time
	buf     [headerBytes]byte
	plain   plain
	pen     pen
	waiting []*waiting
}

// waiting is the scans of a turn that wait for the same group.
type waiting struct {
	done <-chan struct{}
	jobs []job
	pen  pen
}

// add adds a job, which holds what one has left there that is over.
func (w *waiting) add() *job {
	w.jobs = slices.Grow(w.jobs, 1)[:len(w.jobs)+1]
	return &w.jobs[len(w.jobs)-1]
}

// drop takes the newest job out.
func (w *waiting) drop() { w.jobs = w.jobs[:len(w.jobs)-1] }

// serve reads what a connection has to say, which the caller owns, and begins with it.
func (t *turn) serve(l *loop, c *conn) {
	n, err := syscall.Read(c.fd, t.buf[:])
	switch {
	case err == syscall.EAGAIN || err == syscall.EINTR:
		l.release(c)
	case n <= 0:
		l.close(c)
	case n == len(t.buf): // there may be more, of which the kernel would not tell again
		l.handOver(c, t.buf[:])
	default:
		t.begin(l, c, t.buf[:n])
	}
}

// begin begins with a request, or hands the connection over to fasthttp.
func (t *turn) begin(l *loop, c *conn, request []byte) {
	p := &t.plain
	if !p.read(request, l.s.country) {
		l.handOver(c, request)
		return
	}
	p.at = t.at
	p.client = p.clientOf(l.s, c.peer)
	c.used(t.at)
	w := t.last(l.s)
	j := w.add()
	j.loop, j.conn = l, c
	o, err := j.judge(&p.asked)
	if o == queued {
		t.wait(w, j)
		return
	}
	w.drop()
	if o == slow {
		l.detour(c, request)
		return
	}
	j.finish(&t.pen, t.at, err)
}

// last returns the scans that the next one most likely belongs to.
func (t *turn) last(s *Server) *waiting {
	if n := len(t.waiting); n > 0 {
		return t.waiting[n-1]
	}
	return t.open(s)
}

// open adds scans that wait for another group.
func (t *turn) open(s *Server) *waiting {
	w := s.waits.Get().(*waiting)
	t.waiting = append(t.waiting, w)
	return w
}

// wait has a queued job, the newest of w, wait with those of the same group.
func (t *turn) wait(w *waiting, j *job) {
	done := j.pending.Done()
	if w.done == nil {
		w.done = done
	}
	if w.done == done {
		return
	}
	var other *waiting
	if i := slices.IndexFunc(t.waiting, func(w *waiting) bool { return w.done == done }); i >= 0 {
		other = t.waiting[i]
	} else {
		other = t.open(j.loop.s)
		other.done = done
	}
	*other.add() = *j
	w.drop()
}

// await has everything that waits answered when it is on disk.
func (t *turn) await(s *Server) {
	for _, w := range t.waiting {
		if len(w.jobs) == 0 {
			s.waits.Put(w)
			continue
		}
		select {
		case s.settlers <- w:
		default:
			go s.settle(w)
		}
	}
	clear(t.waiting)
	t.waiting = t.waiting[:0]
}

// idleSettlers bounds the goroutines that wait for something to settle: one that has
// done it before has a stack of the right size.
const idleSettlers = 64

// settle answers scans when they are on disk, and then others, as long as not many
// goroutines do.
func (s *Server) settle(w *waiting) {
	for {
		<-w.done
		now := time.Now()
		for i := range w.jobs {
			j := &w.jobs[i]
			j.finish(&w.pen, now, j.settle())
		}
		w.done, w.jobs = nil, w.jobs[:0]
		s.waits.Put(w)
		if s.settling.Add(1) > idleSettlers {
			s.settling.Add(-1)
			return
		}
		select {
		case w = <-s.settlers:
			s.settling.Add(-1)
		case <-s.quit.Done():
			s.settling.Add(-1)
			return
		}
	}
}

// release gives a connection up. If there is something to read already, another
// goroutine goes on with it: the caller has others to answer.
func (l *loop) release(c *conn) {
	if c.rest() {
		return
	}
	go func() {
		t := &turn{at: time.Now()}
		t.serve(l, c)
		t.await(l.s)
	}()
}
