package main

import (
	"fmt"
	"sync"
	"time"
)

// task is what an operation asks for.
type task uint8

const (
	verifyStamp task = iota
	activateStamps
	revokeStamps
	readCount // what the store knows at the end, without a scan
)

var taskNames = [...]string{"verify", "activate", "revoke", "read"}

// operation is one request about the stamps at positions first to last of a
// batch. One that was not answered may have been done, or be done at any time
// after call.
type operation struct {
	task        task
	client      int
	first, last int
	call, end   int64 // nanoseconds since the record began, by a clock that nobody sets; end of an answered one
	answered    bool
	verdict     string // that was answered or read
	count       uint64 // the number of a verification, or the count that was read
}

// String describes an operation as "12-14 revoke at 1.5s to 1.6s".
func (o operation) String() string {
	text := fmt.Sprintf("%d-%d %s at %v", o.first, o.last, taskNames[o.task], time.Duration(o.call))
	if !o.answered {
		return text + " without an answer"
	}
	text += fmt.Sprintf(" to %v", time.Duration(o.end))
	if o.task == verifyStamp || o.task == readCount {
		text += fmt.Sprintf(": %s %d", o.verdict, o.count)
	}
	return text
}

// record is the history of all clients.
type record struct {
	start time.Time

	mu  sync.Mutex
	ops []operation
}

func newRecord() *record { return &record{start: time.Now()} }

// now returns the time since the record began.
func (r *record) now() int64 { return int64(time.Since(r.start)) }

func (r *record) add(o operation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops = append(r.ops, o)
}

// byStamp returns the operations about each position. Those about several are
// among the operations of each.
func (r *record) byStamp() map[int][]operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[int][]operation{}
	for _, o := range r.ops {
		for p := o.first; p <= o.last; p++ {
			out[p] = append(out[p], o)
		}
	}
	return out
}
