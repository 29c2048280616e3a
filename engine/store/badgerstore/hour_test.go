package badgerstore

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

var someHour = hourID{batch: 8192, hour: 500_000}

func TestHourRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := newHour(someHour)
		for _, e := range rapid.SliceOfN(anyEvent, 0, 200).Draw(t, "events") {
			addToHour(&want.sum, &e)
		}
		pos := rapid.Uint64().Draw(t, "pos")
		got, err := readHour(someHour, want.append(nil, pos))
		if err != nil || got.sum != want.sum || got.pos != pos || got.key != someHour {
			t.Fatalf("got %+v, %v; want %+v at %d", got, err, want, pos)
		}
	})
}

func TestAddToHour(t *testing.T) {
	h := newHour(someHour).sum
	for _, e := range []store.Event{
		{Kind: store.Consumer, Verdict: store.Genuine, Count: 1},
		{Kind: store.Consumer, Verdict: store.Revoked, Count: 2},
		{Kind: store.Preview, Verdict: store.Genuine, Count: 1},
		{Kind: store.API, Verdict: store.Genuine},
	} {
		addToHour(&h, &e)
	}
	want := store.Hour{Batch: 8192, Start: time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC), Stamps: 1}
	want.Kinds[store.Consumer], want.Kinds[store.Preview], want.Kinds[store.API] = 2, 1, 1
	want.Verdicts[store.Genuine], want.Verdicts[store.Revoked] = 1, 1
	if h != want {
		t.Errorf("got  %+v\nwant %+v", h, want)
	}
}

func TestReadHourRefuses(t *testing.T) {
	good := newHour(someHour).append(nil, 3)
	edit := func(at int, v byte) []byte { b := bytes.Clone(good); b[at] = v; return b }
	for name, v := range map[string][]byte{
		"empty":         {},
		"cut":           good[:len(good)-1],
		"longer":        append(bytes.Clone(good), 0),
		"other format":  edit(0, 2),
		"more verdicts": edit(9, byte(store.NumVerdicts)+1),
		"fewer kinds":   edit(10, byte(store.NumKinds)-1),
	} {
		if _, err := readHour(someHour, v); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadHour(f *testing.F) {
	f.Add([]byte{})
	f.Add(newHour(someHour).append(nil, 3))
	f.Fuzz(func(t *testing.T, v []byte) {
		h, err := readHour(someHour, v)
		if err != nil {
			return
		}
		if again := h.append(nil, h.pos); !bytes.Equal(again, v) {
			t.Fatalf("read %x, wrote %x", v, again)
		}
	})
}
