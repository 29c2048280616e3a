package mint

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// minted returns a batch with all of its chunks, which are the caller's.
func minted(b *store.Batch) (*memory, [32]byte) {
	m := newMemory()
	chunks, root := naive(b)
	for i, tags := range chunks {
		m.chunks[i] = bytes.Clone(tags)
	}
	return m, root
}

// verify returns the chunks that Verify reports, in order, and the details.
func verify(t rapid.TB, each EachFunc, b *store.Batch) (reported []uint32, details string, root [32]byte) {
	t.Helper()
	root, err := Verify(context.Background(), each, b, testKey, func(chunk uint32, detail string) {
		reported = append(reported, chunk)
		details += detail + "\n"
	})
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	slices.Sort(reported)
	return reported, details, root
}

func TestVerifyReports(t *testing.T) {
	for _, c := range []struct {
		name   string
		detail string
		want   []uint32
		damage func(chunks map[uint32][]byte)
	}{
		{"nothing", "", nil, func(map[uint32][]byte) {}},
		{"first missing", "missing", []uint32{0}, func(c map[uint32][]byte) { delete(c, 0) }},
		{"last missing", "missing", []uint32{19}, func(c map[uint32][]byte) { delete(c, 19) }},
		{"all missing", "missing", []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19},
			func(c map[uint32][]byte) { clear(c) }},
		{"last bit", "not those", []uint32{19}, func(c map[uint32][]byte) { c[19][len(c[19])-1] ^= 1 }},
		{"short", "34 bytes, not 35", []uint32{5}, func(c map[uint32][]byte) { c[5] = c[5][:34] }},
		{"long", "36 bytes, not 35", []uint32{5}, func(c map[uint32][]byte) { c[5] = append(c[5], 0) }},
		{"swapped", "not those", []uint32{5, 6}, func(c map[uint32][]byte) { c[5], c[6] = c[6], c[5] }},
		{"past the end", "past the end", []uint32{20, 22}, func(c map[uint32][]byte) { c[20], c[22] = c[1], c[1] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBatch(98, 5)
			m, root := minted(b)
			c.damage(m.chunks)
			got, details, gotRoot := verify(t, m.Each, b)
			if !slices.Equal(got, c.want) {
				t.Errorf("reported %v, want %v", got, c.want)
			}
			if !strings.Contains(details, c.detail) {
				t.Errorf("details %q, want %q", details, c.detail)
			}
			if gotRoot != root {
				t.Errorf("root %x, want %x", gotRoot, root)
			}
		})
	}
}

// A store that refuses to read some chunks: Verify must name exactly these, and
// still find what is wrong with the others.
func TestVerifyNamesUnreadableChunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBatch(100, 5)
		m, root := minted(b)
		chunk := rapid.SliceOfDistinct(rapid.Uint32Range(0, 20), rapid.ID[uint32])
		unreadable := chunk.Draw(t, "unreadable")
		want := map[uint32]bool{}
		for _, i := range unreadable {
			m.chunks[i], want[i] = nil, true
		}
		for _, i := range chunk.Draw(t, "missing") {
			if delete(m.chunks, i); i < b.Chunks() {
				want[i] = true
			} else {
				delete(want, i)
			}
		}
		each := func(ctx context.Context, from, to uint32, fn func(store.Chunk) error) error {
			return m.Each(ctx, from, to, func(c store.Chunk) error {
				if c.Tags == nil {
					return fault.New(fault.Corrupt, "chunk %d fails its checksum", c.Index)
				}
				return fn(c)
			})
		}
		got, _, gotRoot := verify(t, each, b)
		if !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
			t.Errorf("reported %v, want %v", got, want)
		}
		if gotRoot != root {
			t.Errorf("root %x, want %x", gotRoot, root)
		}
	})
}

func TestVerifyFindsEveryFlippedBit(t *testing.T) {
	b := newBatch(10, 5)
	for bit := range 10 * 7 * 8 {
		m, _ := minted(b)
		chunk := uint32(bit / (5 * 7 * 8))
		m.chunks[chunk][bit/8%(5*7)] ^= 1 << (bit % 8)
		if got, _, _ := verify(t, m.Each, b); !slices.Equal(got, []uint32{chunk}) {
			t.Fatalf("bit %d: reported %v, want %d", bit, got, chunk)
		}
	}
}

func TestVerifyReturnsOtherErrors(t *testing.T) {
	b := newBatch(100, 5)
	m, _ := minted(b)
	for name, c := range map[string]struct {
		b    *store.Batch
		each EachFunc
		want fault.Kind
	}{
		"batch out of bounds": {newBatch(0, 5), m.Each, fault.Invalid},
		"store is busy": {b, func(context.Context, uint32, uint32, func(store.Chunk) error) error {
			return fault.New(fault.Busy, "later")
		}, fault.Busy},
		"busy after a corrupt run": {b, func(_ context.Context, from, to uint32, _ func(store.Chunk) error) error {
			switch {
			case from >= b.Chunks():
				return nil
			case to-from > 1:
				return fault.New(fault.Corrupt, "a chunk fails its checksum")
			}
			return fault.New(fault.Busy, "later")
		}, fault.Busy},
		"chunk not asked for": {b, func(_ context.Context, from, _ uint32, fn func(store.Chunk) error) error {
			if from >= b.Chunks() {
				return nil
			}
			return fn(store.Chunk{Index: from - 1})
		}, fault.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Verify(t.Context(), c.each, c.b, testKey, func(chunk uint32, detail string) {
				t.Errorf("chunk %d reported: %s", chunk, detail)
			})
			if err == nil || fault.KindOf(err) != c.want {
				t.Errorf("error %v, want kind %v", err, c.want)
			}
		})
	}
}

// Batches of several runs are verified in parallel.
func TestVerifyLargeBatch(t *testing.T) {
	b, m := newBatch(1_500_000, 8192), newMemory()
	mustRun(t, m, Config{}, b)
	m.chunks[0][0] ^= 1
	m.chunks[100][0] ^= 1
	delete(m.chunks, b.Chunks()-1)
	got, _, root := verify(t, m.Each, b)
	if want := []uint32{0, 100, b.Chunks() - 1}; !slices.Equal(got, want) {
		t.Errorf("reported %v, want %v", got, want)
	}
	if _, want := naive(b); root != want {
		t.Errorf("root %x, want %x", root, want)
	}
}

func TestProblemsAreSerialised(t *testing.T) {
	v, calls := &verifier{}, 0
	v.problem = func(uint32, string) {
		calls++
		if v.mu.TryLock() {
			v.mu.Unlock()
			t.Error("problem is called without the lock")
		}
	}
	v.report(1, "wrong")
	v.report(2, "wrong")
	if calls != 2 {
		t.Errorf("%d calls, want 2", calls)
	}
}
