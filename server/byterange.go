package server

import (
	"bytes"
	"strconv"

	"github.com/valyala/fasthttp"
)

// byteRange is the bytes [from, to) of a file.
type byteRange struct{ from, to int64 }

// parseRange reads a Range header (RFC 9110, section 14.2) for a file of size
// bytes and returns the part to send with its status: 206, or 416 for a range
// outside the file, or 200 and the whole file where the header is absent, not
// understood, or asks for several ranges, which a server may ignore.
func parseRange(header []byte, size int64) (byteRange, int) {
	whole := byteRange{0, size}
	set, ok := bytes.CutPrefix(header, []byte("bytes="))
	first, last, dash := bytes.Cut(bytes.TrimSpace(set), []byte("-"))
	if !ok || !dash {
		return whole, fasthttp.StatusOK
	}
	if len(first) == 0 {
		n, ok := parseOffset(last)
		if !ok {
			return whole, fasthttp.StatusOK
		}
		return satisfiable(byteRange{max(0, size-n), size}, size)
	}
	from, ok := parseOffset(first)
	if !ok {
		return whole, fasthttp.StatusOK
	}
	if len(last) == 0 {
		return satisfiable(byteRange{from, size}, size)
	}
	to, ok := parseOffset(last)
	if !ok || to < from {
		return whole, fasthttp.StatusOK
	}
	return satisfiable(byteRange{from, min(to, size-1) + 1}, size)
}

func satisfiable(r byteRange, size int64) (byteRange, int) {
	if r.from >= size {
		return r, fasthttp.StatusRequestedRangeNotSatisfiable
	}
	return r, fasthttp.StatusPartialContent
}

// parseOffset reads digits alone. More than 63 bits are as good as the largest
// offset.
func parseOffset(digits []byte) (int64, bool) {
	if len(digits) == 0 || len(bytes.Trim(digits, "0123456789")) > 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 1<<63 - 2, true
	}
	return min(n, 1<<63-2), true
}
