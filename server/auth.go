package server

import (
	"bytes"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
)

// Which roles a route is for. Printers and producers see only batches of their
// own, see sees.
var (
	everyone  = []engine.Role{engine.Admin, engine.Printer, engine.Producer, engine.Inspector, engine.Auditor}
	admins    = []engine.Role{engine.Admin}
	ordering  = []engine.Role{engine.Admin, engine.Printer}
	download  = []engine.Role{engine.Admin, engine.Printer, engine.Producer}
	printing  = []engine.Role{engine.Admin, engine.Printer}
	inUse     = []engine.Role{engine.Admin, engine.Producer}
	handling  = []engine.Role{engine.Admin, engine.Printer, engine.Producer}
	stampData = []engine.Role{engine.Admin, engine.Producer, engine.Inspector, engine.Auditor}
	scanData  = []engine.Role{engine.Admin, engine.Producer, engine.Auditor}
	reading   = []engine.Role{engine.Admin, engine.Inspector, engine.Auditor}
	audit     = []engine.Role{engine.Admin, engine.Auditor}
)

var errNoToken = &fault.Error{Kind: fault.Forbidden, Field: fasthttp.HeaderAuthorization,
	Msg: "is missing; send Authorization: Bearer and a token"}

// caller returns whose token the request carries.
func (s *Server) caller(h *fasthttp.RequestHeader) (engine.Token, error) {
	if s.local != nil {
		return *s.local, nil
	}
	header := h.Peek(fasthttp.HeaderAuthorization)
	scheme, secret, ok := bytes.Cut(header, []byte(" "))
	if !ok || !strings.EqualFold(string(scheme), "bearer") {
		return engine.Token{}, errNoToken
	}
	return s.engine.Authenticate(string(bytes.TrimSpace(secret)))
}

// admit returns the caller if its role is among who.
func (s *Server) admit(h *fasthttp.RequestHeader, who []engine.Role) (engine.Token, error) {
	t, err := s.caller(h)
	if err != nil {
		return t, err
	}
	if !slices.Contains(who, t.Role) {
		names := make([]string, len(who))
		for i, r := range who {
			names[i] = string(r)
		}
		return t, &fault.Error{Kind: fault.Forbidden, Field: "role",
			Msg: "a token of the role " + string(t.Role) + " may not do this; use one of: " + strings.Join(names, ", ")}
	}
	return t, nil
}

// sees reports whether a caller may know of a batch.
func sees(t engine.Token, b engine.BatchInfo) bool {
	switch t.Role {
	case engine.Printer:
		return b.Printer == t.Org
	case engine.Producer:
		return b.Producer == t.Org
	}
	return true
}

// batch returns a batch that the caller may see. Somebody else's is answered
// exactly like one that does not exist.
func (s *Server) batch(t engine.Token, id string) (engine.BatchInfo, error) {
	b, err := s.engine.Batch(id)
	if err == nil && !sees(t, b) {
		err = &fault.Error{Kind: fault.NotFound, Field: "batch", Msg: "there is no batch " + id}
	}
	if err != nil {
		return engine.BatchInfo{}, err
	}
	return b, nil
}

// actor is who the audit trail names: the name claimed in the request, else the
// token's. The token's id is recorded in either case.
func actor(t engine.Token, claimed string) engine.Actor {
	name := claimed
	if name == "" {
		name = t.Name
	}
	return engine.Actor{Name: name, Token: t.ID}
}
