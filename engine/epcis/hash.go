package epcis

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// eventID is the SHA-256 that an event is known by.
type eventID [sha256.Size]byte

// append appends the id as a Named Information URI (RFC 6920), as CBV 2.0 has it,
// section 8.9.
func (id eventID) append(dst []byte) []byte {
	dst = append(dst, "ni:///sha-256;"...)
	dst = hex.AppendEncode(dst, id[:])
	return append(dst, "?ver=CBV2.0"...)
}

// hash returns the id of an event with these EPCs, in order: the digest of its
// members in the order of the standard, times in UTC, words of CBV as URLs and
// Digital Links under GS1's own host (CBV 2.0, section 8.9.2).
func (e *Event) hash(epcs [][]byte) (id eventID) {
	h := sha256.New()
	b := []byte("eventType=ObjectEventeventTime=" + time.UnixMicro(e.At).UTC().Format("2006-01-02T15:04:05.000Z") + "eventTimeZoneOffset=" + offset + "epcList")
	for _, epc := range epcs {
		b = appendCanonical(append(b, "epc="...), epc)
		if len(b) >= hashBuffer {
			h.Write(b)
			b = b[:0]
		}
	}
	b = append(b, "action="+string(e.Action)+"bizStep=https://ref.gs1.org/cbv/BizStep-"+e.Step+"disposition=https://ref.gs1.org/cbv/Disp-"+e.Disposition...)
	if e.ReadPoint != "" {
		b = appendCanonical(append(b, "readPointid="...), []byte(e.ReadPoint))
	}
	if e.Lot != "" {
		b = append(b, "ilmd{urn:epcglobal:cbv:mda:}lotNumber="+numeric(e.Lot)...)
	}
	h.Write(b)
	h.Sum(id[:0])
	return id
}

// hashBuffer is how many bytes are hashed at a time.
const hashBuffer = 4 << 10

// appendCanonical appends a URL, a Digital Link with the host of GS1.
func appendCanonical(dst, url []byte) []byte {
	_, rest, _ := bytes.Cut(url, []byte("://"))
	path := rest[max(bytes.IndexByte(rest, '/'), 0):]
	if bytes.HasPrefix(path, []byte("/01/")) || bytes.HasPrefix(path, []byte("/414/")) {
		return append(append(dst, "https://id.gs1.org"...), path...)
	}
	return append(dst, url...)
}

// numeric writes a number without zeros before it; other text stays.
func numeric(s string) string {
	if strings.Trim(s, "0123456789") != "" || s == "" {
		return s
	}
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0"
	}
	return s
}
