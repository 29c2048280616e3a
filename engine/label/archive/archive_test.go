package archive

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/label"
)

// stamps gives count empty stamps.
type stamps struct{ count uint64 }

func (s *stamps) Next(*label.Stamp) error {
	if s.count == 0 {
		return io.EOF
	}
	s.count--
	return nil
}

// TestFiles: another reader finds the names, the contents and nothing that tells
// of a time.
func TestFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := label.Part{Number: 1, First: rapid.Uint64Range(1, 1<<40).Draw(t, "first"), Count: rapid.Uint64Range(1, 40).Draw(t, "count")}
		method := rapid.SampledFrom([]Method{Stored, Deflated}).Draw(t, "method")
		prefix := rapid.SliceOf(rapid.Byte()).Draw(t, "prefix")
		rest := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), int(part.Count), int(part.Count)).Draw(t, "contents")
		var b bytes.Buffer
		w, d := NewWriter(&b, ".x", method, part), NewDeflater(NewPrefix(prefix))
		var f File
		for _, data := range rest {
			if method == Stored {
				f.Store(append(append(f.Buffer(), prefix...), data...))
			} else {
				d.Deflate(&f, data)
			}
			if err := w.Add(&f); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.File) != len(rest) {
			t.Fatalf("%d files", len(r.File))
		}
		for i, f := range r.File {
			if name := fmt.Sprintf("%012d.x", part.First+uint64(i)); f.Name != name || f.Modified.Year() != 1980 || f.Flags != 0 {
				t.Fatalf("header %+v", f.FileHeader)
			}
			if got, err := content(f); err != nil || !bytes.Equal(got, append(bytes.Clone(prefix), rest[i]...)) {
				t.Fatalf("file %d holds %q, %v", i, got, err)
			}
		}
	})
}

func content(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(in)
}

// sparse keeps what is written but for long writes, which are all of equal bytes.
type sparse struct {
	size  int64
	parts []sparsePart
}

type sparsePart struct {
	at   int64
	data []byte // nil for a long write
	n    int64
	fill byte
}

const long = 1 << 20

func (s *sparse) Write(p []byte) (int, error) {
	part := sparsePart{at: s.size, n: int64(len(p))}
	if len(p) < long {
		part.data = bytes.Clone(p)
	} else {
		part.fill = p[0]
	}
	s.parts = append(s.parts, part)
	s.size += int64(len(p))
	return len(p), nil
}

