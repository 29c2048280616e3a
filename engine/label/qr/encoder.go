package qr

import "slices"

// Config says what an Encoder encodes.
type Config struct {
	Parts      []Part // in order; at least one is free
	Level      Level
	MinVersion int // 1..MaxVersion
}

// Encoder encodes texts that differ only in their free parts, all in the same
// version and the same segments. It is never changed after NewEncoder, and may
// be used by many goroutines at once.
//
// Error correction and placement are linear over GF(2), so the symbols of two
// texts differ by the sum of what their differing bits set. For each half of
// each data codeword that a free character reaches, a table holds the sixteen
// possible differences as whole symbols, error correction included: 32 symbols
// a codeword.
type Encoder struct {
	grid    *grid
	parts   []Part
	stream  stream
	sample  []byte   // what the stream gives for the sample: a text with some character in each free place
	modules lines    // the sample's modules, unmasked
	symbols []uint64 // 32 symbols, of grid.words words each, for each byte of the stream
}

// NewEncoder builds the tables: 32 * Size * 8 bytes for each data codeword that
// a free character reaches in versions 1 to 3, and twice that in larger ones.
// That is 109 KiB for the 20 free characters of a plain link in version 3, 1.7
// MiB for the 123 of a signed one in version 6, and never more than 8 MiB.
// Errors are Invalid: field "parts" (none is free, or one is malformed),
// "level", "version" or "text" (it does not fit).
func NewEncoder(c Config) (*Encoder, error) {
	sample, err := sampleOf(c.Parts)
	if err != nil {
		return nil, err
	}
	segments, version, err := fit(nil, sample, c.Level, c.MinVersion)
	if err != nil {
		return nil, err
	}
	e := &Encoder{grid: gridOf(version, c.Level), parts: slices.Clone(c.Parts)}
	if _, err := layOut(&e.modules, segments, c.Level, version); err != nil {
		return nil, err
	}
	first, end := freeRange(c.Parts)
	skip := 0
	e.stream, skip = newStream(segments, version, first, end)
	var w bitWriter
	e.sample = append(e.sample, e.stream.encode(&w, sample)...)
	e.symbols = e.grid.differences(skip, len(e.sample))
	return e, nil
}

// Version returns the version of all symbols.
func (e *Encoder) Version() int { return e.grid.version }

// Encode encodes a text under the mask of the lowest penalty: the same symbol
// that Encode gives for the same segments and version. It does not allocate. The
// error is Invalid, field "text": it does not go with the parts. After an error
// dst is unchanged.
func (e *Encoder) Encode(dst *Symbol, text []byte) error {
	if err := checkText(e.parts, text); err != nil {
		return err
	}
	var w bitWriter
	l := e.modules
	e.add(&l, e.stream.encode(&w, text))
	e.grid.finish(dst, &l)
	return nil
}

// add turns the sample's modules into those of a text with the given stream.
func (e *Encoder) add(l *lines, stream []byte) {
	n := e.grid.words
	table := e.symbols
	sum := l[:n]
	for i, c := range stream {
		c ^= e.sample[i]
		high := table[int(c>>4)*n:][:len(sum)]
		low := table[(16+int(c&15))*n:][:len(sum)]
		for j := range sum {
			sum[j] ^= high[j] ^ low[j]
		}
		table = table[32*n:]
	}
}

// differences returns the table for count data codewords from the first: for
// each, the symbols of its upper half's values 0..15, then of its lower half's.
func (g *grid) differences(first, count int) []uint64 {
	table := make([]uint64, 0, count*32*g.words)
	data := make([]byte, g.data)
	for i := first; i < first+count; i++ {
		for shift := 4; shift >= 0; shift -= 4 {
			for v := range byte(16) {
				var l lines
				data[i] = v << shift
				g.add(&l, data)
				table = append(table, l[:g.words]...)
			}
		}
		data[i] = 0
	}
	return table
}
