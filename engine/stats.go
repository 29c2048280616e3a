package engine

import "mintmark/engine/scan"

// Stats is what the engine can say of itself without work.
type Stats struct {
	Scans    scan.Stats
	Batches  int
	Head     uint64 // newest change
	Free     int64  // bytes of disk, negative if unknown
	Minting  int    // jobs
	Degraded bool   // a restart is needed
	Away     bool   // a shared store could not be reached when it was last asked
}

// Stats returns the present figures.
func (e *Engine) Stats() Stats {
	index := e.tracker.Index()
	e.jobs.mu.Lock()
	minting := len(e.jobs.byID)
	e.jobs.mu.Unlock()
	return Stats{e.scans.Stats(), len(index.Entries()), index.Head(), e.st.Free(), minting, e.dead.Load(), e.away.Load()}
}

// LowDisk reports whether the free disk has come down to the reserve at which
// minting stops.
func (e *Engine) LowDisk() bool {
	free := e.st.Free()
	return free >= 0 && free < e.cfg.Store.MintReserve
}

// Async reports whether a power cut may lose scans that were answered.
func (e *Engine) Async() bool { return e.cfg.Async }
