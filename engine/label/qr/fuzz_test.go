package qr

import (
	"bytes"
	"testing"

	"mintmark/engine/fault"
)

// FuzzEncodeText: any text is refused or reads back, in any level and version.
func FuzzEncodeText(f *testing.F) {
	f.Add([]byte("https://TEM.EXAMPLE.VN/S/250VY3QSDPT6DAK9KD4E"), uint8(M), 1)
	f.Add([]byte("https://id.example.vn/01/09521234543213/10/L%2F7/21/250VY3QSDPT6DAK9KD4E"), uint8(Q), 10)
	f.Add([]byte{}, uint8(L), 1)
	f.Add(bytes.Repeat([]byte("7"), maxText+1), uint8(L), 1)
	f.Fuzz(func(t *testing.T, text []byte, level uint8, minVersion int) {
		var s Symbol
		err := EncodeText(&s, text, Level(level), minVersion)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || s != (Symbol{}) {
				t.Fatal(err)
			}
			return
		}
		if got, err := read(&s); err != nil || !bytes.Equal(got.text, text) || s.Version < minVersion {
			t.Fatalf("%q reads as %q in version %d, %v", text, got.text, s.Version, err)
		}
	})
}

// FuzzSplit: the segments are the text, in modes that hold it and in no more
// bits than one byte segment.
func FuzzSplit(f *testing.F) {
	f.Add([]byte("https://TEM.EXAMPLE.VN/S/250VY3QSDPT6DAK9KD4E"), false)
	f.Add([]byte("aaa0123456789AAAA:::aaaa00000000000000"), true)
	f.Fuzz(func(t *testing.T, text []byte, large bool) {
		version := 1
		if large {
			version = MaxVersion
		}
		segments, err := Split(nil, text, version)
		if (err != nil) != (len(text) > maxText) {
			t.Fatal(err)
		}
		if err != nil || len(text) == 0 {
			return
		}
		checkSplit(t, text, segments)
		if got, most := bitsOf(segments, version), bitsOf([]Segment{{Byte, text}}, version); got > most {
			t.Fatalf("%q takes %d bits, and %d in byte mode", text, got, most)
		}
	})
}

// FuzzEncoder: a text goes with the parts, or is refused; either way nothing
// panics.
func FuzzEncoder(f *testing.F) {
	e, err := NewEncoder(Config{Parts: LinkParts(links["gs1 with lot"], true), Level: M, MinVersion: 1})
	if err != nil {
		f.Fatal(err)
	}
	r := random()
	for _, sig := range []*[64]byte{nil, randomSig(r)} {
		f.Add(links["gs1 with lot"].Append(nil, randomCode(r), sig))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Symbol
		if err := e.Encode(&s, text); err != nil {
			if fault.FieldOf(err) != "text" {
				t.Fatal(err)
			}
			return
		}
		checkEncoder(t, e, text)
	})
}
