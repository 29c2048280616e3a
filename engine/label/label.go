// Package label holds what all writers of labels share: what is printed on
// them, the stream of stamps, the parts that a print run is split into, logos,
// and the shapes that labels are drawn with.
//
// Lengths are in millimetres unless a name says otherwise. The origin is the top
// left corner, x goes right and y goes down.
package label

import (
	"context"
	"errors"
	"io"

	"mintmark/engine/fault"
	"mintmark/engine/label/qr"
)

// PointsPerMM is how many points of 1/72 inch a millimetre has.
const PointsPerMM = 72 / 25.4

// Info is what all labels of one export share. Texts are printed as they are,
// in NFC; an empty one is not printed.
type Info struct {
	Batch    string // id; names files, never printed
	Host     string // printed in words beside the symbol, against look-alike links
	Product  string
	Producer string
	Lot      string
	// Stars is the OCOP rank, 1 to 5, or 0 for none. Potential says that the last
	// star is proposed and not yet awarded; it is then drawn in outline.
	Stars     int
	Potential bool
	Logo      *Logo // nil for none
}

// SerialLen is the number of characters of a serial as printed: four groups of
// five, a space between.
const SerialLen = 23

// Stamp is what differs from label to label.
type Stamp struct {
	Position uint64          // in the batch, from 1
	Serial   [SerialLen]byte // four groups of five characters
	URL      []byte          // what the symbol holds
}

// Source gives stamps in the order of their positions, the same ones whenever
// the same part is read again.
type Source interface {
	// Next fills s with the next stamp, reusing s.URL, and returns io.EOF after
	// the last. What it wrote is the caller's until the next call.
	Next(s *Stamp) error
}

// Encoder makes the symbols of a batch, all of one version. Many goroutines may
// call it at once. A qr.Encoder is one.
type Encoder interface {
	Version() int // 1..qr.MaxVersion
	Encode(dst *qr.Symbol, url []byte) error
}

// Writer writes labels in one format.
type Writer interface {
	// Ext is the extension of the format's files, with its dot.
	Ext() string
	// Write writes the labels of one part, which src gives from the first to the
	// last, as one whole file. Its memory does not grow with the number of labels
	// but for a few bytes a page. The bytes depend only on the writer's
	// configuration, the part and its stamps: never on the time, on chance or on
	// the number of processors. After an error what was written is of no use.
	// Errors are those of ctx, src, the encoder and w, and Corrupt for a source
	// that has too few stamps.
	Write(ctx context.Context, w io.Writer, part Part, src Source) error
}

// Each calls fn for the stamps of a part, which is exactly part.Count of src. fn
// must not keep the stamp.
func Each(ctx context.Context, part Part, src Source, fn func(*Stamp) error) error {
	var s Stamp
	for n := range part.Count {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := src.Next(&s)
		if errors.Is(err, io.EOF) {
			return fault.New(fault.Corrupt, "the stamps end after %d of %d", n, part.Count)
		}
		if err != nil {
			return err
		}
		if err := fn(&s); err != nil {
			return err
		}
	}
	return nil
}
