package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"
)

// givenScan and those below make operations of one stamp. Times are
// whole steps.
func givenScan(call, end int64, verdict life, count uint64) operation {
	return operation{task: verifyStamp, first: 1, last: 1, call: call, end: end, answered: true, verdict: string(verdict), count: count}
}

func madeChange(t task, call, end int64) operation {
	return operation{task: t, first: 1, last: 9, call: call, end: end, answered: true}
}

func unanswered(t task, call int64) operation {
	return operation{task: t, first: 1, last: 1, call: call}
}

func readAt(call, end int64, verdict life, count uint64) operation {
	return operation{task: readCount, first: 1, last: 1, call: call, end: end, answered: true, verdict: string(verdict), count: count}
}

// TestClusterChecks gives both checkers histories that are made up. The model
// refuses all that are wrong; the rules refuse those that their text names.
func TestClusterChecks(t *testing.T) {
	for name, c := range map[string]struct {
		ops    []operation
		wrong  bool
		breach string // what the rules say; "" if only the model can tell
	}{
		"a life": {ops: []operation{givenScan(1, 2, inactive, 1), madeChange(activateStamps, 3, 4), givenScan(5, 6, active, 2),
			madeChange(revokeStamps, 7, 8), givenScan(9, 10, revoked, 3), readAt(11, 12, revoked, 3)}},
		"numbers of concurrent scans in any order": {ops: []operation{madeChange(activateStamps, 1, 2),
			givenScan(3, 9, active, 2), givenScan(4, 8, active, 1), givenScan(10, 11, active, 3)}},
		"a change under way is seen by one and not by another": {ops: []operation{madeChange(activateStamps, 1, 9),
			givenScan(2, 3, inactive, 1), givenScan(4, 5, active, 2)}},
		"a lost scan that counts, late": {ops: []operation{madeChange(activateStamps, 1, 2), unanswered(verifyStamp, 3),
			givenScan(4, 5, active, 1), givenScan(6, 7, active, 3), readAt(8, 9, active, 3)}},
		"a lost scan that never counts":   {ops: []operation{unanswered(verifyStamp, 1), givenScan(4, 5, inactive, 1), readAt(8, 9, inactive, 1)}},
		"a lost scan that counts last":    {ops: []operation{unanswered(verifyStamp, 1), givenScan(4, 5, inactive, 1), readAt(8, 9, inactive, 2)}},
		"a lost change that takes effect": {ops: []operation{unanswered(activateStamps, 1), givenScan(2, 3, inactive, 1), givenScan(4, 5, active, 2), unanswered(revokeStamps, 6), givenScan(7, 8, revoked, 3)}},
		"a lost change that does not":     {ops: []operation{unanswered(activateStamps, 1), unanswered(revokeStamps, 1), givenScan(2, 3, inactive, 1)}},
		"a lost change asked again":       {ops: []operation{unanswered(revokeStamps, 1), givenScan(2, 3, inactive, 1), madeChange(revokeStamps, 4, 5), givenScan(6, 7, revoked, 2)}},

		"a number given twice": {wrong: true, breach: "given twice",
			ops: []operation{givenScan(1, 9, inactive, 1), givenScan(2, 8, inactive, 1)}},
		"a count that goes down": {wrong: true, breach: "went down",
			ops: []operation{unanswered(verifyStamp, 1), givenScan(2, 3, inactive, 2), givenScan(4, 5, inactive, 1)}},
		"number 0": {wrong: true, breach: "number 0", ops: []operation{givenScan(1, 2, inactive, 0)}},
		"genuine after an acknowledged revocation": {wrong: true, breach: "knows nothing",
			ops: []operation{madeChange(activateStamps, 1, 2), madeChange(revokeStamps, 3, 4), givenScan(5, 6, active, 1)}},
		"inactive after an acknowledged activation": {wrong: true, breach: "knows nothing",
			ops: []operation{madeChange(activateStamps, 1, 2), givenScan(3, 4, inactive, 1)}},
		"inactive after an acknowledged revocation": {wrong: true, breach: "knows nothing",
			ops: []operation{madeChange(revokeStamps, 1, 2), givenScan(3, 4, inactive, 1)}},
		"genuine before an activation was asked for": {wrong: true,
			ops: []operation{givenScan(1, 2, active, 1), madeChange(activateStamps, 3, 4)}},
		"a lost revocation seen, and then not": {wrong: true,
			ops: []operation{madeChange(activateStamps, 1, 2), unanswered(revokeStamps, 3), givenScan(4, 5, revoked, 1), givenScan(6, 7, active, 2)}},
		"a change under way seen, and then not": {wrong: true,
			ops: []operation{madeChange(activateStamps, 1, 9), givenScan(2, 3, active, 1), givenScan(4, 5, inactive, 2)}},
		"a lost count": {wrong: true, breach: "but 2 were answered",
			ops: []operation{givenScan(1, 2, inactive, 1), givenScan(3, 4, inactive, 2), readAt(5, 6, inactive, 1)}},
		"a count that nobody asked for": {wrong: true, breach: "but 1 were answered",
			ops: []operation{givenScan(1, 2, inactive, 1), readAt(5, 6, inactive, 2)}},
		"a gap before anything was lost": {wrong: true,
			ops: []operation{givenScan(1, 2, inactive, 2), unanswered(verifyStamp, 3), readAt(5, 6, inactive, 2)}},
		"an acknowledged activation of a revoked stamp": {wrong: true,
			ops: []operation{madeChange(revokeStamps, 1, 2), madeChange(activateStamps, 3, 4)}},
		"an acknowledged revocation that is lost": {wrong: true,
			ops: []operation{madeChange(revokeStamps, 1, 2), readAt(3, 4, inactive, 0)}},
		"an unknown verdict": {wrong: true, ops: []operation{givenScan(1, 2, "malformed", 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			want := porcupine.Ok
			if c.wrong {
				want = porcupine.Illegal
			}
			if got := linearizable(c.ops); got != want {
				t.Errorf("the model says %s, want %s", got, want)
			}
			found := strings.Join(breaches(c.ops), "\n")
			if (found != "") != (c.breach != "") || !strings.Contains(found, c.breach) {
				t.Errorf("the rules found %q, want %q", found, c.breach)
			}
		})
	}
}

// TestClusterChecksAgree makes histories as a right store would give them, and
// damages each in one answer.
func TestClusterChecksAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ops := rightHistory(t)
		if linearizable(ops) != porcupine.Ok || len(breaches(ops)) > 0 {
			t.Fatalf("a right history is refused: %v\n%v", breaches(ops), ops)
		}
		scans := scansOf(ops)
		if len(scans) < 2 {
			return
		}
		i := rapid.IntRange(1, len(scans)-1).Draw(t, "damaged")
		for j := range ops {
			if ops[j] == scans[i] {
				ops[j].count = scans[i-1].count
			}
		}
		if linearizable(ops) != porcupine.Illegal || len(breaches(ops)) == 0 {
			t.Fatalf("a number given twice is let through:\n%v", ops)
		}
	})
}

