package server

import (
	"cmp"
	"context"
	"slices"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
)

// tokenRequest is the body of POST /v1/tokens.
type tokenRequest struct {
	Name      string      `json:"name"`
	Role      engine.Role `json:"role"`
	Org       string      `json:"org"`
	ExpiresAt string      `json:"expires_at"`
	Actor     string      `json:"actor"`
}

// newToken is a token with its secret, which is shown this once.
type newToken struct {
	Secret string `json:"token"`
	engine.Token
}

func (s *Server) createToken(ctx *fasthttp.RequestCtx, t engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	var in tokenRequest
	if err := decode(ctx, &in); err != nil {
		return err
	}
	expires, err := parseTime("expires_at", in.ExpiresAt)
	if err != nil {
		return err
	}
	secret, made, err := s.engine.CreateToken(context.Background(),
		engine.Token{Name: in.Name, Role: in.Role, Org: in.Org, ExpiresAt: expires}, actor(t, in.Actor))
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusCreated, newToken{secret, made})
}

func (s *Server) listTokens(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, map[string][]engine.Token{"tokens": s.engine.Tokens()})
}

// revokeToken takes the claimed actor as a parameter: DELETE has no body.
func (s *Server) revokeToken(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "actor")
	if err != nil {
		return err
	}
	revoked, err := s.engine.RevokeToken(context.Background(), param(ctx, "id"), actor(t, q.text("actor")))
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, revoked)
}

// keys lists the public keys of the issuer, for whoever checks certificates and
// signed stamps offline.
func (s *Server) keys(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	keys := s.engine.IssuerKeys()
	slices.SortFunc(keys, func(a, b engine.IssuerKey) int { return cmp.Compare(a.ID, b.ID) })
	return reply(ctx, fasthttp.StatusOK, map[string][]engine.IssuerKey{"keys": keys})
}
