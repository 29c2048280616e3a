package server

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// checkFraming looks at the header lines as sent and refuses requests that two HTTP parsers could cut off at
// different places, before one of them stands in front of this server: folded
// header lines, lines that end in a bare LF (RFC 9112, sections 2.2 and 5.2),
// and bodies in chunks, which no client of this API needs. fasthttp refuses
// other such tricks itself; testdata/smuggling has them all.
func checkFraming(raw []byte) *problem {
	for len(raw) > 0 {
		i := bytes.IndexByte(raw, '\n')
		if i < 0 {
			return nil
		}
		line := raw[:i]
		raw = raw[i+1:]
		if i == 0 || line[i-1] != '\r' || line[0] == ' ' || line[0] == '\t' {
			return errFraming
		}
		if line[0]|0x20 == 't' && hasPrefixFold(line, "transfer-encoding") {
			return errChunked
		}
	}
	return nil
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && foldEqual(b[:len(prefix)], prefix)
}

var (
	errChunked = &problem{status: fasthttp.StatusLengthRequired, field: fasthttp.HeaderContentLength,
		detail: "Content-Length: is missing; send the body whole, not in chunks"}
	errFraming = &problem{status: fasthttp.StatusBadRequest, field: "header",
		detail: "header: each line must end in CR LF and none may be folded"}
)