func (s *sparse) ReadAt(p []byte, at int64) (n int, err error) {
	i := sort.Search(len(s.parts), func(i int) bool { return s.parts[i].at+s.parts[i].n > at })
	for ; n < len(p) && i < len(s.parts); i++ {
		part := s.parts[i]
		skip := at + int64(n) - part.at
		if part.data != nil {
			n += copy(p[n:], part.data[skip:])
			continue
		}
		m := min(int64(len(p)-n), part.n-skip)
		copy(p[n:], bytes.Repeat([]byte{part.fill}, int(m)))
		n += int(m)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// TestZIP64: another reader finds the files beyond four gigabytes, and those
// beyond 65,535.
func TestZIP64(t *testing.T) {
	for name, c := range map[string]struct {
		files uint64
		size  int
		zip64 bool
	}{
		"65534 files":     {65534, 10, false},
		"65535 files":     {65535, 10, true},
		"70000 files":     {70000, 10, true},
		"four gigabytes":  {68, 64 << 20, true},
		"below that size": {63, 64 << 20, false},
	} {
		t.Run(name, func(t *testing.T) {
			data := bytes.Repeat([]byte{7}, c.size)
			var f File
			f.Store(data)
			out := &sparse{}
			w := NewWriter(out, ".x", Stored, label.Part{First: 1, Count: c.files})
			for range c.files {
				if err := w.Add(&f); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			end := out.parts[len(out.parts)-1].data
			if got := bytes.Contains(end, []byte("PK\x06\x06")); got != c.zip64 {
				t.Errorf("ZIP64 is %v", got)
			}
			r, err := zip.NewReader(out, out.size)
			if err != nil {
				t.Fatal(err)
			}
			if uint64(len(r.File)) != c.files {
				t.Fatalf("%d files", len(r.File))
			}
			for _, i := range []uint64{0, c.files / 2, c.files - 1} {
				sum := crc32.NewIEEE()
				in, err := r.File[i].Open()
				if err != nil {
					t.Fatal(err)
				}
				if n, err := io.Copy(sum, in); err != nil || n != int64(c.size) || r.File[i].Name != fmt.Sprintf("%012d.x", i+1) {
					t.Errorf("file %d: %d bytes, %v", i, n, err)
				}
			}
		})
	}
}

// TestUnzip: the program that most people have finds nothing wrong.
func TestUnzip(t *testing.T) {
	unzip, err := exec.LookPath("unzip")
	if err != nil {
		if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
			t.Fatal("unzip is not installed; run .ci/install")
		}
		t.Skip("SKIPPED: unzip is not installed (apt-get install unzip)")
	}
	part := label.Part{First: 5, Count: 70000}
	var b bytes.Buffer
	prefix := NewPrefix([]byte("all files begin so"))
	err = Write(t.Context(), &b, Config{".txt", Deflated, 2}, part, &stamps{part.Count}, func() func(*File, *label.Stamp) error {
		d := NewDeflater(prefix)
		return func(f *File, _ *label.Stamp) error {
			d.Deflate(f, []byte(" and end so\n"))
			return nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "labels.zip")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(unzip, "-tq", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "No errors detected") {
		t.Errorf("unzip: %v\n%s", err, out)
	}
	out, err = exec.Command(unzip, "-p", file, "000000070004.txt").Output()
	if err != nil || string(out) != "all files begin so and end so\n" {
		t.Errorf("unzip: %q, %v", out, err)
	}
}

func TestTooLarge(t *testing.T) {
	w := NewWriter(io.Discard, ".x", Deflated, label.Part{First: 1, Count: 1})
	if err := w.Add(&File{size: max32}); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "layout" {
		t.Error(err)
	}
}

// TestMakerError: what goes wrong with one file ends the archive.
func TestMakerError(t *testing.T) {
	bad := errors.New("bad")
	part := label.Part{First: 1, Count: 1000}
	maker := func() func(*File, *label.Stamp) error {
		n := 0
		return func(f *File, _ *label.Stamp) error {
			if n++; n > 100 {
				return bad
			}
			return nil
		}
	}
	if err := Write(context.Background(), io.Discard, Config{".x", Stored, 2}, part, &stamps{part.Count}, maker); !errors.Is(err, bad) {
		t.Error(err)
	}
}

// BenchmarkLevels shows what each effort of compression costs and gains on the
// part of an SVG label that differs from label to label, about 8 kB.
func BenchmarkLevels(b *testing.B) {
	rest, err := os.ReadFile("testdata/label.txt")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("stored", func(b *testing.B) {
		for b.Loop() {
			crc32.ChecksumIEEE(rest)
		}
		b.ReportMetric(float64(len(rest)), "file-B/op")
	})
	for _, level := range []int{flate.HuffmanOnly, flate.BestSpeed, 3, flate.DefaultCompression} {
		b.Run(fmt.Sprint(level), func(b *testing.B) {
			var out bytes.Buffer
			z := newDeflater(&out, level)
			for b.Loop() {
				out.Reset()
				z.Reset(&out)
				z.Write(rest)
				z.Close()
			}
			b.ReportMetric(float64(out.Len()), "file-B/op")
		})
	}
}

// BenchmarkDirectory writes empty files: a file is one operation.
func BenchmarkDirectory(b *testing.B) {
	b.ReportAllocs()
	w := NewWriter(io.Discard, ".svg", Stored, label.Part{First: 1, Count: uint64(b.N)})
	for range b.N {
		if err := w.Add(&File{}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}
