package epcis

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mintmark/engine/batch"
	"mintmark/engine/epcis/epcistest"
	"mintmark/engine/registry"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

const (
	gtin = "09506000134352"
	gln  = "9506000134369"
)

var start = time.Date(2026, 1, 31, 20, 0, 0, 123456000, time.UTC)

// hour returns the time of hour n.
func hour(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }

// names gives EPCs in an order that is not that of the ordinals.
type names struct{ link string }

func (n names) Append(dst []byte, ordinal uint64) []byte {
	return fmt.Appendf(dst, "%s%010d%010d", n.link, ordinal*7919%1_000_003, ordinal)
}

func (n names) Len() int { return len(n.Append(nil, 0)) }

var digitalLinks = names{"https://tem.example.vn/01/" + gtin + "/21/"}

// request is of a batch of 5,000 stamps from ordinal 8192 on.
func request() *Request {
	b := store.Batch{ID: "b", First: 8192, Count: 5000, ChunkSize: 8192, Product: "Dừa", State: store.Sealed, SealedAt: hour(0),
		Link: serial.Link{Base: "https://tem.example.vn", Form: serial.DigitalLink, GTIN: gtin, Lot: `L"1`}}
	return &Request{Batch: b, Registry: registry.NewSnapshot(nil), Now: hour(1000).UnixMicro(), Only: store.Range{First: b.First, Last: b.Last()}}
}

// changesOf returns changes at successive hours, of positions.
func changesOf(list ...store.Change) Changes {
	return func(fn func(*store.Change) error) error {
		for i, c := range list {
			c.At = hour(i)
			c.Ranges = slices.Clone(c.Ranges)
			for j := range c.Ranges {
				c.Ranges[j].First += 8191
				c.Ranges[j].Last += 8191
			}
			if err := fn(&c); err != nil {
				return err
			}
		}
		return nil
	}
}

func of(op store.Op, first, last uint64) store.Change {
	return store.Change{Op: op, Ranges: []store.Range{{First: first, Last: last}}}
}

// write returns the document, after checks that all documents pass.
func write(t rapid.TB, r *Request, changes Changes, n EPCs) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := r.Write(&out, changes, n); err != nil {
		t.Fatal(err)
	}
	sum, err := r.Summary(changes, n)
	if err != nil || sum.Size != int64(out.Len()) {
		t.Fatalf("the summary says %d bytes of %d, %v", sum.Size, out.Len(), err)
	}
	return out.Bytes()
}

// lines writes each event as "hour action step disposition count", those of one
// time and meaning together.
func lines(t testing.TB, data []byte) (out []string) {
	t.Helper()
	counts := map[string]int{}
	for _, e := range epcistest.Parse(t, data).Body.Events {
		at, err := time.Parse(time.RFC3339Nano, e.Time)
		if err != nil || !strings.HasSuffix(e.Time, "+07:00") || len(e.EPCs) > MaxEPCs {
			t.Fatalf("event at %s of %d EPCs: %v", e.Time, len(e.EPCs), err)
		}
		line := fmt.Sprintf("%v %s %s %s", at.Sub(start.Truncate(time.Millisecond)).Hours(), e.Action, e.Step, e.Disposition)
		if counts[line] == 0 {
			out = append(out, line)
		}
		counts[line] += len(e.EPCs)
	}
	for i, line := range out {
		out[i] += fmt.Sprintf(" %d", counts[line])
	}
	return out
}

