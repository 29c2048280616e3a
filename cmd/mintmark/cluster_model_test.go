package main

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"
)

// life is where a stamp is, as far as this model goes.
type life string

const (
	inactive life = "inactive"
	active   life = "genuine"
	revoked  life = "revoked"
)

// stampState is the model of one stamp. An operation without an answer may take
// effect at any time after its call, or never. The model does not guess which:
// from the call on it may, and it has once an answer shows that.
type stampState struct {
	life        life
	mayActivate bool
	mayRevoke   bool
	count       uint64
	lost        uint64 // verifications without an answer that no gap in the numbers shows yet
}

// step applies an operation. It reports false if there is no way in which a
// stamp in this state could have given the answer.
func (s stampState) step(o operation) (stampState, bool) {
	switch {
	case o.task == verifyStamp && !o.answered:
		s.lost++
	case o.task == activateStamps && !o.answered:
		s.mayActivate = true
	case o.task == revokeStamps && !o.answered:
		s.mayRevoke = true
	case o.task == activateStamps:
		return s.activate()
	case o.task == revokeStamps:
		s.life = revoked
	case o.task == readCount:
		return s.read(o)
	default:
		return s.verify(o)
	}
	return s, true
}

// activate is refused for a revoked stamp.
func (s stampState) activate() (stampState, bool) {
	if s.life == revoked {
		return s, false
	}
	s.life = active
	return s, true
}

func (s stampState) verify(o operation) (stampState, bool) {
	if o.count == 0 {
		return s, false
	}
	next, ok := s.countTo(o.count - 1)
	next.count++
	return next, ok && next.see(life(o.verdict))
}

func (s stampState) read(o operation) (stampState, bool) {
	next, ok := s.countTo(o.count)
	return next, ok && next.see(life(o.verdict))
}

// see takes in what an answer shows, and reports whether it could be so.
func (s *stampState) see(shown life) bool {
	could := shown == s.life ||
		shown == active && s.life == inactive && s.mayActivate ||
		shown == revoked && s.mayRevoke
	s.life = shown
	return could
}

// countTo takes as many lost verifications into account as n shows.
func (s stampState) countTo(n uint64) (stampState, bool) {
	if n < s.count || n-s.count > s.lost {
		return s, false
	}
	s.lost -= n - s.count
	s.count = n
	return s, true
}

// stampModel is the model as the checker takes it, for the operations of one
// stamp that begins inactive.
var stampModel = porcupine.Model{
	Init: func() any { return stampState{life: inactive} },
	Step: func(state, input, _ any) (bool, any) {
		next, ok := state.(stampState).step(input.(operation))
		return ok, next
	},
	DescribeOperation: func(input, _ any) string { return input.(operation).String() },
	DescribeState: func(state any) string {
		s := state.(stampState)
		return fmt.Sprintf("%s, %d scans, %d lost, may be activated %v, revoked %v", s.life, s.count, s.lost, s.mayActivate, s.mayRevoke)
	},
}

// toPorcupine gives operations the form of the checker. One without an answer
// only adds to what may be from its call on, so it is an operation of that
// moment.
func toPorcupine(ops []operation) []porcupine.Operation {
	out := make([]porcupine.Operation, len(ops))
	for i, o := range ops {
		end := o.end
		if !o.answered {
			end = o.call
		}
		out[i] = porcupine.Operation{ClientId: o.client, Input: o, Call: o.call, Return: end}
	}
	return out
}

// checkTime bounds the check of one stamp.
const checkTime = time.Minute

// linearizable reports whether the operations of one stamp can be put in an
// order that the model allows and real time does not forbid. Unknown means that
// the time was too short to tell.
func linearizable(ops []operation) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(stampModel, toPorcupine(ops), checkTime)
}

// visualize writes a page that shows how far an order of the operations of one
// stamp gets.
func visualize(ops []operation, file string) error {
	_, info := porcupine.CheckOperationsVerbose(stampModel, toPorcupine(ops), checkTime)
	return porcupine.VisualizePath(stampModel, info, file)
}
