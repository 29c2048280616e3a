package mint

import "sync/atomic"

// Progress tells how far a Run is. The zero value is ready for use, and its
// methods may be called at any time by any goroutine.
type Progress struct{ done, total atomic.Uint64 }

// Done returns how many stamps are known to be stored: put by this Run, or found
// and compared. It never decreases during a Run.
func (p *Progress) Done() uint64 { return p.done.Load() }

// Total returns the stamps of the batch; 0 before the Run has begun.
func (p *Progress) Total() uint64 { return p.total.Load() }

// begin starts over, for a batch of total stamps.
func (p *Progress) begin(total uint64) {
	p.done.Store(0)
	p.total.Store(total)
}
