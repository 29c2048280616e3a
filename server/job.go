package server

import (
	"bufio"
	"bytes"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sys/unix"

	"mintmark/engine"
)

// job is one request that a loop took, with all the memory that its way needs.
type job struct {
	ctx     fasthttp.RequestCtx
	visit   visit
	pending engine.Pending
	loop    *loop
	conn    *conn
	uri     fasthttp.URI
	in      bytes.Reader
	reader  *bufio.Reader // of in
	out     []byte
}

func newJob() any {
	j := new(job)
	j.visit.kept = true
	j.reader = bufio.NewReaderSize(&j.in, headerBytes)
	return j
}

// outcome is how far a job has come.
type outcome uint8

const (
	answered outcome = iota // the answer can be sent
	queued                  // its scan waits for the disk
	slow                    // it may have to wait for something else
)

// read reads a request of the one form that loops take: the first line and the headers
// of a GET of HTTP/1.1 for a stamp, without a token, and not a byte behind. It asks no
// less of it than fasthttp does, whose parser it is.
func (j *job) read(request []byte) bool {
	j.ctx.Init2(&j.conn.addr, quiet{j.loop.s.log}, false)
	j.in.Reset(request)
	j.reader.Reset(&j.in)
	h := &j.ctx.Request.Header
	if h.Read(j.reader) != nil || j.reader.Buffered() > 0 || j.in.Len() > 0 {
		return false
	}
	if !h.IsGet() || !h.IsHTTP11() || h.ConnectionClose() || h.ConnectionUpgrade() || j.ctx.Request.MayContinue() ||
		h.ContentLength() > 0 || h.ContentLength() == -1 || len(h.Peek(fasthttp.HeaderAuthorization)) > 0 ||
		checkFraming(h.RawHeaders()) != nil {
		return false
	}
	uri := h.RequestURI()
	return len(uri) > 0 && uri[0] == '/' && isStamp(uri) && j.uri.Parse(h.Host(), uri) == nil
}

// judge gives the verdict or queues the scan. It waits for nothing.
func (j *job) judge() (o outcome) {
	s, v := j.loop.s, &j.visit
	s.identify(&j.ctx)
	defer s.recover(&j.ctx)
	path, query := target(&j.ctx)
	if !v.readAddress(&j.ctx, path, query) {
		return slow
	}
	err := s.meet(&j.ctx, v, query)
	if err == nil && v.bad == nil {
		var known bool
		if j.pending, known, err = s.engine.Queue(&v.check); err == nil && known {
			return queued
		} else if err == nil {
			return slow
		}
	}
	if err == nil {
		err = s.judge(v, j.ctx.Time(), false) // what is no code needs no engine
	}
	j.answer(err)
	return answered
}

// settle makes the answer of a scan that is on disk, or that failed.
func (j *job) settle() {
	s := j.loop.s
	defer s.recover(&j.ctx)
	j.answer(s.engine.Settle(&j.visit.check, j.pending))
}

func (j *job) answer(err error) {
	s := j.loop.s
	s.answer(&j.ctx, &j.visit, err)
	s.metrics.stamp(&j.ctx)
}

// run is the way of a request that may have to wait.
func (j *job) run() {
	j.ctx.Response.Reset()
	j.loop.s.handle(&j.ctx)
	j.send()
}

// send sends the answer, after which the job is over and its connection free.
func (j *job) send() {
	l, c := j.loop, j.conn
	closing := l.s.quit.Err() != nil || j.ctx.Response.ConnectionClose()
	if closing {
		j.ctx.Response.SetConnectionClose()
	}
	j.out = appendResponse(j.out[:0], &j.ctx.Response)
	n, err := syscall.Write(c.fd, j.out)
	switch {
	case err == syscall.EAGAIN || err == nil && n < len(j.out):
		go l.sendRest(c, bytes.Clone(j.out[max(n, 0):]), closing)
	case err != nil || closing:
		l.close(c)
	default:
		l.release(c)
	}
	j.free()
}

// appendResponse appends a response to a GET as it is sent.
func appendResponse(dst []byte, r *fasthttp.Response) []byte {
	if r.StatusCode() != fasthttp.StatusOK || r.IsBodyStream() {
		out := bytes.NewBuffer(dst)
		w := bufio.NewWriter(out)
		r.Write(w) // to memory
		w.Flush()
		return out.Bytes()
	}
	body := r.Body()
	r.Header.SetContentLength(len(body))
	return append(r.Header.AppendBytes(dst), body...)
}

// sendRest sends what the connection did not take at once.
func (l *loop) sendRest(c *conn, rest []byte, closing bool) {
	end := time.Now().Add(l.s.cfg.WriteTimeout)
	for len(rest) > 0 {
		left := time.Until(end)
		if left <= 0 {
			l.close(c)
			return
		}
		unix.Poll([]unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLOUT}}, int(left/time.Millisecond)+1)
		n, err := syscall.Write(c.fd, rest)
		if err != nil && err != syscall.EAGAIN && err != syscall.EINTR {
			l.close(c)
			return
		}
		rest = rest[max(n, 0):]
	}
	if closing {
		l.close(c)
		return
	}
	l.release(c)
}

// free gives a job's memory back.
func (j *job) free() {
	s := j.loop.s
	j.ctx.Request.Reset()
	j.ctx.Response.Reset()
	j.loop, j.conn, j.pending = nil, nil, engine.Pending{}
	s.jobs.Put(j)
}
