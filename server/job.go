package server

import (
	"bytes"
	"strconv"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sys/unix"

	"mintmark/engine"
)

// job is one request that a loop took.
type job struct {
	visit   visit
	pending engine.Pending
	loop    *loop
	conn    *conn
}

// outcome is how far a job has come.
type outcome uint8

const (
	answered outcome = iota // the answer can be sent
	queued                  // its scan waits for the disk
	slow                    // it may have to wait for something else
)

// judge gives the verdict or queues the scan. It waits for nothing.
func (j *job) judge(a *asked) (o outcome, err error) {
	defer j.recover(&err)
	s, v := j.loop.s, &j.visit
	if !v.readAddress(a) {
		return slow, nil
	}
	s.ids.next(&v.id)
	if err = s.meet(v, a); err != nil {
		return answered, err
	}
	if v.bad != nil { // what is no code needs no engine
		return answered, s.judge(v, false)
	}
	var known bool
	if j.pending, known, err = s.engine.Queue(&v.check); err != nil {
		return answered, err
	}
	if !known {
		return slow, nil
	}
	return queued, nil
}

// settle fills in what came of a scan that is on disk, or that failed.
func (j *job) settle() (err error) {
	defer j.recover(&err)
	err = j.loop.s.engine.Settle(&j.visit.check, j.pending)
	j.pending = engine.Pending{}
	return err
}

// recover turns a panic into an error, as Server.recover does.
func (j *job) recover(err *error) {
	if r := recover(); r != nil {
		*err = j.loop.s.panicked(r, string(j.visit.id[:]))
	}
}

// finish sends the answer, after which the connection is free.
func (j *job) finish(p *pen, now time.Time, err error) {
	closing := j.loop.s.quit.Err() != nil
	out, bad := j.write(p, now, closing, err)
	if bad != nil {
		out, bad = j.write(p, now, closing, bad)
	}
	if bad != nil {
		j.loop.close(j.conn)
		return
	}
	j.loop.send(j.conn, out, closing)
}

// pen is what answers are written with, one after another.
type pen struct {
	out, body []byte
	second    int64 // that date is for
	date      []byte
}

// write writes the answer. The error says that it did not come to an end.
func (j *job) write(p *pen, now time.Time, closing bool, failed error) (out []byte, err error) {
	defer j.recover(&err)
	s, v := j.loop.s, &j.visit
	if failed != nil || v.page {
		return j.writeOther(p, closing, failed), nil
	}
	s.metrics.verified(v, now.Sub(v.at))
	s.metrics.stampOK.Inc()
	p.body = s.appendJSON(p.body[:0], v)
	if at := now.Unix(); p.second != at {
		p.second, p.date = at, fasthttp.AppendHTTPDate(p.date[:0], now)
	}
	out = append(p.out[:0], "HTTP/1.1 200 OK\r\nDate: "...)
	out = append(out, p.date...)
	out = append(out, "\r\nContent-Type: application/json\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(len(p.body)), 10)
	out = append(out, "\r\n"+headerRequestID+": "...)
	out = append(out, v.id[:]...)
	if v.link {
		out = append(out, "\r\nLink: "+linksetLink...)
	}
	out = append(out, "\r\nCache-Control: no-store\r\n"...)
	if closing {
		out = append(out, "Connection: close\r\n"...)
	}
	out = append(out, "\r\n"...)
	p.out = append(out, p.body...)
	return p.out, nil
}

// writeOther writes an answer with all that fasthttp knows of answers.
func (j *job) writeOther(p *pen, closing bool, failed error) []byte {
	s, v := j.loop.s, &j.visit
	d := s.detours.Get().(*detour)
	defer d.free(s)
	ctx := &d.ctx
	ctx.Init2(&j.conn.addr, quiet{s.log}, false)
	ctx.Response.Header.SetCanonical(keyRequestID, v.id[:])
	v.out, v.kept = p.body, true
	s.answer(ctx, v, failed)
	s.metrics.stamp(ctx)
	p.body, v.out = v.out, nil
	if closing {
		ctx.Response.SetConnectionClose()
	}
	p.out = appendResponse(p.out[:0], &ctx.Response)
	return p.out
}

// send sends an answer on a connection that the caller owns, and gives it up.
func (l *loop) send(c *conn, out []byte, closing bool) {
	n, err := syscall.Write(c.fd, out)
	switch {
	case err == syscall.EAGAIN || err == nil && n < len(out):
		go l.sendRest(c, bytes.Clone(out[max(n, 0):]), closing)
	case err != nil || closing:
		l.close(c)
	default:
		l.release(c)
	}
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
