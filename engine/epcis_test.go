package engine

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"mintmark/engine/epcis/epcistest"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// epcis returns the document of a request, which must be as long as it says.
func (s *site) epcis(r EPCISRequest) []byte {
	s.t.Helper()
	x, err := s.EPCIS(s.t.Context(), r)
	noError(s.t, err)
	var out bytes.Buffer
	noError(s.t, x.Write(s.t.Context(), &out))
	if x.Size != int64(out.Len()) || int(x.Events) != len(epcistest.Parse(s.t, out.Bytes()).Body.Events) {
		s.t.Errorf("the document has %d bytes, and is said to have %d and %d events", out.Len(), x.Size, x.Events)
	}
	return out.Bytes()
}

// TestEPCIS: more changes than are read at a time, of two batches, are told in
// order, with the addresses that stamps are scanned at.
func TestEPCIS(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 300, GTIN: "4006381333931", Lot: "L1", Product: "dua"})
	other := s.mint(MintRequest{Count: 300})
	for i := range uint64(2*changePage + 10) {
		at := []Span{{fmt.Sprint(i + 1), fmt.Sprint(i + 1)}}
		s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: at})
		s.change(ChangeRequest{Op: store.OpSpoil, Batch: other.ID, Ranges: at})
		s.clock.Add(time.Second) // changes of one moment would be one event
	}
	events := epcistest.Parse(t, s.epcis(EPCISRequest{Batch: b.ID})).Body.Events
	if len(events) != 2*changePage+10 {
		t.Fatalf("%d events", len(events))
	}
	for i, e := range events {
		want := "http://127.0.0.1:8080/01/04006381333931/21/" + s.code(b.ID, uint64(i+1)).String()
		if e.Step != "commissioning" || !slices.Equal(e.EPCs, []string{want}) || e.ILMD["cbvmda:lotNumber"] != "L1" {
			t.Fatalf("event %d is %+v, want %s", i, e, want)
		}
	}
	spoiled := epcistest.Parse(t, s.epcis(EPCISRequest{Batch: other.ID, First: 5, Last: 6})).Body.Events
	if len(spoiled) != 2 || spoiled[1].EPCs[0] != "http://127.0.0.1:8080/S/"+s.code(other.ID, 6).String() || spoiled[1].Action != "DELETE" {
		t.Errorf("the other batch: %+v", spoiled)
	}
}

// TestEPCISStandsStill: a document tells what had happened when it was asked for,
// whatever happens while it is downloaded.
func TestEPCISStandsStill(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 3, ExpiresAt: s.clock.Now().Add(time.Hour)})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID})
	before := s.epcis(EPCISRequest{Batch: b.ID})
	x, err := s.EPCIS(t.Context(), EPCISRequest{Batch: b.ID})
	noError(t, err)
	s.change(ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Ranges: []Span{{"1", "1"}}})
	s.clock.Add(2 * time.Hour)
	for range 2 {
		var out bytes.Buffer
		noError(t, x.Write(t.Context(), &out))
		if !bytes.Equal(out.Bytes(), before) {
			t.Errorf("the document has changed: %s", out.Bytes())
		}
	}
	events := epcistest.Parse(t, s.epcis(EPCISRequest{Batch: b.ID})).Body.Events
	if len(events) != 3 || len(events[1].EPCs) != 1 || events[2].Disposition != "expired" || len(events[2].EPCs) != 2 {
		t.Errorf("after that: %+v", events)
	}
}

func TestEPCISShipping(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 3, Product: "dua"})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: []Span{{"1", "2"}}, Lot: "L2"})
	s.clock.Add(time.Hour)
	meta := func(id string) registry.Meta { return registry.Meta{ID: id} }
	_, problems, err := s.EditRegistry(t.Context(), []registry.Edit{
		{Record: &registry.Organisation{Meta: meta("o"), Type: registry.Company, NameVI: "O"}},
		{Record: &registry.Product{Meta: meta("dua"), Organisation: "o", NameVI: "Dừa"}},
		{Record: &registry.Event{Meta: meta("e"), Product: "dua", Lot: "L2", Type: "shipping", Place: "Kho", PlaceCode: "9506000134369", At: s.Now()}},
	}, "", tester, false)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	s.clock.Add(time.Hour)
	events := epcistest.Parse(t, s.epcis(EPCISRequest{Batch: b.ID})).Body.Events
	if len(events) != 2 || events[1].Step != "shipping" || len(events[1].EPCs) != 2 || events[1].ReadPoint["id"] != "http://127.0.0.1:8080/414/9506000134369" {
		t.Errorf("%+v", events)
	}
}

func TestEPCISRefuses(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 3})
	at := s.clock.Now()
	for _, c := range []struct {
		r     EPCISRequest
		kind  fault.Kind
		field string
	}{
		{EPCISRequest{Batch: "none"}, fault.NotFound, "batch"},
		{EPCISRequest{Batch: b.ID, Last: 4}, fault.Invalid, "range"},
		{EPCISRequest{Batch: b.ID, First: 3, Last: 2}, fault.Invalid, "range"},
		{EPCISRequest{Batch: b.ID, From: at, To: at}, fault.Invalid, "to"},
	} {
		if _, err := s.EPCIS(t.Context(), c.r); !fault.Is(err, c.kind) || fault.FieldOf(err) != c.field {
			t.Errorf("%+v: %v", c.r, err)
		}
	}
	x, err := s.EPCIS(t.Context(), EPCISRequest{Batch: b.ID})
	noError(t, err)
	r, w := io.Pipe()
	noError(t, r.CloseWithError(io.ErrClosedPipe))
	if err := x.Write(t.Context(), w); err != io.ErrClosedPipe {
		t.Errorf("a reader that has left: %v", err)
	}
}
