package engine

import (
	"context"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/scan"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// StampInfo is everything that is known of one stamp.
type StampInfo struct {
	Serial      string        `json:"serial"`
	URL         string        `json:"url"`
	Batch       string        `json:"batch"`
	Position    uint64        `json:"position"` // from 1
	Verdict     store.Verdict `json:"-"`
	VerdictName string        `json:"verdict"` // what a scan would answer, scans counted so far
	State       string        `json:"state"`
	Suspended   bool          `json:"suspended"`
	Product     string        `json:"product"`
	Lot         string        `json:"lot,omitempty"`
	ActivatedAt time.Time     `json:"activated_at,omitzero"`
	ExpiresAt   time.Time     `json:"expires_at,omitzero"`
	Scans       uint32        `json:"scans"`
	Sessions    uint16        `json:"sessions"`
	FirstScan   time.Time     `json:"first_scan,omitzero"`
	LastScan    time.Time     `json:"last_scan,omitzero"`
}

// Stamp looks a stamp up without counting a scan.
func (e *Engine) Stamp(ctx context.Context, code serial.Code) (StampInfo, error) {
	c := Check{Target: serial.Target{Code: code}}
	if err := e.Peek(&c); err != nil {
		return StampInfo{}, err
	}
	if c.Entry == nil {
		return StampInfo{}, &fault.Error{Kind: fault.NotFound, Field: "serial", Msg: "the serial is not known; check the typing"}
	}
	owner, ordinal := &c.Entry.Batch, c.Event.Ordinal
	s, err := e.st.Stamp(ctx, ordinal)
	if err != nil {
		return StampInfo{}, e.check(err)
	}
	stamp := c.Entry.At(ordinal)
	if c.Verdict == store.Genuine && e.suspicious(s) {
		c.Verdict = store.Suspicious
	}
	return StampInfo{
		Serial: code.String(), URL: string(owner.Link.Append(nil, code, nil)),
		Batch: owner.ID, Position: ordinal - owner.First + 1,
		Verdict: c.Verdict, VerdictName: c.Verdict.String(), State: stamp.State.String(), Suspended: stamp.Suspended,
		Product: c.Product, Lot: c.Lot, ActivatedAt: Micro(stamp.ActivatedAt), ExpiresAt: Micro(stamp.ExpiresAt),
		Scans: s.Count, Sessions: s.Sessions, FirstScan: Micro(s.First), LastScan: Micro(s.Last),
	}, nil
}

func (e *Engine) suspicious(s store.StampState) bool {
	return s.Sessions >= e.scans.SuspectAt()
}

// Micro returns the UTC time of microseconds since 1970; 0 is the zero time.
func Micro(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// ScanInfo is one logged scan as the API shows it.
type ScanInfo struct {
	Seq     uint64    `json:"seq"`
	Time    time.Time `json:"time"`
	Serial  string    `json:"serial"`
	Batch   string    `json:"batch"`
	Verdict string    `json:"verdict"`
	Kind    string    `json:"kind"`
	Agent   string    `json:"agent"`
	Network string    `json:"network,omitempty"` // /24 or /48
	Country string    `json:"country,omitempty"`
	Scan    uint32    `json:"scan"` // its number among the stamp's counted scans
}

// ScanFilter selects logged scans.
type ScanFilter struct {
	Batch    string // id; empty: all that Allow lets through
	From, To time.Time
	After    uint64 // event number
	Limit    int
	Allow    func(BatchInfo) bool // which batches the caller may see
}

// Scans calls fn for the logged scans that f selects, oldest first.
func (e *Engine) Scans(ctx context.Context, f ScanFilter, fn func(ScanInfo) error) error {
	q := store.ScanQuery{From: f.From, To: f.To, After: f.After}
	index := e.tracker.Index()
	if f.Batch != "" {
		b := index.ByID(f.Batch)
		if b == nil {
			return noBatch(f.Batch)
		}
		q.First, q.Last = b.Batch.First, b.Batch.Last()
	}
	left := f.Limit
	allowed := map[string]bool{}
	var scratch keyring.Scratch
	err := e.st.EachScan(ctx, q, func(ev store.Event) error {
		b := e.tracker.Index().Find(ev.Ordinal)
		if b == nil {
			return fault.New(fault.Corrupt, "scan %d is of ordinal %d, which no batch owns", ev.Seq, ev.Ordinal)
		}
		ok, known := allowed[b.Batch.ID]
		if !known {
			ok = f.Allow == nil || f.Allow(e.info(b))
			allowed[b.Batch.ID] = ok
		}
		if !ok {
			return nil
		}
		if err := fn(e.scanInfo(&b.Batch, b.Key, &scratch, &ev)); err != nil {
			return err
		}
		if left--; left == 0 {
			return errEnough
		}
		return nil
	})
	return e.check(finished(err))
}

var errEnough = fault.New(fault.Internal, "enough")

func (e *Engine) scanInfo(b *store.Batch, key *keyring.BatchKey, s *keyring.Scratch, ev *store.Event) ScanInfo {
	info := ScanInfo{
		Seq: ev.Seq, Time: Micro(ev.Time), Serial: e.codeAt(b, key, s, ev.Ordinal).String(), Batch: b.ID,
		Verdict: ev.Verdict.String(), Kind: ev.Kind.String(), Agent: scan.Agent(ev.Agent).String(),
		Network: scan.CoarseString(ev.Net), Scan: ev.Count,
	}
	if ev.Country != [2]byte{} {
		info.Country = string(ev.Country[:])
	}
	return info
}

// codeAt returns the serial of an ordinal.
func (e *Engine) codeAt(b *store.Batch, key *keyring.BatchKey, s *keyring.Scratch, ordinal uint64) serial.Code {
	tag := key.Tag(s, b.Version, ordinal)
	return serial.Code{Version: b.Version, Tag: tag, Sealed: e.keys.Load().sites[b.Version].Seal(s, b.Version, ordinal, tag)}
}

// Hours calls fn for the hourly aggregates of a batch in [from, to).
func (e *Engine) Hours(ctx context.Context, id string, from, to time.Time, fn func(store.Hour) error) error {
	b := e.tracker.Index().ByID(id)
	if b == nil {
		return noBatch(id)
	}
	return e.check(e.st.Hours(ctx, b.Batch.First, from, to, fn))
}
