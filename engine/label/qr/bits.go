package qr

// bitWriter writes numbers of any width, the most significant bit first.
type bitWriter struct {
	buf [maxData]byte
	len int    // bytes of buf written
	acc uint64 // its lowest n bits come next
	n   int    // bits of acc not yet in buf, below 8 between calls
}

// put writes the n lowest bits of v, n at most 16; the other bits of v are 0.
func (w *bitWriter) put(v uint, n int) {
	w.acc = w.acc<<uint(n) | uint64(v)
	w.n += n
	for w.n >= 8 {
		w.n -= 8
		w.buf[w.len] = byte(w.acc >> uint(w.n))
		w.len++
	}
}

// head writes the head of a segment of n characters.
func (w *bitWriter) head(m Mode, version, n int) {
	w.put(m.indicator(), 4)
	w.put(uint(n), m.countBits(version))
}

// text writes characters that the mode holds, from the beginning of a group.
func (w *bitWriter) text(m Mode, text []byte) {
	switch m {
	case Numeric:
		w.numeric(text)
	case Alphanumeric:
		w.alphanumeric(text)
	default:
		for _, c := range text {
			w.put(uint(c), 8)
		}
	}
}

func (w *bitWriter) numeric(text []byte) {
	for len(text) > 0 {
		n, v := min(3, len(text)), uint(0)
		for _, c := range text[:n] {
			v = 10*v + uint(c-'0')
		}
		w.put(v, 3*n+1)
		text = text[n:]
	}
}

func (w *bitWriter) alphanumeric(text []byte) {
	for ; len(text) >= 2; text = text[2:] {
		w.put(45*uint(values[text[0]])+uint(values[text[1]]), 11)
	}
	if len(text) > 0 {
		w.put(uint(values[text[0]]), 6)
	}
}

// finish ends the data with the terminator, cut short where there is no room,
// and fills it to size bytes (ISO/IEC 18004, sections 7.4.9 and 7.4.10).
func (w *bitWriter) finish(size int) []byte {
	w.put(0, min(4, 8*(size-w.len)-w.n))
	w.put(0, (8-w.n)%8)
	for pad := uint(0xEC); w.len < size; pad ^= 0xEC ^ 0x11 {
		w.put(pad, 8)
	}
	return w.buf[:size]
}
