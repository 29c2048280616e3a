package server

import (
	"strings"
	"testing"
	"time"

	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// TestJobPanic: a fault in the way of one answer costs that answer alone.
func TestJobPanic(t *testing.T) {
	s := newSite(t)
	c := &conn{addr: ends{}}
	j := &job{loop: &loop{s: s.server}, conn: c}
	j.visit.check.Target.Code = serial.Code{}
	j.visit.check.Verdict = store.NumVerdicts // no such verdict
	out, err := j.write(new(pen), time.Now(), false, nil)
	if err == nil {
		t.Fatalf("%q was written", out)
	}
	if out, err = j.write(new(pen), time.Now(), true, err); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"HTTP/1.1 500 ", "Connection: close", "application/problem+json"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
}