// rightHistory draws the operations of one stamp with the moment at which each
// takes effect, and gives them the answers of that order.
func rightHistory(t *rapid.T) (ops []operation) {
	state, scans := inactive, uint64(0)
	for i := range rapid.IntRange(1, 30).Draw(t, "operations") {
		at := int64(i) * 10 // when it takes effect
		o := operation{client: i, first: 1, last: 1, task: rapid.SampledFrom([]task{verifyStamp, verifyStamp, verifyStamp, activateStamps, revokeStamps}).Draw(t, "task"),
			call: at - rapid.Int64Range(1, 50).Draw(t, "earlier"), end: at + rapid.Int64Range(1, 50).Draw(t, "later"), answered: rapid.Bool().Draw(t, "answered")}
		if o.task == activateStamps && state == revoked {
			continue
		}
		if done := o.answered || rapid.Bool().Draw(t, "done"); !done {
			ops = append(ops, o)
			continue
		}
		switch o.task {
		case activateStamps:
			state = active
		case revokeStamps:
			state = revoked
		default:
			scans++
		}
		if o.answered && o.task == verifyStamp {
			o.verdict, o.count = string(state), scans
		}
		ops = append(ops, o)
	}
	return append(ops, readAt(1<<40, 1<<40+1, state, scans))
}

// TestClusterVisualization checks that a wrong history leaves a page to look at.
func TestClusterVisualization(t *testing.T) {
	file := filepath.Join(t.TempDir(), "stamp.html")
	if err := visualize([]operation{givenScan(1, 9, inactive, 1), givenScan(2, 8, inactive, 1)}, file); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(page), "verify") {
		t.Errorf("no page: %v", err)
	}
}
