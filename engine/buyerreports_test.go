package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

func jpegFile(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	noError(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil))
	return b.Bytes()
}

// countTo makes the next report the one after a number.
func (s *site) countTo(c reportCount) {
	s.t.Helper()
	data, err := json.Marshal(c)
	noError(s.t, err)
	_, err = s.commit(context.Background(), func(*batch.Index) (store.Change, error) {
		return store.Change{Op: store.OpRecord, Actor: "tester", Records: []store.Record{{Kind: store.Reports, ID: reportCountID, Data: data}}}, nil
	})
	noError(s.t, err)
}

// The newest reports are kept, and what they displace is gone with its photo.
func TestBuyerReportsAreARing(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	report := func(text string, photo []byte) BuyerReport {
		t.Helper()
		r, err := s.SaveBuyerReport(ctx, NewReport{Text: text, Photo: photo, Language: "vi"})
		noError(t, err)
		return r
	}
	numbers := func(before uint64, limit int) (out []uint64) {
		t.Helper()
		list, err := s.BuyerReports(ctx, before, limit)
		noError(t, err)
		for _, r := range list {
			out = append(out, r.Number)
		}
		return out
	}
	if len(numbers(0, 10)) != 0 {
		t.Error("reports of nobody")
	}
	report("first", jpegFile(t))
	report("second", nil)
	if got := fmt.Sprint(numbers(0, 10), numbers(2, 10), numbers(0, 1)); got != "[2 1] [1] [2]" {
		t.Error(got)
	}
	if data, err := s.BuyerPhoto(ctx, 1); err != nil || len(data) == 0 {
		t.Error(len(data), err)
	}
	s.reopen()
	s.countTo(reportCount{Last: MaxBuyerReports - 1})
	report("last of the ring", nil)
	if r := report("takes the place of the first", nil); r.Number != MaxBuyerReports+1 || r.At.IsZero() {
		t.Error(r)
	}
	for _, number := range []uint64{1, 2, MaxBuyerReports, MaxBuyerReports + 1, MaxBuyerReports + 2} {
		if _, err := s.BuyerPhoto(ctx, number); !fault.Is(err, fault.NotFound) {
			t.Errorf("photo of report %d: %v", number, err)
		}
	}
	if got := fmt.Sprint(numbers(0, 2), numbers(3, 10)); got != fmt.Sprint([]uint64{MaxBuyerReports + 1, MaxBuyerReports}, []uint64{2}) {
		t.Error(got)
	}
	s.clean()
}

func TestBuyerReportsOfADay(t *testing.T) {
	s := newSite(t)
	s.countTo(reportCount{Last: 7, Day: registry.DateOf(s.Now()), Today: MaxReportsDaily - 1})
	_, err := s.SaveBuyerReport(context.Background(), NewReport{Text: "the last one of today"})
	noError(t, err)
	if _, err := s.SaveBuyerReport(context.Background(), NewReport{Text: "one too many"}); !fault.Is(err, fault.Busy) || fault.FieldOf(err) != "reports" {
		t.Error(err)
	}
	s.clock.Add(24 * time.Hour)
	r, err := s.SaveBuyerReport(context.Background(), NewReport{Text: "tomorrow"})
	if noError(t, err); r.Number != 9 {
		t.Error(r)
	}
}

func TestCleanReport(t *testing.T) {
	for in, want := range map[string]string{
		" a\r\nb\r\n": "a\nb", "\x1b[31mred\x00": "[31mred", "\u202eabc\u2066": "abc", "\xffx": "\ufffdx", "e\u0302\u0301": "ế", "\n\u200b ": "", "🥥 dừa": "🥥 dừa",
	} {
		if got := cleanReport(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
