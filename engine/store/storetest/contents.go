package storetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// Contents is everything a store holds, as its interface shows it.
type Contents struct {
	Head    uint64
	Changes []store.Change
	Records []store.Record // by kind, then by id
	Batches []store.Batch
	Chunks  map[string][]store.Chunk // by batch id
	Events  []store.Event
	Stamps  map[uint64]store.StampState // by ordinal
	Hours   []store.Hour                // by batch, then by time
}

// Read reads a whole store. Every stamp that Scanned lists is also asked for
// with Stamp, which must agree.
func Read(t TB, s store.Store) *Contents {
	t.Helper()
	c := &Contents{Chunks: map[string][]store.Chunk{}, Stamps: map[uint64]store.StampState{}}
	c.readControl(t, s)
	c.readScans(t, s)
	return c
}

func (c *Contents) readControl(t TB, s store.Store) {
	t.Helper()
	var err error
	c.Head, err = s.Head(ctx)
	noError(t, err)
	noError(t, s.Changes(ctx, 0, func(ch store.Change) error { c.Changes = append(c.Changes, ch); return nil }))
	for _, kind := range store.RecordKinds {
		records, err := s.Records(ctx, kind)
		noError(t, err)
		c.Records = append(c.Records, records...)
	}
	c.Batches, err = s.Batches(ctx)
	noError(t, err)
	for _, b := range c.Batches {
		if one, err := s.Batch(ctx, b.ID); err != nil || !reflect.DeepEqual(one, b) {
			t.Fatalf("Batch says %+v, %v; Batches says %+v", one, err, b)
		}
		noError(t, s.EachChunk(ctx, b.ID, 0, b.Chunks(), func(ch store.Chunk) error {
			ch.Tags = slices.Clone(ch.Tags)
			c.Chunks[b.ID] = append(c.Chunks[b.ID], ch)
			return nil
		}))
	}
}

func (c *Contents) readScans(t TB, s store.Store) {
	t.Helper()
	noError(t, s.EachScan(ctx, store.ScanQuery{}, func(e store.Event) error {
		if n := len(c.Events); n > 0 && byTime(c.Events[n-1], e) >= 0 {
			t.Fatalf("event %+v comes after %+v", e, c.Events[n-1])
		}
		c.Events = append(c.Events, e)
		return nil
	}))
	noError(t, s.Scanned(ctx, 0, serial.MaxOrdinal, func(ordinal uint64, st store.StampState) error {
		c.Stamps[ordinal] = st
		return nil
	}))
	for ordinal, st := range c.Stamps {
		one, err := s.Stamp(ctx, ordinal)
		noError(t, err)
		equal(t, "Stamp against Scanned", one, st)
	}
	for _, b := range c.Batches {
		noError(t, s.Hours(ctx, b.First, time.Time{}, time.Time{}, func(h store.Hour) error {
			c.Hours = append(c.Hours, h)
			return nil
		}))
	}
}

// Same fails the test at the first part in which two contents differ.
func Same(t TB, got, want *Contents) {
	t.Helper()
	g, w := reflect.ValueOf(*got), reflect.ValueOf(*want)
	for i := range g.NumField() {
		if a, b := text(t, g.Field(i)), text(t, w.Field(i)); a != b {
			t.Fatalf("%s differ\n got %s\nwant %s", g.Type().Field(i).Name, excerpt(a, b), excerpt(b, a))
		}
	}
}

// text renders a part as JSON: it forgets what does not matter, such as the
// pointer in a time.
func text(t TB, v reflect.Value) string {
	t.Helper()
	if k := v.Kind(); (k == reflect.Slice || k == reflect.Map) && v.Len() == 0 {
		return "nothing"
	}
	data, err := json.Marshal(v.Interface())
	noError(t, err)
	return string(data)
}

// excerpt returns a from shortly before its first difference from b.
func excerpt(a, b string) string {
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	from := max(0, same-200)
	return fmt.Sprintf("...%.600s", a[from:])
}
