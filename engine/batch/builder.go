package batch

import (
	"errors"
	"maps"
	"slices"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// errRecord says that the next change needs the batch record named by wanted.
var errRecord = errors.New("a batch record is needed")

// builder makes the next index out of one that readers hold. It copies what it
// changes the first time it changes it, and from then on works in place.
type builder struct {
	index   Index
	open    func(store.Batch) (*keyring.BatchKey, error)
	records map[string]store.Batch
	wanted  string
	asked   uint64 // the change that wanted was named for

	own   map[*Entry]bool // entries that no reader has; nil until index.entries is a copy
	grown bool            // index.firsts and index.byID are copies
}

// fold takes in the next change. The error is errRecord, an error of open, or
// Corrupt.
func (b *builder) fold(c store.Change) error {
	if c.Seq != b.index.head+1 {
		return fault.New(fault.Corrupt, "the change log jumps from %d to %d", b.index.head, c.Seq)
	}
	var err error
	switch c.Op {
	case store.OpCreate:
		err = b.create(&c)
	case store.OpSeal:
		err = b.seal(&c)
	case store.OpRecord:
	case store.OpExport, store.OpRelease:
		err = b.hand(&c)
	default:
		err = b.change(&c)
	}
	if err != nil {
		return err
	}
	b.index.head, b.index.time = c.Seq, c.At.UnixMicro()
	if len(c.Records) > 0 {
		b.index.records = c.Seq
	}
	return nil
}

// create adds a batch as it was when it was created: its record may be newer.
func (b *builder) create(c *store.Change) error {
	rec, err := b.record(c, store.Minting)
	if err != nil {
		return err
	}
	rec.State, rec.SealedAt, rec.Root, rec.Certificate = store.Minting, store.Batch{}.SealedAt, nil, ""
	if err := b.checkNew(&rec); err != nil {
		return err
	}
	key, err := b.open(rec)
	if err != nil {
		return fault.Wrap(fault.KindOf(err), err, "open the key of batch %s", rec.ID)
	}
	b.grow(newEntry(rec, key))
	return nil
}

// checkNew checks what look-ups rely on: batches come in the order of their
// ordinals and do not overlap.
func (b *builder) checkNew(rec *store.Batch) error {
	const ordinals = serial.MaxOrdinal + 1
	if rec.Count == 0 || rec.ChunkSize == 0 || rec.Count > ordinals || rec.First > ordinals-rec.Count {
		return fault.New(fault.Corrupt, "batch %s has %d stamps from ordinal %d on", rec.ID, rec.Count, rec.First)
	}
	if _, twice := b.index.byID[rec.ID]; twice {
		return fault.New(fault.Corrupt, "batch %s is created twice", rec.ID)
	}
	if n := len(b.index.entries); n > 0 {
		if before := &b.index.entries[n-1].Batch; rec.First < before.First+before.Span() {
			return fault.New(fault.Corrupt, "batch %s overlaps batch %s", rec.ID, before.ID)
		}
	}
	return nil
}

// grow adds an entry behind all others.
func (b *builder) grow(e *Entry) {
	b.copyEntries()
	if !b.grown {
		b.index.firsts, b.index.byID, b.grown = slices.Clone(b.index.firsts), maps.Clone(b.index.byID), true
	}
	b.index.byID[e.Batch.ID] = len(b.index.entries)
	b.index.firsts = append(b.index.firsts, e.Batch.First)
	b.index.entries = append(b.index.entries, e)
	b.own[e] = true
}

func (b *builder) copyEntries() {
	if b.own == nil {
		b.index.entries, b.own = slices.Clone(b.index.entries), map[*Entry]bool{}
	}
}

func (b *builder) seal(c *store.Change) error {
	e, err := b.entry(c)
	if err != nil {
		return err
	}
	rec, err := b.record(c, store.Sealed)
	if err == nil {
		e.Batch = rec
	}
	return err
}

func (b *builder) change(c *store.Change) error {
	e, err := b.entry(c)
	if err != nil {
		return err
	}
	return fault.Wrap(fault.Corrupt, e.fold(c), "change %d cannot be applied", c.Seq)
}

// hand notes what is handed to a printer.
func (b *builder) hand(c *store.Change) error {
	e, err := b.entry(c)
	if err != nil {
		return err
	}
	return fault.Wrap(fault.Corrupt, e.hand(c), "change %d cannot be applied", c.Seq)
}

// entry returns the batch of a change, ready to be changed in place.
func (b *builder) entry(c *store.Change) (*Entry, error) {
	i, ok := b.index.byID[c.Batch]
	if !ok {
		return nil, fault.New(fault.Corrupt, "change %d (%s) names batch %q, which was never created", c.Seq, c.Op, c.Batch)
	}
	b.copyEntries()
	e := b.index.entries[i]
	if !b.own[e] {
		next := *e
		next.runs = e.runs.clone()
		e = &next
		b.index.entries[i], b.own[e] = e, true
	}
	return e, nil
}

// record returns the record of a change's batch, which must have come as far
// as the given state. Where it is missing or old it is asked for, once.
func (b *builder) record(c *store.Change, state store.BatchState) (store.Batch, error) {
	rec, ok := b.records[c.Batch]
	if ok && (state == store.Minting || rec.State == state) {
		return rec, nil
	}
	if b.asked == c.Seq {
		return rec, fault.New(fault.Corrupt, "change %d is a %s but the record of batch %q is %q", c.Seq, c.Op, c.Batch, rec.State)
	}
	b.asked, b.wanted = c.Seq, c.Batch
	return rec, errRecord
}
