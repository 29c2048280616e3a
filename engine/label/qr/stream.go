package qr

// stream is how the part of the data that a text can change is encoded: from
// the group of characters that holds the first free one to the end of the
// segment that holds the last. It begins and ends on whole codewords; bits
// outside that part are 0.
type stream struct {
	version int
	skip    int // the bits of the first codeword that come before, 0..7
	spans   []span
}

// span is a run of characters in one mode; if whole, a segment with its head.
type span struct {
	mode     Mode
	from, to int
	whole    bool
}

// newStream returns the stream for texts whose free characters are in
// first..end-1, and the number of the codeword where it begins.
func newStream(segments []Segment, version, first, end int) (s stream, codeword int) {
	s.version = version
	from, bits := 0, 0
	for _, g := range segments {
		to := from + len(g.Text)
		switch {
		case from >= end:
		case from > first:
			s.spans = append(s.spans, span{g.Mode, from, to, true})
		case to > first:
			known := (first - from) / g.Mode.group() * g.Mode.group()
			at := bits + 4 + g.Mode.countBits(version) + g.Mode.textBits(known)
			s.skip, codeword = at%8, at/8
			s.spans = append(s.spans, span{g.Mode, from + known, to, false})
		}
		bits += bitsOf([]Segment{g}, version)
		from = to
	}
	return s, codeword
}

// encode writes the stream of a text to an empty writer.
func (s *stream) encode(w *bitWriter, text []byte) []byte {
	w.n = s.skip
	for _, p := range s.spans {
		if p.whole {
			w.head(p.mode, s.version, p.to-p.from)
		}
		w.text(p.mode, text[p.from:p.to])
	}
	w.put(0, (8-w.n)%8)
	return w.buf[:w.len]
}