func wantLines(t testing.TB, data []byte, want ...string) {
	t.Helper()
	if got := lines(t, data); !slices.Equal(got, want) {
		t.Errorf("events:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// life is a batch to which everything happens.
func life() Changes {
	spoil := of(store.OpSpoil, 4001, 4100)
	spoil.Code = "destroyed"
	damaged := of(store.OpSpoil, 4101, 4200)
	damaged.Code = "damage"
	later := of(store.OpExpire, 2001, 3000)
	later.ExpiresAt = hour(20)
	return changesOf(store.Change{Op: store.OpCreate}, store.Change{Op: store.OpSeal},
		of(store.OpRelease, 1, 5000),
		of(store.OpActivate, 1, 4000), // hour 3
		spoil, damaged,
		of(store.OpSuspend, 1, 10), of(store.OpResume, 1, 10),
		of(store.OpReturn, 4201, 4300), // hour 8
		of(store.OpRevoke, 3901, 4110), // 3901-4000 active, the rest spoiled before
		later, of(store.OpExpire, 4301, 4400), of(store.OpRelease, 3999, 4401))
}

func TestLife(t *testing.T) {
	data := write(t, request(), life(), digitalLinks)
	wantLines(t, data,
		"2 OBSERVE reserving reserved 5000",
		"3 ADD commissioning active 4000",
		"4 DELETE destroying destroyed 100",
		"5 DELETE decommissioning damaged 100",
		"8 DELETE decommissioning returned 100",
		"9 DELETE decommissioning non_sellable_other 100",
		"11 DELETE decommissioning expired 100",
		"12 OBSERVE reserving reserved 1", // of all that are released once more
		"20 DELETE decommissioning expired 1000")
	doc := epcistest.Parse(t, data)
	if doc.Created != "2026-02-01T23:00:00.123+07:00" { // of the newest event
		t.Errorf("created %s", doc.Created)
	}
	seen := map[string]bool{}
	for _, e := range doc.Body.Events {
		if seen[e.ID] || !slices.IsSorted(e.EPCs) {
			t.Errorf("id %s twice, or EPCs out of order", e.ID)
		}
		seen[e.ID] = true
		if e.Action == "ADD" && e.ILMD["cbvmda:lotNumber"] != `L"1` {
			t.Errorf("ilmd %v", e.ILMD)
		}
	}
	if again := write(t, request(), life(), digitalLinks); !bytes.Equal(data, again) {
		t.Error("the same request gives other bytes")
	}
}

func TestNotYetExpired(t *testing.T) {
	r := request()
	r.Now = hour(20).UnixMicro() - 1
	if got := lines(t, write(t, r, life(), digitalLinks)); strings.HasPrefix(got[len(got)-1], "20 ") {
		t.Errorf("stamps expire before their time: %v", got)
	}
	r = request()
	r.Batch.ExpiresAt = hour(2) // before they could be activated
	wantLines(t, write(t, r, changesOf(store.Change{Op: store.OpCreate}, store.Change{Op: store.OpSeal}, of(store.OpRelease, 1, 10),
		of(store.OpActivate, 1, 10), of(store.OpSpoil, 1, 10)), digitalLinks), "2 DELETE decommissioning expired 5000")
}

func TestPart(t *testing.T) {
	r := request()
	r.Only = store.Range{First: 8191 + 3951, Last: 8191 + 4050}
	wantLines(t, write(t, r, life(), digitalLinks),
		"2 OBSERVE reserving reserved 100", "3 ADD commissioning active 50", "4 DELETE destroying destroyed 50",
		"9 DELETE decommissioning non_sellable_other 50")
	r.From, r.To = hour(3), hour(9)
	wantLines(t, write(t, r, life(), digitalLinks), "3 ADD commissioning active 50", "4 DELETE destroying destroyed 50")
	r.From, r.To = hour(500), time.Time{}
	data := write(t, r, life(), digitalLinks)
	wantLines(t, data)
	if doc := epcistest.Parse(t, data); doc.Created != "2026-02-01T03:00:00.123+07:00" { // sealed
		t.Errorf("an empty document is created %s", doc.Created)
	}
}

func TestShipping(t *testing.T) {
	r := request()
	meta := func(id string) registry.Meta { return registry.Meta{ID: id} }
	ship := func(id, product, lot, place string, at int) *registry.Event {
		return &registry.Event{Meta: meta(id), Product: product, Lot: lot, Type: "shipping", PlaceCode: place, At: hour(at)}
	}
	r.Registry = registry.NewSnapshot([]registry.Record{
		&registry.Product{Meta: meta("dua"), GTIN: gtin, NameVI: "Dừa"}, &registry.Product{Meta: meta("other"), NameVI: "Khác"},
		ship("a", "dua", "", gln, 1), // nothing in use yet
		ship("b", "dua", "", gln, 30), ship("c", "dua", "L2", "GATE-7", 31), ship("d", "other", "", "", 32),
		&registry.Event{Meta: meta("e"), Product: "dua", Type: "packing", At: hour(33)},
	})
	bound := of(store.OpActivate, 1, 20)
	bound.Lot = "L2"
	data := write(t, r, changesOf(store.Change{Op: store.OpCreate}, store.Change{Op: store.OpSeal}, of(store.OpActivate, 1, 100), bound,
		of(store.OpRevoke, 1, 5)), digitalLinks)
	wantLines(t, data, "2 ADD commissioning active 100", "4 DELETE decommissioning non_sellable_other 5",
		"30 OBSERVE shipping in_transit 95", "31 OBSERVE shipping in_transit 15")
	events := epcistest.Parse(t, data).Body.Events
	if got := events[2].ReadPoint["id"]; got != "https://tem.example.vn/414/"+gln {
		t.Errorf("shipped from %q", got)
	}
	if events[3].ReadPoint != nil {
		t.Errorf("a place code that is no GLN is a read point: %v", events[3].ReadPoint)
	}
	epcistest.CheckIDs(t, data)
}

// TestPublicSchema holds documents against the schema and the ids against another
// program, for both kinds of EPCs.
func TestPublicSchema(t *testing.T) {
	some := func() *Request { // the schema compares each EPC with all others
		r := request()
		r.Only = store.Range{First: 8191 + 3951, Last: 8191 + 4350}
		return r
	}
	for _, n := range []names{digitalLinks, {"https://TEM.EXAMPLE.VN/S/"}} {
		data := write(t, some(), life(), n)
		epcistest.Validate(t, data)
		epcistest.CheckIDs(t, data)
	}
	epcistest.Validate(t, write(t, request(), changesOf(), digitalLinks))
	broken := bytes.Replace(write(t, some(), life(), digitalLinks), []byte("commissioning"), []byte("commisioning"), 1)
	if err := epcistest.Check(t, broken); err == nil {
		t.Error("the schema accepts a business step that there is not")
	}
}

// TestEveryStampOnce: whatever happens, the events agree with a model that knows one
// stamp at a time: at most one ADD and one DELETE, nothing after the DELETE, and
// those of the stamps whose state says so.
func TestEveryStampOnce(t *testing.T) {
	ops := []store.Op{store.OpActivate, store.OpSpoil, store.OpReturn, store.OpRevoke, store.OpExpire, store.OpSuspend, store.OpResume, store.OpRelease}
	rapid.Check(t, func(t *rapid.T) {
		r := request()
		r.Batch.Count = 30
		r.Only.Last = r.Batch.Last()
		list := []store.Change{{Op: store.OpCreate}, {Op: store.OpSeal}}
		for range rapid.IntRange(0, 12).Draw(t, "changes") {
			first := rapid.Uint64Range(1, 30).Draw(t, "first")
			c := of(rapid.SampledFrom(ops).Draw(t, "op"), first, rapid.Uint64Range(first, 30).Draw(t, "last"))
			if c.Op == store.OpExpire && rapid.Bool().Draw(t, "later") {
				c.ExpiresAt = hour(rapid.IntRange(0, 20).Draw(t, "expiry"))
			}
			list = append(list, c)
		}
		changes := changesOf(list...)
		checkStamps(t, r, changes, write(t, r, changes, digitalLinks))
	})
}

func checkStamps(t *rapid.T, r *Request, changes Changes, data []byte) {
	h := batch.NewHistory(r.Batch)
	if err := changes(func(c *store.Change) error {
		return h.Apply(c, func(store.Range, batch.Stamp, batch.Stamp) error { return nil })
	}); err != nil {
		t.Fatal(err)
	}
	actions := map[string]string{}
	for _, e := range epcistest.Parse(t, data).Body.Events {
		for _, epc := range e.EPCs {
			if strings.Contains(actions[epc], "D") {
				t.Fatalf("%s: %s after its end", epc, e.Action)
			}
			actions[epc] += e.Action[:1]
		}
	}
	err := h.Each(r.Only, func(in store.Range, s batch.Stamp) error {
		for o := in.First; o <= in.Last; o++ {
			got := actions[string(digitalLinks.Append(nil, o))]
			if strings.Count(got, "A") > 1 || (s.ActivatedAt != 0) != strings.Contains(got, "A") || s.Over(r.Now) != strings.Contains(got, "D") {
				t.Fatalf("stamp %d is %+v and has %q", o, s, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLotsAreNumbersToo(t *testing.T) {
	for in, want := range map[string]string{"L01": "L01", "007": "7", "0": "0", "000": "0", "70": "70", "0.5": "0.5"} {
		if got := numeric(in); got != want {
			t.Errorf("numeric(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	r := request()
	changes := changesOf(store.Change{Op: store.OpCreate}, store.Change{Op: store.OpSeal}, of(store.OpActivate, 1, 5000))
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Write(new(bytes.Buffer), changes, digitalLinks); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*5000/b.Elapsed().Seconds(), "stamps/s")
}
