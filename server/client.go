package server

import (
	"bytes"
	"net"
	"net/netip"
	"strings"

	"github.com/valyala/fasthttp"
)

// client is who is at the other end, as far as it can be known.
type client struct {
	addr    netip.Addr // invalid if unknown
	https   bool
	country [2]byte // zero if unknown
}

// clientOf returns who sent a request that fasthttp has parsed.
func (s *Server) clientOf(ctx *fasthttp.RequestCtx) client {
	var peer netip.Addr
	if a, ok := ctx.RemoteAddr().(*net.TCPAddr); ok {
		peer = a.AddrPort().Addr().Unmap()
	}
	h := &ctx.Request.Header
	return s.clientAt(peer, h.PeekAll(fasthttp.HeaderXForwardedFor), h.Peek(fasthttp.HeaderXForwardedProto), h.Peek(s.cfg.CountryHeader))
}

// clientAt returns the peer, or if that is a trusted proxy, what the proxy
// tells of its own peer in X-Forwarded-For, X-Forwarded-Proto and the country header.
// Headers of anybody else are not looked at.
func (s *Server) clientAt(peer netip.Addr, forwarded [][]byte, proto, country []byte) client {
	c := client{addr: peer, https: s.secure}
	if s.trusted(peer) {
		c.addr = s.forwarded(peer, forwarded)
		c.https = c.https || string(proto) == "https"
		c.country = countryOf(country)
	}
	return c
}

func (s *Server) trusted(a netip.Addr) bool {
	for _, p := range s.cfg.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// forwarded returns the right-most address of X-Forwarded-For that is not a
// trusted proxy: each proxy appends its peer, so all that stands further left
// is hearsay. Where the list ends or cannot be read before such an address, the
// last proxy reached is the client.
func (s *Server) forwarded(peer netip.Addr, lines [][]byte) netip.Addr {
	for i := len(lines) - 1; i >= 0; i-- {
		rest := lines[i]
		for more := true; more; {
			var one []byte
			cut := bytes.LastIndexByte(rest, ',')
			if more = cut >= 0; more {
				rest, one = rest[:cut], rest[cut+1:]
			} else {
				one = rest
			}
			a, ok := parseHop(string(bytes.TrimSpace(one)))
			if !ok {
				return peer
			}
			if !s.trusted(a) {
				return a
			}
			peer = a
		}
	}
	return peer
}

// parseHop reads an address, with or without brackets and port.
func parseHop(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return a.Unmap().WithZone(""), err == nil
}

// countryOf reads two letters, and returns zeros for anything else.
func countryOf(b []byte) (c [2]byte) {
	if len(b) != 2 || !letter(b[0]) || !letter(b[1]) {
		return c
	}
	return [2]byte{b[0] &^ 0x20, b[1] &^ 0x20}
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isHTTPS(base string) bool { return strings.HasPrefix(base, "https://") }
