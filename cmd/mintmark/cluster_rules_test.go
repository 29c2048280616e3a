package main

import (
	"cmp"
	"fmt"
	"slices"
)

// breaches holds the operations of one stamp against the rules that are easy to
// state by themselves, without a model, and says which are broken.
func breaches(ops []operation) []string {
	var out []string
	out = append(out, brokenNumbers(ops)...)
	out = append(out, brokenOrder(ops)...)
	for _, change := range ops {
		if change.answered && (change.task == activateStamps || change.task == revokeStamps) {
			out = append(out, ignored(ops, change)...)
		}
	}
	return append(out, brokenSum(ops)...)
}

// brokenNumbers finds numbers that two verifications were given.
func brokenNumbers(ops []operation) (out []string) {
	given := map[uint64]operation{}
	for _, o := range scansOf(ops) {
		if first, twice := given[o.count]; twice || o.count == 0 {
			out = append(out, fmt.Sprintf("number %d was given twice: %v, %v", o.count, first, o))
		}
		given[o.count] = o
	}
	return out
}

// brokenOrder finds verifications that began after another had ended, and have
// no higher number.
func brokenOrder(ops []operation) (out []string) {
	begun := scansOf(ops)
	ended := slices.Clone(begun)
	slices.SortFunc(begun, func(a, b operation) int { return cmp.Compare(a.call, b.call) })
	slices.SortFunc(ended, func(a, b operation) int { return cmp.Compare(a.end, b.end) })
	var before operation // of those that ended before o began, the one with the highest number
	for _, o := range begun {
		for len(ended) > 0 && ended[0].end < o.call {
			if ended[0].count > before.count {
				before = ended[0]
			}
			ended = ended[1:]
		}
		if o.count <= before.count {
			out = append(out, fmt.Sprintf("the count went down: %v, %v", before, o))
		}
	}
	return out
}

// scansOf returns the verifications that were answered.
func scansOf(ops []operation) (out []operation) {
	for _, o := range ops {
		if o.task == verifyStamp && o.answered {
			out = append(out, o)
		}
	}
	return out
}

// ignored finds verifications that began after a change was acknowledged, and
// know nothing of it.
func ignored(ops []operation, change operation) (out []string) {
	for _, o := range scansOf(ops) {
		if o.call <= change.end {
			continue
		}
		if o.verdict == string(inactive) || change.task == revokeStamps && o.verdict != string(revoked) {
			out = append(out, fmt.Sprintf("%v knows nothing of %v", o, change))
		}
	}
	return out
}

// brokenSum holds the count that was read at the end against what was answered:
// numbers that nobody was given are lost answers.
func brokenSum(ops []operation) (out []string) {
	answered, lost, highest := uint64(0), uint64(0), uint64(0)
	for _, o := range ops {
		switch {
		case o.task == verifyStamp && o.answered:
			answered++
			highest = max(highest, o.count)
		case o.task == verifyStamp:
			lost++
		}
	}
	for _, o := range ops {
		if o.task == readCount && (o.count < highest || o.count < answered || o.count > answered+lost) {
			out = append(out, fmt.Sprintf("%v, but %d were answered, the last as number %d, and %d were not", o, answered, highest, lost))
		}
	}
	return out
}
