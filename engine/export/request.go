package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/qr"
	"mintmark/engine/label/sheet"
)

// Request says which stamps of a batch are written, and how. A field that the
// format has no use for must be zero. Normalize replaces zero by the default where
// there is one.
type Request struct {
	Format string `json:"format"` // csv, ndjson, pdf, svg, png, eps or zpl
	// Layout names a layout of package sheet. CustomLayout is one of the caller's
	// own, a layout file as sheet.Parse reads it. Formats with labels need one of
	// them.
	Layout       string `json:"layout,omitempty"`
	CustomLayout string `json:"custom_layout,omitempty"`

	From  uint64 `json:"from,omitempty"`  // position of the first stamp (default 1)
	Count uint64 `json:"count,omitempty"` // stamps (default: all from there on)
	Split uint64 `json:"split,omitempty"` // labels a file; 0: one file, or one a roll
	Roll  uint64 `json:"roll,omitempty"`  // labels of a roll, each of which makes a file; roll layouts alone
	Start int    `json:"start,omitempty"` // labels of the first sheet that are already used; pdf alone

	Level     string `json:"level,omitempty"`  // of the symbols: L, M, Q or H (default M)
	DPI       int    `json:"dpi,omitempty"`    // png: 300 or 600 (default); zpl: 203 (default), 300 or 600
	Native    bool   `json:"native,omitempty"` // zpl: the printer draws the symbols
	Stars     int    `json:"stars,omitempty"`  // OCOP rank, 1 to 5
	Potential bool   `json:"potential,omitempty"`

	// Logo is the digest of a PNG or SVG file: the SHA-256 in hexadecimal. The
	// file's bytes go beside the request.
	Logo string `json:"logo_sha256,omitempty"`
}

// Normalize returns the canonical form of a request for a batch: defaults are
// filled in, and a split that makes one file is 0. Errors are Invalid and name the
// JSON field.
func (r Request) Normalize(b *Batch) (Request, error) {
	f, err := formatOf(r.Format)
	if err != nil {
		return r, err
	}
	if err := r.checkUnused(f); err != nil {
		return r, err
	}
	if err := r.setRange(b); err != nil {
		return r, err
	}
	r.setDefaults(f)
	if f.labels {
		if err := r.checkLabels(); err != nil {
			return r, err
		}
	}
	return r, r.setSplit()
}

// checkUnused refuses fields that the format has no use for.
func (r *Request) checkUnused(f *format) error {
	for _, one := range []struct {
		field     string
		set, used bool
	}{
		{"layout", r.Layout != "", f.labels}, {"custom_layout", r.CustomLayout != "", f.labels}, {"level", r.Level != "", f.labels},
		{"roll", r.Roll != 0, f.labels}, {"stars", r.Stars != 0, f.labels}, {"potential", r.Potential, f.labels},
		{"logo", r.Logo != "", f.labels}, {"start", r.Start != 0, f.sheets}, {"dpi", r.DPI != 0, f.dpi != 0}, {"native", r.Native, f.native},
	} {
		if one.set && !one.used {
			return fault.Field(one.field, "means nothing for the format %s; leave it out", r.Format)
		}
	}
	return nil
}

// setRange checks the stamps against the batch.
func (r *Request) setRange(b *Batch) error {
	if r.From == 0 {
		r.From = 1
	}
	if r.From > b.Count {
		return fault.Field("from", "is %d, and the batch has positions 1 to %d", r.From, b.Count)
	}
	left := b.Count - r.From + 1
	if r.Count == 0 {
		r.Count = left
	}
	if r.Count > left {
		return fault.Field("count", "is %d, and from position %d on the batch has %d stamps", r.Count, r.From, left)
	}
	return nil
}

func (r *Request) setDefaults(f *format) {
	if f.labels && r.Level == "" {
		r.Level = qr.M.String()
	}
	if r.DPI == 0 {
		r.DPI = f.dpi
	}
}

// checkLabels checks the layout and what is printed; the writers check the rest.
func (r *Request) checkLabels() error {
	l, err := r.layout()
	if err != nil {
		return err
	}
	if r.CustomLayout != "" {
		r.CustomLayout = string(l.Format())
	}
	if _, err := qr.ParseLevel(r.Level); err != nil {
		return err
	}
	if err := l.CheckStart(r.Start); err != nil {
		return err
	}
	if sum, err := hex.DecodeString(r.Logo); err != nil || r.Logo != "" && len(sum) != sha256.Size {
		return fault.Field("logo", "is not named by a SHA-256 in hexadecimal")
	}
	return r.checkRoll(&l)
}

func (r *Request) checkRoll(l *sheet.Layout) error {
	switch {
	case r.Roll == 0:
		return nil
	case !l.Roll:
		return fault.Field("roll", "is for roll layouts, and %q is of sheets; leave it out, or use split", l.Name)
	case r.Split != 0:
		return fault.Field("roll", "cannot go with split; use one of them")
	case r.Roll%uint64(l.Columns) != 0:
		return fault.Field("roll", "is %d labels, and the layout has %d in a row: use a multiple of that", r.Roll, l.Columns)
	}
	return nil
}

// layout returns the layout of the labels.
func (r *Request) layout() (sheet.Layout, error) {
	switch {
	case r.Layout != "" && r.CustomLayout != "":
		return sheet.Layout{}, fault.Field("custom_layout", "cannot go with layout; use one of them")
	case r.CustomLayout != "":
		return sheet.Parse([]byte(r.CustomLayout))
	case r.Layout == "":
		return sheet.Layout{}, fault.Field("layout", "is missing; the format %s needs one, such as %s", r.Format, sheet.Layouts()[0].Name)
	}
	return sheet.Lookup(r.Layout)
}

// per returns the labels of a file; 0: all.
func (r *Request) per() uint64 { return max(r.Split, r.Roll) }

// setSplit makes splits that mean the same the same.
func (r *Request) setSplit() error {
	if r.Split >= r.Count {
		r.Split = 0
	}
	if r.Roll >= r.Count {
		r.Roll = 0
	}
	field := "split"
	if r.Roll > 0 {
		field = "roll"
	}
	if n := r.split().Len(); n > MaxFiles {
		return fault.Field(field, "makes %d files; use at least %d labels a file, for at most %d files", n, (r.Count-1)/MaxFiles+1, MaxFiles)
	}
	return r.split().Validate()
}

func (r *Request) split() label.Split {
	return label.Split{First: r.From, Count: r.Count, Per: r.per()}
}

// id returns the id of a normalized request for a batch: the first 16 bytes of a
// SHA-256, as 32 hexadecimal digits. It covers the dimensions of a named layout.
func (r *Request) id(b *Batch) (string, error) {
	hash := sha256.New()
	hash.Write([]byte("mintmark-export-" + strconv.Itoa(revision) + "\x00" + b.ID + "\x00"))
	data, err := json.Marshal(r)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "encode the request")
	}
	hash.Write(data)
	if r.Layout != "" {
		l, err := r.layout()
		if err != nil {
			return "", err
		}
		hash.Write([]byte{0})
		hash.Write(l.Format())
	}
	return hex.EncodeToString(hash.Sum(nil)[:idBytes]), nil
}

const idBytes = 16

// IsID reports whether s has the form of an export's id.
func IsID(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == idBytes && hex.EncodeToString(raw) == s
}

// LogoDigest returns the digest by which a request names a logo's file.
func LogoDigest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
