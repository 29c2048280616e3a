package engine

import (
	"cmp"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/scan"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// Check is one verification: what was scanned and by whom, and then the
// answer. It is meant to be pooled: the working memory of the tag check lives
// in it, so that the way of a scan allocates nothing.
type Check struct {
	Target  serial.Target
	Event   store.Event // Kind, Agent, Net, Client, Session and Country are the caller's to fill
	Verdict store.Verdict
	State   store.StampState // including this scan, if it counts
	Entry   *batch.Entry     // nil if the code is unknown
	Product string           // as bound at activation, else the batch's
	Lot     string

	scratch keyring.Scratch
}

// Verify judges c.Target, logs the scan, and returns when it is on disk. The
// verdict Unknown is an answer, not an error; it is not logged. An error means
// that nothing may be shown: of kind Unknown if it is not known whether the
// scan was logged, of any other kind if it was not. Busy is worth another try.
func (e *Engine) Verify(c *Check) error {
	p, known, err := e.Queue(c)
	if err == nil && !known {
		var newest *batch.Index
		if newest, err = e.fresh(e.ctx); err != nil || newest == p.index {
			return err
		}
		if p, known, err = e.queue(newest, c); !known {
			return err
		}
	}
	if err != nil {
		return err
	}
	<-p.Done()
	return e.Settle(c, p)
}

// VerifyAll is Verify for many scans, which share groups of the scan log. The errors
// are, one for each, those of Verify.
func (e *Engine) VerifyAll(checks []*Check) []error {
	errs, pending := make([]error, len(checks)), make([]Pending, len(checks))
	for i, c := range checks {
		pending[i], _, errs[i] = e.Queue(c)
	}
	e.queueUnknown(checks, pending, errs)
	for i, c := range checks {
		if errs[i] == nil && c.Entry != nil {
			<-pending[i].Done()
			errs[i] = e.Settle(c, pending[i])
		}
	}
	return errs
}

// queueUnknown gives the codes that the snapshot did not know another chance, in a
// newer one: one look at the store tells of all of them.
func (e *Engine) queueUnknown(checks []*Check, pending []Pending, errs []error) {
	var newest *batch.Index
	var err error
	for i, c := range checks {
		if errs[i] != nil || c.Entry != nil {
			continue
		}
		if newest == nil && err == nil {
			newest, err = e.fresh(e.ctx)
		}
		if errs[i] = err; err == nil && newest != pending[i].index {
			pending[i], _, errs[i] = e.queue(newest, c)
		}
	}
}

// Pending is a scan on its way to the disk.
type Pending struct {
	scan.Ticket
	index *batch.Index // that it was judged by
}

// Queue is the first half of Verify: it judges c.Target and queues the scan, and
// waits for nothing. Once p.Done is closed, Settle is the second half. A code that is
// not known to this node's snapshot is not queued: a newer one may know it, and Verify
// looks.
func (e *Engine) Queue(c *Check) (p Pending, known bool, err error) {
	if e.dead.Load() {
		return p, false, errDead
	}
	return e.queue(e.tracker.Index(), c)
}

func (e *Engine) queue(index *batch.Index, c *Check) (p Pending, known bool, err error) {
	p.index = index
	if e.judge(index, c); c.Entry == nil {
		return p, false, nil
	}
	c.Event.Verdict = c.Verdict
	p.Ticket, err = e.scans.Queue(&c.Event, index.Head())
	return p, true, err
}

// Settle fills in what came of a queued scan. Errors are those of Verify.
func (e *Engine) Settle(c *Check, p Pending) (err error) {
	if c.Verdict, c.State, err = p.Result(); err != nil {
		return err
	}
	// The verdict may be of a newer snapshot; what is shown beside it must be too.
	if newest := e.tracker.Index(); newest != p.index {
		c.Entry = newest.Find(c.Event.Ordinal)
		c.describe()
	}
	return nil
}

// Peek is Verify without logging and without scan state: for HEAD requests.
func (e *Engine) Peek(c *Check) error {
	index, err := e.fresh(e.ctx)
	if err == nil {
		e.judge(index, c)
	}
	return err
}

var errDead = fault.New(fault.Busy, "the server is restarting; try again in a few seconds")

// judge fills in everything but the scan state.
func (e *Engine) judge(index *batch.Index, c *Check) {
	c.State, c.Product, c.Lot = store.StampState{}, "", ""
	c.Verdict = store.UnknownCode
	c.Entry, c.Event.Ordinal = e.authentic(index, c.Target.Code, &c.scratch)
	if c.Entry == nil {
		return
	}
	b := &c.Entry.Batch
	if c.Target.Signed && !e.signed(b, &c.Target) {
		c.Entry = nil
		return
	}
	s := c.describe()
	if !matches(&b.Link, &c.Target) {
		c.Verdict = store.Mismatch
		return
	}
	now := int64(0)
	if s.ExpiresAt != 0 { // nothing else depends on the time, which is dear to ask for
		now = e.now()
	}
	c.Verdict = s.Verdict(now)
}

// describe fills in what the stamp is bound to, and returns what is known of it.
func (c *Check) describe() batch.Stamp {
	s := c.Entry.At(c.Event.Ordinal)
	c.Product = cmp.Or(s.Product, c.Entry.Batch.Product)
	c.Lot = cmp.Or(s.Lot, c.Entry.Batch.Link.Lot)
	return s
}

// authentic returns the batch and the ordinal of a code whose tag is right,
// else nil.
func (e *Engine) authentic(index *batch.Index, code serial.Code, s *keyring.Scratch) (*batch.Entry, uint64) {
	site := e.keys.Load().sites[code.Version&serial.MaxVersion]
	if site == nil {
		return nil, 0
	}
	ordinal := site.Seal(s, code.Version, code.Sealed, code.Tag)
	b := index.Find(ordinal)
	if b == nil || b.Batch.Version != code.Version || !b.Key.Check(s, code.Version, ordinal, code.Tag) {
		return nil, 0
	}
	return b, ordinal
}

// matches reports whether the product and lot in the URL are the ones printed.
// The plain form names neither. No stamp is printed with a consumer product variant.
func matches(l *serial.Link, t *serial.Target) bool {
	if t.Form == serial.Plain {
		return true
	}
	return string(t.GTIN) == l.GTIN && len(t.CPV) == 0 && (len(t.Lot) == 0 || string(t.Lot) == l.Lot)
}

// signed checks the issuer's signature of a publicly verifiable stamp.
func (e *Engine) signed(b *store.Batch, t *serial.Target) bool {
	iss := e.keys.Load().issuers[b.IssuerKey]
	return b.Public && iss != nil &&
		keyring.VerifySignature(iss.Public(), serial.SigMessage(nil, &b.Link, t.Code), t.Sig[:])
}

// Hasher returns the keyed hashes for clients and sessions.
func (e *Engine) Hasher() *scan.Hasher { return e.hasher }
