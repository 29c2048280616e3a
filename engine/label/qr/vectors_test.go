package qr

import (
	"bytes"
	"fmt"
	"testing"
)

// TestPublishedCodewords has the example of ISO/IEC 18004, annex I ("01234567"
// in 1-M), and one that is found in many texts ("HELLO WORLD").
func TestPublishedCodewords(t *testing.T) {
	for _, c := range []struct {
		text        string
		mode        Mode
		data, check []byte
	}{
		{"01234567", Numeric,
			[]byte{0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11},
			[]byte{0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55}},
		{"HELLO WORLD", Alphanumeric,
			[]byte{32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17},
			[]byte{196, 35, 39, 119, 235, 215, 231, 226, 93, 23}},
	} {
		var s Symbol
		if err := EncodeText(&s, []byte(c.text), M, 1); err != nil {
			t.Fatal(err)
		}
		got, err := read(&s)
		if err != nil || len(got.segments) != 1 || got.segments[0].Mode != c.mode ||
			!bytes.Equal(got.data, c.data) || !bytes.Equal(got.check, c.check) {
			t.Errorf("%s: %+v, %v", c.text, got, err)
		}
	}
}

// TestPublishedFormat has the examples of ISO/IEC 18004, annexes C and D.
func TestPublishedFormat(t *testing.T) {
	if got := fmt.Sprintf("%015b", formatBits(M, 5)); got != "100000011001110" {
		t.Errorf("format of M and mask 5: %s", got)
	}
	if got := fmt.Sprintf("%018b", versionBits(7)); got != "000111110010010100" {
		t.Errorf("version 7: %s", got)
	}
}
