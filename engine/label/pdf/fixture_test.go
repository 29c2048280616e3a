package pdf

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"mintmark/engine/label"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
	"mintmark/engine/serial"
)

const host = "tem.example.vn"

var link = serial.Link{Base: "https://" + host}

var info = label.Info{
	Batch: "b7", Host: host, Product: "Mật ong hoa cà phê Đắk Lắk nguyên chất",
	Producer: "Hợp tác xã Nông nghiệp Ea Tu", Lot: "L2026-08", Stars: 4,
}

// stamps gives the same random stamps whenever it is made anew.
type stamps struct {
	random *rand.Rand
	left   uint64
}

func newStamps(n uint64) *stamps { return &stamps{rand.New(rand.NewPCG(1, 2)), n} }

func (s *stamps) Next(out *label.Stamp) error {
	if s.left == 0 {
		return io.EOF
	}
	s.left--
	code := serial.Code{Version: 1, Sealed: s.random.Uint64() & serial.MaxOrdinal, Tag: s.random.Uint64() >> 8}
	out.Position++
	serial.AppendGrouped(out.Serial[:0], code)
	out.URL = link.Append(out.URL[:0], code, nil)
	return nil
}

func newEncoder(t testing.TB, level qr.Level) *qr.Encoder {
	t.Helper()
	e, err := qr.NewEncoder(qr.Config{Parts: qr.LinkParts(&link, false), Level: level, MinVersion: 1})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func layout(t testing.TB, name string) sheet.Layout {
	t.Helper()
	l, err := sheet.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newWriter(t testing.TB, name string) *Writer {
	t.Helper()
	w, err := New(Config{Layout: layout(t, name), Info: info, Encoder: newEncoder(t, qr.M), Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// file returns the file of one part of n stamps.
func file(t testing.TB, w *Writer, n uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := w.Write(t.Context(), &b, label.Part{Number: 1, First: 1, Count: n}, newStamps(n)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
