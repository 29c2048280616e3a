package badgerstore

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

var someHour = hourID{batch: 8192, hour: 500_000}

func TestHourRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := newHour(someHour)
		for i := range want.sum.Verdicts {
			want.sum.Verdicts[i] = rapid.Uint64().Draw(t, "verdicts")
		}
		for i := range want.sum.Kinds {
			want.sum.Kinds[i] = rapid.Uint64().Draw(t, "kinds")
		}
		want.sum.Stamps = rapid.Uint64().Draw(t, "stamps")
		pos := rapid.Uint64().Draw(t, "pos")
		got, err := readHour(someHour, want.append(nil, pos))
		if err != nil || got.sum != want.sum || got.pos != pos || got.key != someHour {
			t.Fatalf("got %+v, %v; want %+v at %d", got, err, want, pos)
		}
	})
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
