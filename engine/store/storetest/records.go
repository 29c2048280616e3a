package storetest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// putRecords commits records with one change.
func (f *fixture) putRecords(t TB, records ...store.Record) {
	t.Helper()
	f.append(t, store.Change{Op: store.OpRecord, Records: records})
}

// recordKinds are three of which each is the beginning of the next, or sorts
// beside it.
var recordKinds = []store.RecordKind{store.Registry, store.RegistryVersions, store.Reports}

// testReadRecords holds the readers of records against a map, by ids that are the
// beginning of each other, that hold what separates keys elsewhere, and that sort
// otherwise than letters do in a language.
func testReadRecords(t *testing.T, f *fixture) {
	ids := []string{"a", "a/", "a/1", "a/10", "a/2", "a0", "aé", "A", "b/1", "đ", "z", "\U0001F965", "a b", "a.b", "a-b", "a_b", "%", "a%"}
	want := map[store.RecordKind][]store.Record{}
	for i, kind := range recordKinds {
		for j, id := range ids {
			if (i+j)%3 > 0 {
				want[kind] = append(want[kind], store.Record{Kind: kind, ID: id, Data: []byte(fmt.Sprint(kind, id))})
			}
		}
		f.putRecords(t, want[kind]...)
		slices.SortFunc(want[kind], func(a, b store.Record) int { return strings.Compare(a.ID, b.ID) })
	}
	for _, again := range []func(){func() {}, func() { f.reopen(t) }} {
		again()
		for _, kind := range recordKinds {
			readRecord(t, f, kind, ids, want[kind])
			readNamed(t, f, kind, ids, want[kind])
			readUnder(t, f, kind, append(ids, "", "c", "\U0010FFFE"), want[kind])
		}
	}
	for _, limit := range []int{-1, 0, store.MaxPage + 1} {
		_, err := f.RecordsUnder(ctx, store.Registry, "", "", limit)
		wantKind(t, err, fault.Internal)
	}
	_, err := f.RecordsNamed(ctx, store.Registry, make([]string, store.MaxPage+1))
	wantKind(t, err, fault.Internal)
}

func readRecord(t *testing.T, f *fixture, kind store.RecordKind, ids []string, want []store.Record) {
	t.Helper()
	for _, id := range ids {
		got, err := f.Record(ctx, kind, id)
		i := slices.IndexFunc(want, func(r store.Record) bool { return r.ID == id })
		if i < 0 {
			wantKind(t, err, fault.NotFound)
			continue
		}
		noError(t, err)
		Same(t, &Contents{Records: []store.Record{got}}, &Contents{Records: want[i : i+1]})
	}
}

// readNamed asks for every other id, some twice, and for one that is not there.
func readNamed(t *testing.T, f *fixture, kind store.RecordKind, ids []string, want []store.Record) {
	t.Helper()
	var asked []string
	for i, id := range ids {
		if i%2 == 0 {
			asked = append(asked, id, id)
		}
	}
	asked = append(asked, "none")
	rand.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
	got, err := f.RecordsNamed(ctx, kind, asked)
	noError(t, err)
	Same(t, &Contents{Records: got}, &Contents{Records: slices.DeleteFunc(slices.Clone(want), func(r store.Record) bool { return !slices.Contains(asked, r.ID) })})
	got, err = f.RecordsNamed(ctx, kind, nil)
	noError(t, err)
	equal(t, "records of no names", len(got), 0)
}

func readUnder(t *testing.T, f *fixture, kind store.RecordKind, texts []string, want []store.Record) {
	t.Helper()
	for _, prefix := range texts {
		for _, after := range texts {
			for _, limit := range []int{1, 2, store.MaxPage} {
				got, err := f.RecordsUnder(ctx, kind, prefix, after, limit)
				noError(t, err)
				var page []store.Record
				for _, r := range want {
					if strings.HasPrefix(r.ID, prefix) && r.ID > after && len(page) < limit {
						page = append(page, r)
					}
				}
				Same(t, &Contents{Records: got}, &Contents{Records: page})
			}
		}
	}
}

// testRecordWrittenTwice writes a record twice in one change: the last counts.
func testRecordWrittenTwice(t *testing.T, f *fixture) {
	r := func(data string) store.Record {
		return store.Record{Kind: store.Registry, ID: "a", Data: []byte(data)}
	}
	f.putRecords(t, r("1"), store.Record{Kind: store.Registry, ID: "b"}, r("2"))
	got, err := f.RecordsUnder(ctx, store.Registry, "", "", 10)
	noError(t, err)
	Same(t, &Contents{Records: got}, &Contents{Records: []store.Record{r("2"), {Kind: store.Registry, ID: "b"}}})
}

// testLargeChange commits as much as one change may hold, and no more: ten
// thousand records with long names, ten megabytes in all.
func testLargeChange(t *testing.T, f *fixture) {
	const n = 10_000
	records := make([]store.Record, n)
	left := store.MaxRecordBytes
	for i := range records {
		records[i] = store.Record{Kind: store.Registry, ID: fmt.Sprintf("organisations/%044d", i)}
		left -= 2*(len(records[i].Kind)+len(records[i].ID)) + 40
	}
	for i := range records {
		records[i].Data = bytes.Repeat([]byte{'x'}, left/n)
	}
	records[0].Data = append(records[0].Data, make([]byte, left%n)...)
	f.putRecords(t, records...)
	f.reopen(t)
	for from := 0; from < n; from += n / 4 {
		got, err := f.RecordsUnder(ctx, store.Registry, "", records[from].ID, 1)
		noError(t, err)
		if len(got) != 1 || got[0].ID != records[from+1].ID || !bytes.Equal(got[0].Data, records[from+1].Data) {
			t.Fatalf("after record %d come %d records", from, len(got))
		}
	}
	for _, c := range []struct {
		what    string
		records []store.Record
	}{
		{"a byte more", append(slices.Clone(records), store.Record{ID: "", Data: []byte{0}})},
		{"many names", slices.Repeat([]store.Record{{Kind: store.Registry, ID: strings.Repeat("a", 20)}}, store.MaxRecordNames/52+1)},
	} {
		_, err := f.Append(ctx, 1, store.Change{Op: store.OpRecord, Records: c.records})
		wantField(t, err, fault.Invalid, "records")
	}
	head, err := f.Head(ctx)
	noError(t, err)
	equal(t, "head", head, 1)
}
