package keyring

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// tagsOneByOne is what AppendTags must equal.
func tagsOneByOne(key *BatchKey, version uint8, first uint64, n int) []byte {
	var out []byte
	s := new(Scratch)
	for i := range n {
		tag := key.Tag(s, version, first+uint64(i))
		out = append(out, binary.BigEndian.AppendUint64(nil, tag)[1:]...)
	}
	return out
}

func TestAppendTagsRanges(t *testing.T) {
	tests := []struct {
		first uint64
		n     int
	}{
		{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 1023}, {0, 1024}, {0, 1025}, {0, 4096},
		{1, 1}, {1, 1024}, {1023, 2}, {1024, 1024}, {512, 1024}, {10_000, 10_000},
		{ordinalMask, 1}, {ordinalMask - 4094, 4095}, {1<<32 - 3000, 6000},
	}
	key := NewBatchKey(&[32]byte{9})
	for _, c := range tests {
		got := key.AppendTags(nil, new(Scratch), 5, c.first, c.n)
		if !bytes.Equal(got, tagsOneByOne(key, 5, c.first, c.n)) {
			t.Errorf("%d tags from %d differ from those made one by one", c.n, c.first)
		}
	}
}

func TestAppendTagsEqualsTag(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, version, first := NewBatchKey(drawKey(t)), rapid.Byte().Draw(t, "version"), drawOrdinal(t)
		n := int(min(rapid.Uint64Range(0, 3000).Draw(t, "n"), ordinalMask+1-first))
		got := key.AppendTags(nil, new(Scratch), version, first, n)
		if !bytes.Equal(got, tagsOneByOne(key, version, first, n)) {
			t.Fatalf("%d tags from %d differ from those made one by one", n, first)
		}
	})
}

// TestAppendTagsTouchesOnlyItsPart matters because tags are stored as eight
// bytes, of which the last belongs to the next tag.
func TestAppendTagsTouchesOnlyItsPart(t *testing.T) {
	key := NewBatchKey(&[32]byte{9})
	for _, n := range []int{0, 1, 2, 7, 1024, 1500} {
		whole := bytes.Repeat([]byte{0xa5}, 3+7*n+8)
		got := key.AppendTags(whole[:3], new(Scratch), 1, 100, n)
		want := slices.Concat([]byte{0xa5, 0xa5, 0xa5}, tagsOneByOne(key, 1, 100, n), bytes.Repeat([]byte{0xa5}, 8))
		if !bytes.Equal(got, want[:3+7*n]) || !bytes.Equal(whole, want) {
			t.Errorf("n=%d: bytes outside the tags were changed", n)
		}
	}
}

func TestAppendTagsConcurrently(t *testing.T) {
	key := NewBatchKey(&[32]byte{9})
	want := tagsOneByOne(key, 1, 0, 4096)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if got := key.AppendTags(nil, new(Scratch), 1, 0, 4096); !bytes.Equal(got, want) {
				t.Error("tags differ")
			}
		})
	}
	group.Wait()
}

func TestAppendTagsPanicsOutsideOrdinals(t *testing.T) {
	tests := []struct {
		first uint64
		n     int
	}{{0, -1}, {ordinalMask, 2}, {ordinalMask + 1, 0}, {1 << 63, 1}, {0, ordinalMask + 2}}
	key := NewBatchKey(&[32]byte{9})
	for _, c := range tests {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d tags from %d: no panic", c.n, c.first)
				}
			}()
			key.AppendTags(nil, new(Scratch), 1, c.first, c.n)
		}()
	}
}

func BenchmarkAppendTags(b *testing.B) {
	for _, n := range []int{64, 1024, 8192} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			key, s, dst := NewBatchKey(&[32]byte{1}), new(Scratch), make([]byte, 0, 7*n)
			tags := 0
			for first := uint64(0); b.Loop(); first = (first + uint64(n)) & (1<<32 - 1) {
				key.AppendTags(dst, s, 1, first, n)
				tags += n
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(tags), "ns/tag")
		})
	}
}
