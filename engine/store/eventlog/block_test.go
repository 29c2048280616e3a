package eventlog

import (
	"bytes"
	"hash/crc32"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// sealBlock appends the checksum, so that a test can reach what lies behind it.
func sealBlock(body []byte) []byte {
	return le.AppendUint32(bytes.Clone(body), crc32.Checksum(body, castagnoli))
}

func blockOf(h Head, events ...store.Event) []byte { return AppendBlock(nil, h, events) }

func TestBlockLayout(t *testing.T) {
	got := blockOf(Head{Seq: 2, Time: 3, Replay: 4}, store.Event{
		Ordinal: 0x0504030201, Verdict: store.Genuine, Kind: store.API, Agent: 7, Country: [2]byte{'V', 'N'},
		Net: store.Net{Len: 3, Prefix: [6]byte{203, 0, 113}}, Client: 0x11, Session: 0x22, Count: 0x33,
	})
	want := []byte{1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
		0x93, 0x77, 1, 2, 3, 4, 5, 0x33, 'V', 'N', 203, 0, 113,
		0x11, 0, 0, 0, 0, 0, 0, 0, 0x22, 0, 0, 0, 0, 0, 0, 0}
	if !bytes.Equal(got[:len(got)-4], want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
}

func TestOpenBlockRefuses(t *testing.T) {
	e := store.Event{Ordinal: 9, Verdict: store.Genuine}
	good := blockOf(Head{Seq: 1, Time: 5, Replay: 6}, e, e)
	if _, _, err := OpenBlock(7, good); err != nil {
		t.Fatal(err)
	}
	body := good[:len(good)-4]
	edit := func(at int, v byte) []byte { b := bytes.Clone(body); b[at] = v; return sealBlock(b) }
	flipped := bytes.Clone(good)
	flipped[40] ^= 1
	const second = HeadSize + 16 // where the second event begins
	for name, v := range map[string][]byte{
		"empty":            {},
		"head only":        good[:HeadSize],
		"cut":              good[:len(good)-1],
		"longer":           append(bytes.Clone(good), 0),
		"flipped bit":      flipped,
		"other format":     edit(0, 2),
		"fewer events":     edit(25, 1),
		"more events":      edit(25, 3),
		"many events":      edit(28, 0xff),
		"replay beyond":    edit(17, 8),
		"unknown verdict":  edit(HeadSize, byte(store.NumVerdicts)<<4),
		"unknown kind":     edit(HeadSize, byte(store.NumKinds)),
		"in the 2nd event": edit(second, 0xff),
		"two networks":     edit(second+1, hasNet4|hasNet6),
		"a missing part":   edit(second+1, hasCountry),
	} {
		if _, _, err := OpenBlock(7, v); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var anyEvent = rapid.Custom(func(t *rapid.T) store.Event {
	var e store.Event
	e.Ordinal = rapid.Uint64Range(0, serial.MaxOrdinal).Draw(t, "ordinal")
	e.Session, e.Client = rapid.Uint64().Draw(t, "session"), rapid.Uint64().Draw(t, "client")
	e.Verdict = store.Verdict(rapid.Uint8Range(0, uint8(store.NumVerdicts)-1).Draw(t, "verdict"))
	e.Kind = store.ScanKind(rapid.Uint8Range(0, uint8(store.NumKinds)-1).Draw(t, "kind"))
	e.Agent, e.Count = rapid.Uint8Range(0, maxAgent).Draw(t, "agent"), rapid.Uint32().Draw(t, "count")
	copy(e.Country[:], rapid.SliceOfN(rapid.Byte(), 2, 2).Draw(t, "country"))
	if rapid.Bool().Draw(t, "no cookie") {
		e.Session = e.Client
	}
	e.Net.Len = rapid.SampledFrom([]uint8{0, 3, 6}).Draw(t, "net length")
	n := int(e.Net.Len)
	copy(e.Net.Prefix[:], rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "net"))
	return e
})

func TestBlockRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(anyEvent, 0, 50).Draw(t, "events")
		want := Head{rapid.Uint64Range(1, 1<<60).Draw(t, "seq"), rapid.Int64().Draw(t, "time"),
			rapid.Uint64Range(0, 9).Draw(t, "replay"), uint32(len(events))}
		h, packed, err := OpenBlock(9, blockOf(want, events...))
		if err != nil || h != want {
			t.Fatalf("head %+v, %v; want %+v", h, err, want)
		}
		for i, e := range events {
			e.Seq, e.Time = want.Seq+uint64(i), want.Time
			var got store.Event
			if !packed.Next(&got) || got != e {
				t.Fatalf("event %d\n got %+v\nwant %+v", i, got, e)
			}
		}
		if packed.Next(new(store.Event)) {
			t.Fatal("one event too many")
		}
	})
}

// FuzzOpenBlock gives the parser any body under a checksum that fits, as a
// defect in the writer would.
func FuzzOpenBlock(f *testing.F) {
	e := store.Event{Ordinal: 9, Verdict: store.Genuine}
	for _, v := range [][]byte{{}, blockOf(Head{}), blockOf(Head{Seq: 1}, e), blockOf(Head{Seq: 1, Replay: 1}, e, e)} {
		f.Add(v[:max(0, len(v)-4)])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v := sealBlock(body)
		h, packed, err := OpenBlock(1, v)
		if err != nil {
			return
		}
		events := make([]store.Event, h.Count)
		for i := range events {
			packed.Next(&events[i])
		}
		if again := blockOf(h, events...); !bytes.Equal(again, v) {
			t.Fatalf("read %x, wrote %x", v, again)
		}
	})
}
