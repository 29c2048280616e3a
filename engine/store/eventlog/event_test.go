package eventlog

import (
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// TestCheckEvent has every breach named by its field.
func TestCheckEvent(t *testing.T) {
	for field, bad := range map[string]store.Event{
		"":        {Ordinal: serial.MaxOrdinal, Verdict: store.NumVerdicts - 1, Kind: store.NumKinds - 1, Agent: maxAgent, Net: store.Net{Len: 6}},
		"ordinal": {Ordinal: serial.MaxOrdinal + 1},
		"verdict": {Verdict: store.NumVerdicts},
		"kind":    {Kind: store.NumKinds},
		"agent":   {Agent: maxAgent + 1},
		"net":     {Net: store.Net{Len: 4}},
	} {
		if err := CheckEvent(&bad); fault.FieldOf(err) != field || (field != "") != fault.Is(err, fault.Invalid) {
			t.Errorf("field %q: %v", field, err)
		}
	}
}

func TestAddToHour(t *testing.T) {
	h := store.Hour{Batch: 8192}
	for _, e := range []store.Event{
		{Kind: store.Consumer, Verdict: store.Genuine, Count: 1},
		{Kind: store.Consumer, Verdict: store.Revoked, Count: 2},
		{Kind: store.Preview, Verdict: store.Genuine, Count: 1},
		{Kind: store.API, Verdict: store.Genuine},
	} {
		AddToHour(&h, &e)
	}
	want := store.Hour{Batch: 8192, Stamps: 1}
	want.Kinds[store.Consumer], want.Kinds[store.Preview], want.Kinds[store.API] = 2, 1, 1
	want.Verdicts[store.Genuine], want.Verdicts[store.Revoked] = 1, 1
	if h != want {
		t.Errorf("got  %+v\nwant %+v", h, want)
	}
}
