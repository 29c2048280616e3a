package export

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/label"
	"mintmark/engine/serial"
)

var testBatch = Batch{ID: "b7", Count: 1000, Link: serial.Link{Base: "https://tem.example.vn", Lot: "L2026-08"},
	Product: "Mật ong hoa cà phê", Producer: "Hợp tác xã Ea Tu"}

var testIssuer = keyring.NewIssuer(&[32]byte{1})

// stamps gives the stamps of a part, the same each time. hook is called before each.
type stamps struct {
	next, last uint64
	hook       func(position uint64) error
}

func (s *stamps) Next(out *label.Stamp) error {
	if s.next > s.last {
		return io.EOF
	}
	if s.hook != nil {
		if err := s.hook(s.next); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(s.next, 7))
	code := serial.Code{Version: 1, Sealed: random.Uint64() & serial.MaxOrdinal, Tag: random.Uint64() >> 8}
	out.Position = s.next
	serial.AppendGrouped(out.Serial[:0], code)
	out.URL = testBatch.Link.Append(out.URL[:0], code, nil)
	s.next++
	return nil
}

// job returns a job for a request; hook sees every position before it is written.
func job(t testing.TB, r Request, hook func(uint64) error) Job {
	t.Helper()
	p, err := NewPlan(testBatch, r, nil, 2)
	noError(t, err)
	return Job{Plan: p, Issuer: testIssuer, Name: "tem.example.vn", Source: func(ctx context.Context, part label.Part) label.Source {
		return &stamps{part.First, part.Last(), func(position uint64) error {
			if hook == nil {
				return ctx.Err()
			}
			return hook(position)
		}}
	}}
}

func newRunner(t testing.TB, dir string, change ...func(*Config)) *Runner {
	t.Helper()
	cfg := Config{Dir: dir, Free: func(string) (int64, error) { return 1 << 40, nil }}
	for _, f := range change {
		f(&cfg)
	}
	r, err := NewRunner(cfg)
	noError(t, err)
	t.Cleanup(func() { noError(t, r.Close()) })
	return r
}

// made makes an export and returns its manifest.
func made(t testing.TB, r *Runner, j Job) *Manifest {
	t.Helper()
	noError(t, r.Start(j))
	noError(t, r.Wait(t.Context(), j.Plan.ID))
	m := r.Status(j.Plan.ID).Manifest
	if m == nil {
		t.Fatal("there is no manifest after the job")
	}
	return m
}

// contents returns the files below a directory but for the lock, by their names.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	noError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "lock" {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(data)
		return err
	}))
	return files
}

// picture returns a PNG file.
func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, width, height))
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	noError(t, png.Encode(&b, img))
	return b.Bytes()
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%v)", err, fault.KindOf(err))
	}
}

func wantError(t testing.TB, err error, kind fault.Kind, field string) {
	t.Helper()
	if !fault.Is(err, kind) || fault.FieldOf(err) != field {
		t.Errorf("got error %v (%v, field %q), want %v, field %q", err, fault.KindOf(err), fault.FieldOf(err), kind, field)
	}
}
