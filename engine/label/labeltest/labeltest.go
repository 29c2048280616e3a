// Package labeltest holds what the tests of all label formats share: stamps, and
// proofs that programs other than ours read what was rendered.
package labeltest

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"mintmark/engine/label"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
	"mintmark/engine/serial"
)

// Host is the host of all links.
const Host = "tem.example.vn"

// Link is what all links are made of.
var Link = serial.Link{Base: "https://" + Host}

// Info is what all labels say.
var Info = label.Info{
	Batch: "b7", Host: Host, Product: "Mật ong hoa cà phê Đắk Lắk nguyên chất",
	Producer: "Hợp tác xã Nông nghiệp Ea Tu", Lot: "L2026-08", Stars: 4,
}

// Stamps gives random stamps, the same ones whenever it is made anew.
type Stamps struct {
	random   *rand.Rand
	position uint64
	last     uint64
}

// NewStamps returns the stamps of a part.
func NewStamps(part label.Part) *Stamps {
	return &Stamps{rand.New(rand.NewPCG(1, 2)), part.First - 1, part.Last()}
}

// Next gives the next stamp; see label.Source.
func (s *Stamps) Next(out *label.Stamp) error {
	if s.position == s.last {
		return io.EOF
	}
	s.position++
	code := serial.Code{Version: 1, Sealed: s.random.Uint64() & serial.MaxOrdinal, Tag: s.random.Uint64() >> 8}
	out.Position = s.position
	serial.AppendGrouped(out.Serial[:0], code)
	out.URL = Link.Append(out.URL[:0], code, nil)
	return nil
}

// Part returns the first n positions.
func Part(n uint64) label.Part { return label.Part{Number: 1, First: 1, Count: n} }

// URLs returns the links of a part's stamps.
func URLs(t testing.TB, part label.Part) (urls []string) {
	t.Helper()
	err := label.Each(t.Context(), part, NewStamps(part), func(s *label.Stamp) error {
		urls = append(urls, string(s.URL))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return urls
}

// Encoder returns the encoder of the links at a level.
func Encoder(t testing.TB, level qr.Level) *qr.Encoder {
	t.Helper()
	e, err := qr.NewEncoder(qr.Config{Parts: qr.LinkParts(&Link, false), Level: level, MinVersion: 1})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Layout returns a named layout.
func Layout(t testing.TB, name string) sheet.Layout {
	t.Helper()
	l, err := sheet.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// File returns what a writer writes for a part.
func File(t testing.TB, w label.Writer, part label.Part) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := w.Write(t.Context(), &b, part, NewStamps(part)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Unzip returns the contents of the files of a zip archive in their order.
func Unzip(t testing.TB, archive []byte) (files [][]byte) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		files = append(files, data)
	}
	return files
}
