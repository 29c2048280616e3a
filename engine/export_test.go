package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// naive makes the file of a batch from nothing but its codes and its record.
func (s *site) naive(id string) []byte {
	s.t.Helper()
	b := s.tracker.Index().ByID(id).Batch
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	noError(s.t, w.Write([]string{"position", "serial", "url", "text"}))
	for position := uint64(1); position <= b.Count; position++ {
		code := s.code(id, position)
		text := code.String()
		var sig *[64]byte
		if b.Public {
			sig = (*[64]byte)(s.keys.Load().issuers[b.IssuerKey].Sign(serial.SigMessage(nil, &b.Link, code)))
		}
		noError(s.t, w.Write([]string{fmt.Sprint(position), text, string(b.Link.Append(nil, code, sig)),
			text[:5] + " " + text[5:10] + " " + text[10:15] + " " + text[15:]}))
	}
	w.Flush()
	return out.Bytes()
}

func (x *Export) read(t interface{ Fatalf(string, ...any) }, from, to int64) []byte {
	var out bytes.Buffer
	if err := x.WriteRange(bg, &out, from, to); err != nil {
		t.Fatalf("bytes %d to %d: %v", from, to, err)
	}
	return out.Bytes()
}

func TestExport(t *testing.T) {
	s := newSite(t)
	for name, r := range map[string]MintRequest{
		"one stamp":  {Count: 1},
		"one chunk":  {Count: ChunkSize},
		"two chunks": {Count: ChunkSize + 1, GTIN: "4006381333931", Lot: `a,"=1`},
		"more":       {Count: 3*ChunkSize - 5},
		"public":     {Count: 1001, Public: true},
		"public gs1": {Count: 120, Public: true, GTIN: "4006381333931"},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.mint(r)
			want := s.naive(b.ID)
			for range 2 { // the digest is remembered
				x, err := s.Export(t.Context(), b.ID, "csv")
				noError(t, err)
				if x.Size != int64(len(want)) || x.SHA256 != sha256.Sum256(want) || x.Name != b.ID+".csv" {
					t.Fatalf("%s of %d bytes with digest %x; want %d bytes", x.Name, x.Size, x.SHA256, len(want))
				}
				if got := x.read(t, 0, x.Size); !bytes.Equal(got, want) {
					t.Fatal("the file is not the naive one")
				}
			}
			x, err := s.Export(t.Context(), b.ID, "csv")
			noError(t, err)
			rapid.Check(t, func(r *rapid.T) {
				from := rapid.Int64Range(0, x.Size).Draw(r, "from")
				to := rapid.Int64Range(from, min(x.Size, from+10_000)).Draw(r, "to")
				if got := x.read(r, from, to); !bytes.Equal(got, want[from:to]) {
					r.Fatalf("bytes %d to %d differ from those of the whole", from, to)
				}
			})
		})
	}
}

func TestExportOutlivesChangesAndRestarts(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 100, Product: "Rice"})
	before, err := s.Export(t.Context(), b.ID, "csv")
	noError(t, err)
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Product: "Tea", Lot: "L9"})
	s.reopen(func(c *Config) { c.BaseURL = "https://other.example" })
	after, err := s.Export(t.Context(), b.ID, "csv")
	noError(t, err)
	if after.SHA256 != before.SHA256 {
		t.Error("an activation or a new base has changed the file")
	}
}

// TestExportedRowsVerify checks every row of a public batch as a stranger does:
// with the published key alone.
func TestExportedRowsVerify(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 50, Public: true, GTIN: "4006381333931", Lot: "L1"})
	x, err := s.Export(t.Context(), b.ID, "csv")
	noError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(x.read(t, 0, x.Size))).ReadAll()
	noError(t, err)
	link := serial.Link{Base: DefaultBaseURL, GTIN: "04006381333931", Lot: "L1", Form: serial.DigitalLink}
	public := s.IssuerKeys()[0].Public
	for _, row := range rows[1:] {
		var c Check
		noError(t, serial.ParseInput(row[2], &c.Target))
		if !c.Target.Signed || !keyring.VerifySignature(public, serial.SigMessage(nil, &link, c.Target.Code), c.Target.Sig[:]) {
			t.Errorf("row %s does not verify", row[0])
		}
		noError(t, s.Verify(&c))
		if c.Verdict != store.Inactive {
			t.Errorf("row %s answers %v", row[0], c.Verdict)
		}
	}
}

// full is a writer that takes a few bytes only.
type full struct{ left int }

var errFull = errors.New("the reader has gone")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestExportErrors(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 5000})
	_, err := s.Export(t.Context(), b.ID, "pdf")
	wantError(t, err, fault.Invalid, "format")
	_, err = s.Export(t.Context(), "nothing", "csv")
	wantError(t, err, fault.NotFound, "batch")
	x, err := s.Export(t.Context(), b.ID, "csv")
	noError(t, err)
	for _, r := range [][2]int64{{-1, 5}, {6, 5}, {0, x.Size + 1}, {x.Size + 1, x.Size + 1}} {
		wantError(t, x.WriteRange(t.Context(), &full{1 << 20}, r[0], r[1]), fault.Invalid, "range")
	}
	if err := x.WriteRange(t.Context(), &full{100}, 0, x.Size); !errors.Is(err, errFull) {
		t.Errorf("a reader that went away: %v", err)
	}
}
