package qr

import (
	"os/exec"
	"strconv"
	"testing"

	"github.com/boombuler/barcode/qr"
	"mintmark/engine/serial"
)

// stamps are plain links, whose symbols are 3-M, or 6-M if signed.
func stamps(signed bool) [][]byte {
	r := random()
	texts := make([][]byte, 1024)
	for i := range texts {
		var sig *[64]byte
		if signed {
			sig = randomSig(r)
		}
		texts[i] = links["plain"].Append(nil, randomCode(r), sig)
	}
	return texts
}

// perSecond reports symbols a second.
func perSecond(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "symbols/s")
}

func benchmarkEncoder(b *testing.B, link *serial.Link, signed bool, version int) {
	e, err := NewEncoder(Config{Parts: LinkParts(link, signed), Level: M, MinVersion: 1})
	if err != nil {
		b.Fatal(err)
	}
	if e.Version() != version {
		b.Fatalf("version %d, want %d", e.Version(), version)
	}
	texts := stamps(signed)
	b.ReportAllocs()
	var s Symbol
	for i := 0; b.Loop(); i++ {
		if err := e.Encode(&s, texts[i%len(texts)]); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

// BenchmarkEncoder: plain stamps, version 3-M, one core, the mask chosen from
// all eight.
func BenchmarkEncoder(b *testing.B) { benchmarkEncoder(b, links["plain"], false, 3) }

// BenchmarkEncoderSigned: stamps with a signature, version 6-M.
func BenchmarkEncoderSigned(b *testing.B) { benchmarkEncoder(b, links["plain"], true, 6) }

// BenchmarkNewEncoder: what a batch pays once.
func BenchmarkNewEncoder(b *testing.B) {
	for b.Loop() {
		if _, err := NewEncoder(Config{Parts: LinkParts(links["plain"], false), Level: M, MinVersion: 1}); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkEncode(b *testing.B, signed bool) {
	texts := stamps(signed)
	b.ReportAllocs()
	var s Symbol
	for i := 0; b.Loop(); i++ {
		if err := EncodeText(&s, texts[i%len(texts)], M, 1); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

// BenchmarkEncode: plain stamps without tables, version 3-M.
func BenchmarkEncode(b *testing.B) { benchmarkEncode(b, false) }

// BenchmarkEncodeSigned: stamps with a signature without tables, version 6-M.
func BenchmarkEncodeSigned(b *testing.B) { benchmarkEncode(b, true) }

// BenchmarkBoombuler: the same stamps as BenchmarkEncoder, in the one byte segment
// that boombuler can make of them, version 4-M.
func BenchmarkBoombuler(b *testing.B) {
	texts := stamps(false)
	for i := 0; b.Loop(); i++ {
		if _, err := qr.Encode(string(texts[i%len(texts)]), qr.M, qr.Unicode); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

// BenchmarkLibqrencode: stamps of the same shape as those of BenchmarkEncoder,
// in a process of its own, whose start is counted too.
func BenchmarkLibqrencode(b *testing.B) {
	peer := buildPeer(b)
	b.ResetTimer()
	if out, err := exec.Command(peer, "encode", strconv.Itoa(b.N)).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	perSecond(b)
}
