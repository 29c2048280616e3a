package server

import (
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/scan"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// visit is one verification on its way through the server. It is pooled, with
// all the memory that the way needs.
type visit struct {
	check  engine.Check
	bad    *fault.Error // why no code could be read; nil if one was
	typed  string       // what was typed into the box and is no code
	client client
	page   bool // HTML, else JSON
	lang   language
	start  bool // a browser without a session
	link   bool // a GS1 Digital Link
	at     time.Time
	id     [idLen]byte
	out    []byte
	kept   bool // until the answer is sent: out need not be copied
}

// The methods of a stamp's address.
const stampMethods = "GET, HEAD, OPTIONS"

// stamp answers /S/CODE and /01/GTIN[/10/LOT]/21/CODE, and leaves what names no stamp,
// or asks for links, to resolve.
func (s *Server) stamp(ctx *fasthttp.RequestCtx, path, query []byte) {
	v := s.visits.Get().(*visit)
	defer s.visits.Put(v)
	a := s.askedBy(ctx, path, query)
	if !v.readAddress(&a) {
		if isLink(path) {
			s.resolve(ctx, path, query)
			return
		}
		s.fail(ctx, v.bad)
	} else if ctx.IsGet() || ctx.IsHead() {
		s.visit(ctx, v, &a)
	} else {
		ctx.Response.Header.Set(fasthttp.HeaderAllow, stampMethods)
		if !ctx.IsOptions() {
			s.fail(ctx, errMethod)
		} else {
			ctx.SetStatusCode(fasthttp.StatusNoContent)
		}
	}
	s.metrics.stamp(ctx)
}

// readAddress reads the stamp's address that is asked for. It reports false if there is
// none at this path, as v.bad says, or if its links are asked for and not the stamp.
func (v *visit) readAddress(a *asked) bool {
	v.typed = ""
	if v.link = isLink(a.path); v.link && wantsLinks(a.accept, a.query) {
		return false
	}
	v.bad = badCode(serial.ParsePath(a.path, a.query, &v.check.Target))
	return v.bad == nil || v.bad.Kind != fault.NotFound
}

// visit judges what v.check.Target names, or what is wrong with it, and
// answers. A HEAD is answered like a GET, but nothing is logged or counted.
func (s *Server) visit(ctx *fasthttp.RequestCtx, v *visit, a *asked) {
	copy(v.id[:], requestID(ctx))
	err := s.meet(v, a)
	if err == nil {
		err = s.judge(v, !a.get)
	}
	s.answer(ctx, v, err)
}

// meet notes who asks, and for what form of the answer. The error says why there will be
// none.
func (s *Server) meet(v *visit, a *asked) error {
	v.at = a.at
	v.page = wantsPage(a.accept)
	v.lang = languageOf(a.query, a.languages)
	if a.refused != nil {
		return a.refused
	}
	s.introduce(v, a)
	if a.inspector {
		return nil
	}
	if wait := s.guesses.refused(v.check.Event.Net, a.at); wait > 0 {
		return &problem{status: fasthttp.StatusTooManyRequests, retryAfter: wait,
			detail: "too many wrong codes came from your network; wait a minute, then check the typing"}
	}
	return nil
}

// answer sends the verdict, or the error that there is none.
func (s *Server) answer(ctx *fasthttp.RequestCtx, v *visit, err error) {
	if v.link {
		ctx.Response.Header.SetCanonical(keyLink, valueLinkset)
	}
	if err != nil {
		s.failVisit(ctx, v, err)
		return
	}
	if !ctx.IsHead() {
		s.metrics.verified(v, time.Since(v.at))
	}
	s.show(ctx, v)
}

// introduce fills in who is asking.
func (s *Server) introduce(v *visit, a *asked) {
	class := scan.Classify(a.agent)
	kind := store.Consumer
	switch {
	case a.inspector:
		kind = store.Inspector
	case class.Automatic():
		kind = store.Preview
	}
	v.client = a.client
	v.check.Event = s.eventOf(kind, class, a.agent, a.client)
	if a.session != nil {
		v.check.Event.Session = s.engine.Hasher().Session(a.session)
	}
	v.start = v.page && a.session == nil && kind == store.Consumer && a.get
}

// eventOf returns what is known of a scan before its code is looked at. Without a
// cookie, address and user agent of the day stand for the session.
func (s *Server) eventOf(kind store.ScanKind, class scan.Agent, agent []byte, who client) store.Event {
	hash := s.engine.Hasher().Client(s.engine.Now(), who.addr, agent)
	return store.Event{Kind: kind, Agent: uint8(class), Net: scan.Coarse(who.addr), Country: who.country, Client: hash, Session: hash}
}

// judge gives the verdict.
func (s *Server) judge(v *visit, head bool) error {
	c := &v.check
	var err error
	switch {
	case v.bad != nil:
		c.Verdict, c.State, c.Entry, c.Product, c.Lot = store.Malformed, store.StampState{}, nil, "", ""
	case head:
		err = s.engine.Peek(c)
	default:
		err = s.engine.Verify(c)
	}
	if err == nil && c.Entry == nil {
		s.guesses.failed(c.Event.Net, v.at)
		s.sample(v)
	}
	return err
}

// sample logs some of the bad codes, so that an attack can be looked into; none
// is stored.
func (s *Server) sample(v *visit) {
	if !s.sampler.take(v.at) {
		return
	}
	c := &v.check
	code := ""
	if v.bad == nil {
		code = c.Target.Code.String()
	}
	s.log.Info("bad code", "verdict", c.Verdict.String(), "code", code, "network", scan.CoarseString(c.Event.Net),
		"agent", scan.Agent(c.Event.Agent).String(), "request_id", string(v.id[:]))
}

// badCode returns an error of package serial, which are all of this type, as
// what it is: to look at it then costs no memory.
func badCode(err error) *fault.Error {
	if err == nil {
		return nil
	}
	return err.(*fault.Error)
}
