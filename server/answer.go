package server

import (
	"strconv"
	"time"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/serial"
)

// appendJSON appends the answer to one visit.
func (s *Server) appendJSON(dst []byte, v *visit) []byte {
	dst = s.appendResult(dst, &v.check, v.bad)
	dst = append(dst[:len(dst)-1], `,"request_id":"`...)
	dst = append(dst, v.id[:]...)
	return append(dst, '"', '}')
}

// appendResult appends what is known of one code as a JSON object. What is not
// known is null: the serial where none could be read, batch and product where
// no stamp has this code, the times where it was never scanned.
func (s *Server) appendResult(dst []byte, c *engine.Check, bad *fault.Error) []byte {
	dst = append(dst, `{"verdict":"`...)
	dst = append(dst, c.Verdict.String()...)
	dst = append(dst, `","serial":`...)
	if bad != nil {
		dst = append(dst, "null"...)
	} else {
		dst = append(dst, '"')
		dst = serial.Append(dst, c.Target.Code)
		dst = append(dst, '"')
	}
	dst = appendOrigin(dst, c)
	dst = append(dst, `,"scans":`...)
	dst = strconv.AppendUint(dst, uint64(c.State.Count), 10)
	dst = append(dst, `,"sessions":`...)
	dst = strconv.AppendUint(dst, uint64(c.State.Sessions), 10)
	dst = append(dst, `,"first_scan":`...)
	dst = appendTime(dst, c.State.First)
	dst = append(dst, `,"last_scan":`...)
	dst = appendTime(dst, c.State.Last)
	if s.async && c.Entry != nil {
		dst = append(dst, `,"durability":"scans may be recounted after a power cut"`...)
	}
	if bad != nil {
		dst = append(dst, `,"field":`...)
		dst = appendString(dst, bad.Field)
		dst = append(dst, `,"detail":`...)
		dst = appendString(dst, bad.Msg)
	}
	dst = append(dst, messagesJSON[c.Verdict]...)
	return append(dst, '}')
}

// appendOrigin appends the members that tell where a stamp comes from. The
// position is left out: it would tell the order and the volume.
func appendOrigin(dst []byte, c *engine.Check) []byte {
	if c.Entry == nil {
		return append(dst, `,"batch":null,"product":null`...)
	}
	b := &c.Entry.Batch
	dst = append(dst, `,"batch":`...)
	dst = appendString(dst, b.ID)
	dst = append(dst, `,"product":`...)
	dst = appendString(dst, c.Product)
	if b.Link.GTIN != "" {
		dst = append(dst, `,"gtin":`...)
		dst = appendString(dst, b.Link.GTIN)
	}
	if c.Lot != "" {
		dst = append(dst, `,"lot":`...)
		dst = appendString(dst, c.Lot)
	}
	if b.Public {
		dst = append(dst, `,"signature":"`...)
		dst = append(dst, signature(c)...)
		dst = append(dst, '"')
	}
	return dst
}

// signature says whether a publicly verifiable stamp was read with its issuer
// signature. A wrong one never gets here: its code is unknown.
func signature(c *engine.Check) string {
	if c.Target.Signed {
		return "valid"
	}
	return "absent"
}

// appendTime appends microseconds since 1970 as RFC 3339 in UTC, null for 0.
func appendTime(dst []byte, us int64) []byte {
	if us == 0 {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = time.UnixMicro(us).UTC().AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string (RFC 8259, section 7) of valid UTF-8.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
