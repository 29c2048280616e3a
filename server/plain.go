package server

import (
	"bytes"
	"net/netip"
)

// plain is a request as read reads it.
type plain struct {
	asked
	host      []byte
	cookie    []byte
	forwarded []byte
	proto     []byte
	country   []byte
	reused    []byte // Connection
}

// read reads a request of the one form that loops take: a GET of HTTP/1.1 for
// something that begins like the address of a stamp, with one Host, without a token or
// a body, and not a byte behind. It reports false for anything else, for what is sent
// twice, and for every byte that a phone or a proxy has no need of: fasthttp says then
// what it is. So whatever is taken here means the same to fasthttp (FuzzPlain). The
// client is left to the caller.
func (p *plain) read(request []byte, country string) bool {
	*p = plain{asked: asked{get: true}}
	rest, ok := bytes.CutPrefix(request, []byte("GET "))
	end := bytes.IndexByte(rest, ' ')
	if !ok || end < 0 {
		return false
	}
	target := rest[:end]
	if rest, ok = bytes.CutPrefix(rest[end:], []byte(" HTTP/1.1\r\n")); !ok || !each(target, inTarget) {
		return false
	}
	p.path, p.query, _ = bytes.Cut(target, []byte("?"))
	if !isStamp(p.path) {
		return false
	}
	for len(rest) > 2 {
		end := bytes.IndexByte(rest, '\r')
		if end < 0 || end+1 == len(rest) || rest[end+1] != '\n' || !p.line(rest[:end], country) {
			return false
		}
		rest = rest[end+2:]
	}
	return string(rest) == "\r\n" && isHost(p.host)
}

// line reads one header line.
func (p *plain) line(line []byte, country string) bool {
	colon := bytes.IndexByte(line, ':')
	if colon < 1 || !each(line[:colon], inName) || !each(line[colon+1:], inValue) {
		return false
	}
	name, value := line[:colon], bytes.Trim(line[colon+1:], " ")
	field := p.field(name, country)
	switch {
	case field == nil:
		return !unplain(name)
	case *field != nil: // sent twice
		return false
	}
	if *field = value; value == nil {
		*field = []byte{}
	}
	switch field {
	case &p.reused:
		return foldEqual(value, "keep-alive")
	case &p.cookie:
		ok := bytes.IndexByte(value, '"') < 0
		p.session = sessionOf(cookieOf(value, sessionCookie))
		return ok
	}
	return true
}

// field returns where the value of a header is noted, nil if it is of no concern.
func (p *plain) field(name []byte, country string) *[]byte {
	switch {
	case foldEqual(name, "host"):
		return &p.host
	case foldEqual(name, "accept"):
		return &p.accept
	case foldEqual(name, "cookie"):
		return &p.cookie
	case foldEqual(name, "connection"):
		return &p.reused
	case foldEqual(name, "user-agent"):
		return &p.agent
	case foldEqual(name, "accept-language"):
		return &p.languages
	case foldEqual(name, "x-forwarded-for"):
		return &p.forwarded
	case foldEqual(name, "x-forwarded-proto"):
		return &p.proto
	case country != "" && foldEqual(name, country):
		return &p.country
	}
	return nil
}

// unplain reports whether a header makes a request more than plain.
func unplain(name []byte) bool {
	for _, one := range [...]string{"authorization", "content-length", "transfer-encoding", "expect", "upgrade", "trailer", "te"} {
		if foldEqual(name, one) {
			return true
		}
	}
	return false
}

// cookieOf returns the value of the first cookie with a name, nil if there is none.
func cookieOf(cookies []byte, name string) []byte {
	for len(cookies) > 0 {
		var one []byte
		one, cookies, _ = bytes.Cut(cookies, []byte(";"))
		key, value, ok := bytes.Cut(one, []byte("="))
		if ok && string(bytes.Trim(key, " ")) == name {
			return bytes.Trim(value, " ")
		}
	}
	return nil
}

// The bytes that a plain request has in its parts.
const (
	inTarget = 1 << iota
	inName
	inValue
	inHost
)

var byteIn = func() (in [256]uint8) {
	for c := byte(' '); c < 0x7f; c++ {
		in[c] |= inValue
		if c > ' ' {
			in[c] |= inTarget
		}
		if letter(c) || c >= '0' && c <= '9' || c == '-' {
			in[c] |= inName | inHost
		}
	}
	in['.'] |= inHost
	return in
}()

// each reports whether all bytes may be in a part.
func each(b []byte, part uint8) bool {
	all := part
	for _, c := range b {
		all &= byteIn[c]
	}
	return all != 0
}

// isHost reports whether a Host is a name or an IPv4 address, with or without a port.
func isHost(b []byte) bool {
	name, port, _ := bytes.Cut(b, []byte(":"))
	for _, c := range port {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(name) > 0 && each(name, inHost)
}

// clientOf is Server.clientOf of a plain request.
func (p *plain) clientOf(s *Server, peer netip.Addr) client {
	return s.clientAt(peer, [][]byte{p.forwarded}, p.proto, p.country)
}
