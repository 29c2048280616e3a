package qr

import "mintmark/engine/fault"

// Encode encodes segments into the smallest version from minVersion up that
// holds them, under the mask of the lowest penalty. It does not allocate. Errors
// are Invalid: field "level", "version" (minVersion is not 1..MaxVersion) or
// "text" (it does not fit, or a character does not go with its mode); after an
// error dst is unchanged.
func Encode(dst *Symbol, segments []Segment, level Level, minVersion int) error {
	var l lines
	g, err := layOut(&l, segments, level, minVersion)
	if err != nil {
		return err
	}
	g.finish(dst, &l)
	return nil
}

// EncodeMask is Encode with a given mask, 0..7. An error about it is Invalid,
// field "mask".
func EncodeMask(dst *Symbol, segments []Segment, level Level, minVersion, mask int) error {
	if mask < 0 || mask >= masks {
		return fault.Field("mask", "is %d: use 0 to %d", mask, masks-1)
	}
	var l lines
	g, err := layOut(&l, segments, level, minVersion)
	if err != nil {
		return err
	}
	g.write(dst, &l, mask)
	return nil
}

// EncodeText is Encode of the segments that Split gives. It allocates only for
// texts of more than 16 segments.
func EncodeText(dst *Symbol, text []byte, level Level, minVersion int) error {
	var buf [16]Segment
	segments, version, err := fit(buf[:0], text, level, minVersion)
	if err != nil {
		return err
	}
	return Encode(dst, segments, level, version)
}

// fit splits text for the smallest version that holds it. The best segments
// differ between version 10 and those below.
func fit(dst []Segment, text []byte, level Level, minVersion int) ([]Segment, int, error) {
	segments, err := Split(dst, text, MaxVersion-1)
	if err != nil {
		return nil, 0, err
	}
	if version, err := choose(segments, level, minVersion); err == nil && version < MaxVersion {
		return segments, version, nil
	}
	if segments, err = Split(dst, text, MaxVersion); err != nil {
		return nil, 0, err
	}
	version, err := choose(segments, level, minVersion)
	return segments, version, err
}

// layOut checks the segments, chooses the version and lays the unmasked modules
// out in l.
func layOut(l *lines, segments []Segment, level Level, minVersion int) (*grid, error) {
	for _, s := range segments {
		if err := s.check(); err != nil {
			return nil, err
		}
	}
	version, err := choose(segments, level, minVersion)
	if err != nil {
		return nil, err
	}
	g := gridOf(version, level)
	var w bitWriter
	for _, s := range segments {
		w.head(s.Mode, version, len(s.Text))
		w.text(s.Mode, s.Text)
	}
	*l = g.base
	g.add(l, w.finish(g.data))
	return g, nil
}

func (s *Segment) check() error {
	if s.Mode >= modes {
		return fault.Field("text", "has a segment of mode %d: use Byte, Alphanumeric or Numeric", s.Mode)
	}
	for _, c := range s.Text {
		if !s.Mode.holds(c) {
			return fault.Field("text", "has %q where the segment's mode cannot hold it: use Byte, or Split", c)
		}
	}
	return nil
}

// choose returns the smallest version from minVersion up that holds segments.
func choose(segments []Segment, level Level, minVersion int) (int, error) {
	if level > H {
		return 0, fault.Field("level", "is number %d: use L, M, Q or H", level)
	}
	if minVersion < 1 || minVersion > MaxVersion {
		return 0, fault.Field("version", "is %d: use 1 to %d", minVersion, MaxVersion)
	}
	for v := minVersion; v <= MaxVersion; v++ {
		if bitsOf(segments, v) <= 8*dataBytes(v, level) {
			return v, nil
		}
	}
	return 0, fault.Field("text", "needs %d bits, and version %d-%v holds %d: shorten it or lower the level",
		bitsOf(segments, MaxVersion), MaxVersion, level, 8*dataBytes(MaxVersion, level))
}
