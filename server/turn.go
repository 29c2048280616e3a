package server

import "syscall"

// turn is what a loop does with the connections that have something to read at one
// time: it begins with all requests, and then has the scans among them waited for.
type turn struct {
	buf     [headerBytes]byte
	waiting []*waiting
}

// waiting is the scans of a turn that wait for the same group.
type waiting struct {
	done <-chan struct{}
	jobs []*job
}

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
	j := l.s.jobs.Get().(*job)
	j.loop, j.conn = l, c
	if !j.read(request) {
		j.free()
		l.handOver(c, request)
		return
	}
	c.lastUsed.Store(j.ctx.Time().UnixMilli())
	c.requests.Store(1)
	switch j.judge() {
	case queued:
		t.wait(j)
	case slow:
		go j.run()
	default:
		j.send()
	}
}

// wait adds a job to those that wait for the same group.
func (t *turn) wait(j *job) {
	done := j.pending.Done()
	for _, w := range t.waiting {
		if w.done == done {
			w.jobs = append(w.jobs, j)
			return
		}
	}
	w := j.loop.s.waits.Get().(*waiting)
	w.done, w.jobs = done, append(w.jobs[:0], j)
	t.waiting = append(t.waiting, w)
}

// await has everything that waits answered when it is on disk.
func (t *turn) await(s *Server) {
	for _, w := range t.waiting {
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
		for _, j := range w.jobs {
			j.settle()
		}
		for _, j := range w.jobs {
			j.send()
		}
		clear(w.jobs)
		w.done = nil
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
		t := new(turn)
		t.serve(l, c)
		t.await(l.s)
	}()
}
