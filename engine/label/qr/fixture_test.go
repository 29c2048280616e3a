package qr

import (
	"math/rand/v2"
	"os"
	"testing"

	"mintmark/engine/serial"
)

// random is a source that gives the same in every run.
func random() *rand.Rand { return rand.New(rand.NewPCG(18004, 2015)) }

func randomCode(r *rand.Rand) serial.Code {
	return serial.Code{
		Version: uint8(r.UintN(serial.MaxVersion + 1)),
		Sealed:  r.Uint64N(serial.MaxOrdinal + 1),
		Tag:     r.Uint64N(1 << 56),
	}
}

func randomSig(r *rand.Rand) *[64]byte {
	sig := new([64]byte)
	for i := range sig {
		sig[i] = byte(r.Uint())
	}
	return sig
}

// randomText returns n characters that mode m holds.
func randomText(r *rand.Rand, m Mode, n int) []byte {
	text := make([]byte, n)
	for i := range text {
		switch m {
		case Byte:
			text[i] = byte(r.Uint())
		case Alphanumeric:
			text[i] = alphanumeric[r.IntN(len(alphanumeric))]
		case Numeric:
			text[i] = alphanumeric[r.IntN(10)]
		}
	}
	return text
}

// capacity returns how many characters of one mode a symbol holds.
func capacity(version int, level Level, m Mode) int {
	n := 0
	for 4+m.countBits(version)+m.textBits(n+1) <= 8*dataBytes(version, level) {
		n++
	}
	return n
}

// links are the shapes of link that a batch may have.
var links = map[string]*serial.Link{
	"plain":          {Base: "https://tem.example.vn"},
	"plain with lot": {Base: "https://tem.example.vn:8443", GTIN: "09521234543213", Lot: "L7"},
	"http":           {Base: "http://127.0.0.1:8080"},
	"gs1":            {Base: "https://id.example.vn", Form: serial.DigitalLink, GTIN: "09521234543213"},
	"gs1 with lot":   {Base: "https://id.example.vn", Form: serial.DigitalLink, GTIN: "09521234543213", Lot: "a/7"},
}

// skip skips a test for want of a program, unless nothing may be skipped.
func skip(tb testing.TB, missing, packages string) {
	tb.Helper()
	if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
		tb.Fatalf("%s is missing: apt-get install %s", missing, packages)
	}
	tb.Skipf("SKIPPED: %s is missing (apt-get install %s)", missing, packages)
}
