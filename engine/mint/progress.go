package mint

import "sync/atomic"

// Progress tells how far a batch is, over one or more Runs of it, one at a time.
// The zero value is ready for use, and its methods may be called at any time by
// any goroutine.
type Progress struct {
	done  atomic.Uint64 // in the present Run
	most  atomic.Uint64 // that done has been
	total atomic.Uint64
}

// Done returns how many stamps are known to be stored: before the claim of a Run,
// put by it, or found and compared. It never decreases, although each Run counts
// anew.
func (p *Progress) Done() uint64 { return p.most.Load() }

// Total returns the stamps of the batch; 0 before the first Run has begun.
func (p *Progress) Total() uint64 { return p.total.Load() }

// begin counts from stored on, for a batch of total stamps.
func (p *Progress) begin(stored, total uint64) {
	p.total.Store(total)
	p.done.Store(0)
	p.add(stored)
}

// add counts n more stamps.
func (p *Progress) add(n uint64) {
	done := p.done.Add(n)
	for most := p.most.Load(); done > most && !p.most.CompareAndSwap(most, done); most = p.most.Load() {
	}
}
