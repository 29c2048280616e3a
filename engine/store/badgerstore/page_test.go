package badgerstore

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

func TestPageLayout(t *testing.T) {
	p := &page{}
	p.count(3, 0xa, 1000)
	p.count(3, 0xb, 1300)
	p.count(3, 0xa, 1300)
	p.count(300, 0xc, 999)
	want := []byte{1, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0,
		3, 3, 2, 0xd0, 0x0f, 0xac, 0x02, 0xa, 0, 0, 0, 0, 0, 0, 0, 0xb, 0, 0, 0, 0, 0, 0, 0,
		0xa9, 0x02, 1, 1, 1, 0, 0xc, 0, 0, 0, 0, 0, 0, 0}
	if got := p.append(nil, 7); !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
}

// pageValue packs stamps as a page: five uvarints each, then u64 sessions.
func pageValue(stamps ...[]uint64) []byte {
	v := append([]byte{pageFormat}, make([]byte, 8)...)
	v = le.AppendUint16(v, uint16(len(stamps)))
	for _, s := range stamps {
		for i, n := range s {
			if i < 5 {
				v = binary.AppendUvarint(v, n)
			} else {
				v = le.AppendUint64(v, n)
			}
		}
	}
	return v
}

func TestReadPageRefuses(t *testing.T) {
	// A stamp: offset step, count, sessions, first (zigzag), last, a session...
	good := []uint64{5, 2, 2, 100, 7, 0xa, 0xb}
	if _, err := readPage(1, pageValue(good, []uint64{1, 1, 1, 1, 0, 0xa})); err != nil {
		t.Fatal(err)
	}
	change := func(i int, n uint64) []byte {
		stamp := slices.Clone(good)
		stamp[i] = n
		return pageValue(stamp)
	}
	whole := pageValue(good)
	for name, v := range map[string][]byte{
		"empty":                {},
		"no position":          whole[:8],
		"other format":         append([]byte{2}, whole[1:]...),
		"cut":                  whole[:len(whole)-1],
		"cut in a number":      whole[:pageHeadSize+1],
		"fewer stamps":         append(append(bytes.Clone(whole[:9]), 0, 0), whole[pageHeadSize:]...),
		"more stamps":          append(append(bytes.Clone(whole[:9]), 2, 0), whole[pageHeadSize:]...),
		"far too many stamps":  append(append(bytes.Clone(whole[:9]), 0xff, 0xff), whole[pageHeadSize:]...),
		"longer":               append(bytes.Clone(whole), 0x80),
		"offset 512":           change(0, 512),
		"offsets sum to 512":   pageValue(good, []uint64{507, 1, 1, 0, 0, 0xa}),
		"offset wraps":         pageValue(good, []uint64{1<<64 - 1, 1, 1, 0, 0, 0xa}),
		"offset again":         pageValue(good, []uint64{0, 1, 1, 0, 0, 0xa}),
		"no scans":             change(1, 0),
		"more than 2^32 scans": change(1, 1<<32+2),
		"no sessions":          pageValue([]uint64{5, 2, 0, 100, 7, 0xa}),
		"sessions above scans": change(1, 1),
		"33 sessions":          change(2, store.MaxSessions+1),
		"65537 sessions":       change(2, 65537),
		"last before first":    change(4, 1<<63),
		"last overflows":       pageValue([]uint64{5, 2, 2, 1<<64 - 2, 1 << 62, 0xa, 0xb}),
		"longer than needed":   append(append(bytes.Clone(whole[:pageHeadSize]), 0x85, 0x00), whole[pageHeadSize+1:]...),
	} {
		if p, err := readPage(1, v); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// stampModel is one stamp as a beginner would write it.
type stampModel struct {
	times    []int64
	sessions map[uint64]bool
}

func (m *stampModel) state() store.StampState {
	return store.StampState{Count: uint32(len(m.times)), Sessions: uint16(min(len(m.sessions), store.MaxSessions)),
		First: m.times[0], Last: m.times[len(m.times)-1]}
}

// TestPage counts scans on a page that is written and read back now and then.
func TestPage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, model := &page{number: 4, size: pageBytes}, map[uint16]*stampModel{}
		now := int64(0)
		crowd := rapid.SampledFrom([]uint16{3, 60, pageOrdinals}).Draw(t, "stamps")
		visitors := rapid.SampledFrom([]uint64{2, 50}).Draw(t, "visitors")
		for i := range rapid.IntRange(1, 1500).Draw(t, "scans") {
			off := rapid.Uint16Range(0, crowd-1).Draw(t, "offset")
			session := rapid.Uint64Range(0, visitors).Draw(t, "session")
			now += rapid.Int64Range(0, 1<<40).Draw(t, "pause")
			m := model[off]
			if m == nil {
				m = &stampModel{sessions: map[uint64]bool{}}
				model[off] = m
			}
			m.times, m.sessions[session] = append(m.times, now), true
			if got := p.count(off, session, now); got != m.state() {
				t.Fatalf("scan %d of offset %d: got %+v, want %+v", i, off, got, m.state())
			}
			if rapid.IntRange(0, 99).Draw(t, "reload") == 0 {
				p = reload(t, p)
			}
		}
		p = reload(t, p)
		for off := range uint16(pageOrdinals) {
			want := store.StampState{}
			if m := model[off]; m != nil {
				want = m.state()
			}
			if got := p.stamp(off, false).state(); got != want {
				t.Fatalf("offset %d: got %+v, want %+v", off, got, want)
			}
		}
	})
}

// reload writes and reads a page, which may only become smaller in memory.
func reload(t *rapid.T, p *page) *page {
	v := p.append(nil, 9)
	again, err := readPage(p.number, v)
	if err != nil {
		t.Fatal(err)
	}
	if again.pos != 9 || again.number != p.number || again.size > p.size {
		t.Fatalf("wrote page %d of size %d, read %d at %d of size %d", p.number, p.size, again.number, again.pos, again.size)
	}
	if second := again.append(nil, 9); !bytes.Equal(second, v) {
		t.Fatalf("read %x, wrote %x", v, second)
	}
	return again
}

// TestPageMemory holds the memory that pages take against what they say.
func TestPageMemory(t *testing.T) {
	for _, tc := range []struct{ pages, stamps, sessions int }{{20_000, 1, 1}, {4000, 51, 1}, {1000, 512, 1}, {1000, 400, 3}, {200, 300, 40}} {
		rnd := rand.New(rand.NewPCG(1, 2))
		pages, said := make([]*page, tc.pages), 0
		before := heap()
		for i := range pages {
			p := &page{size: pageBytes}
			for j := range tc.stamps * tc.sessions {
				p.count(uint16(rnd.IntN(pageOrdinals)), rnd.Uint64(), int64(j))
			}
			pages[i] = p
			said += p.size
		}
		took := int(heap() - before)
		if took > said*5/4 || took < said/2 {
			t.Errorf("%+v: %d bytes taken, %d counted", tc, took, said)
		}
		runtime.KeepAlive(pages)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func FuzzReadPage(f *testing.F) {
	p := &page{}
	for i := range uint16(40) {
		p.count(i*i%500, uint64(i%7), int64(i)*1e6)
	}
	for _, v := range [][]byte{{}, pageValue(), pageValue([]uint64{5, 2, 2, 100, 7, 0xa, 0xb}), p.append(nil, 3)} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		p, err := readPage(1, v)
		if err != nil {
			return
		}
		if again := p.append(nil, p.pos); !bytes.Equal(again, v) {
			t.Fatalf("read %x, wrote %x", v, again)
		}
		p.count(pageOrdinals-1, 1, 1)
	})
}
