package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// ChunkSize is how many stamps a chunk of a new batch holds.
const ChunkSize = 8192

// MaxCount bounds one batch: a print run of a billion is minted as several.
const MaxCount = 1_000_000_000

// MintRequest asks for a batch.
type MintRequest struct {
	Count     uint64    `json:"count"`
	Product   string    `json:"product,omitempty"`
	GTIN      string    `json:"gtin,omitempty"` // 8, 12, 13 or 14 digits
	Lot       string    `json:"lot,omitempty"`
	Form      string    `json:"form,omitempty"` // "plain" or "gs1"; default gs1 when there is a GTIN
	Printer   string    `json:"printer,omitempty"`
	Producer  string    `json:"producer,omitempty"`
	Public    bool      `json:"public,omitempty"` // symbols carry an issuer signature
	ExpiresAt time.Time `json:"expires_at,omitzero"`

	IdempotencyKey string `json:"-"` // scoped by the caller to who asks
	By             Actor  `json:"-"`
}

// BatchInfo is a batch as the API shows it.
type BatchInfo struct {
	ID          string         `json:"batch"`
	State       batch.Life     `json:"state"`
	Count       uint64         `json:"count"`
	Minted      uint64         `json:"minted"` // stamps on disk so far
	Product     string         `json:"product"`
	GTIN        string         `json:"gtin,omitempty"`
	Lot         string         `json:"lot,omitempty"`
	Form        string         `json:"form"`
	BaseURL     string         `json:"base_url"`
	Printer     string         `json:"printer,omitempty"`
	Producer    string         `json:"producer,omitempty"`
	Public      bool           `json:"public"`
	Version     uint8          `json:"version"`
	IssuerKey   string         `json:"issuer_key"`
	CreatedAt   time.Time      `json:"created_at"`
	SealedAt    time.Time      `json:"sealed_at,omitzero"`
	ExpiresAt   time.Time      `json:"expires_at,omitzero"`
	Seconds     float64        `json:"seconds"` // from batch record to sealed, or so far
	Root        string         `json:"root,omitempty"`
	Certificate string         `json:"certificate,omitempty"`
	Accounts    batch.Accounts `json:"accounts"`
	Error       string         `json:"error,omitempty"` // why minting has stopped for now
}

// CreateBatch records a batch and starts to mint it; it returns when the
// record is on disk. With a known idempotency key it returns the batch made
// first, and created is false.
func (e *Engine) CreateBatch(ctx context.Context, r MintRequest) (info BatchInfo, created bool, err error) {
	link, err := r.link(e.base)
	if err != nil {
		return info, false, err
	}
	if err := r.check(e.Now()); err != nil {
		return info, false, err
	}
	b, err := e.newBatch(r, link)
	if err != nil {
		return info, false, err
	}
	b, created, err = e.record(ctx, b, r.By)
	if err != nil {
		return info, false, err
	}
	info, err = e.Batch(b.ID)
	return info, created, err
}

// record writes the batch record and starts the job, as one step that no
// change comes between.
func (e *Engine) record(ctx context.Context, b store.Batch, by Actor) (store.Batch, bool, error) {
	e.ctl.Lock()
	defer e.ctl.Unlock()
	if e.dead.Load() {
		return b, false, errDead
	}
	if !e.jobs.room(e.cfg.MaxQueued) {
		return b, false, fault.New(fault.Busy, "%d batches are being minted already; wait for one to be sealed", e.cfg.MaxQueued)
	}
	b, created, err := e.st.CreateBatch(ctx, b, store.Change{Actor: by.Name, Token: by.Token})
	if err != nil {
		return b, false, e.check(err)
	}
	if created {
		e.startJob(b)
	}
	return b, created, e.refresh()
}

func (r *MintRequest) check(now time.Time) error {
	if r.Count == 0 || r.Count > MaxCount {
		return fault.Field("count", "is %d; mint from 1 to %d stamps in one batch", r.Count, MaxCount)
	}
	if !r.ExpiresAt.IsZero() && !r.ExpiresAt.After(now) {
		return fault.Field("expires_at", "lies in the past; give a later time or leave it out")
	}
	if len(r.IdempotencyKey) > 300 {
		return fault.Field("Idempotency-Key", "is longer than 255 bytes")
	}
	return errors.Join(checkText("product", r.Product, 0, 200), checkText("printer", r.Printer, 0, 100),
		checkText("producer", r.Producer, 0, 100), r.By.check())
}

// link returns what the batch pins of its URLs.
func (r *MintRequest) link(base string) (l serial.Link, err error) {
	l = serial.Link{Base: base, Lot: r.Lot}
	if r.GTIN != "" {
		if l.GTIN, err = serial.NormalizeGTIN(r.GTIN); err != nil {
			return l, err
		}
		l.Form = serial.DigitalLink
	}
	if r.Form != "" {
		if l.Form, err = serial.ParseForm(r.Form); err != nil {
			return l, err
		}
	}
	return l, l.Validate()
}

// newBatch returns the record to be, with a fresh key.
func (e *Engine) newBatch(r MintRequest, link serial.Link) (store.Batch, error) {
	k := e.keys.Load()
	b := store.Batch{
		ID: randomText(16), Version: k.current, Count: r.Count, ChunkSize: ChunkSize, Link: link,
		Product: r.Product, Printer: r.Printer, Producer: r.Producer, Public: r.Public,
		IssuerKey: k.issuer, ExpiresAt: r.ExpiresAt.UTC(),
	}
	if r.IdempotencyKey != "" {
		asked, err := json.Marshal(r)
		if err != nil {
			return b, err
		}
		sum := sha256.Sum256(asked)
		b.IdempotencyKey, b.RequestHash = r.IdempotencyKey, hex.EncodeToString(sum[:])
	}
	secret := keyring.NewSecret()
	var err error
	b.Key, err = e.kek.Wrap(batchBinding(&b), secret[:])
	return b, err
}

// Batch returns one batch.
func (e *Engine) Batch(id string) (BatchInfo, error) {
	b := e.tracker.Index().ByID(id)
	if b == nil {
		return BatchInfo{}, noBatch(id)
	}
	return e.info(b), nil
}

// Batches returns the batches that keep selects, oldest first.
func (e *Engine) Batches(keep func(BatchInfo) bool) []BatchInfo {
	out := []BatchInfo{}
	for _, b := range e.tracker.Index().Entries() {
		if info := e.info(b); keep(info) {
			out = append(out, info)
		}
	}
	return out
}

// info returns a batch as it stands now. A job ends after its batch is sealed,
// so the job is looked at first: who sees it ended also sees the batch sealed.
func (e *Engine) info(entry *batch.Entry) BatchInfo {
	minted, problem := e.jobs.status(entry.Batch.ID)
	entry = e.tracker.Index().ByID(entry.Batch.ID)
	now := e.Now()
	b := &entry.Batch
	info := BatchInfo{
		ID: b.ID, State: entry.Life(now.UnixMicro()), Count: b.Count, Minted: b.Count,
		Product: b.Product, GTIN: b.Link.GTIN, Lot: b.Link.Lot, Form: b.Link.Form.String(), BaseURL: b.Link.Base,
		Printer: b.Printer, Producer: b.Producer, Public: b.Public, Version: b.Version, IssuerKey: b.IssuerKey,
		CreatedAt: b.CreatedAt, SealedAt: b.SealedAt, ExpiresAt: b.ExpiresAt,
		Seconds: b.SealedAt.Sub(b.CreatedAt).Seconds(),
		Root:    hex.EncodeToString(b.Root), Certificate: b.Certificate, Accounts: entry.Accounts(now.UnixMicro()),
	}
	if b.State == store.Minting {
		info.Seconds = now.Sub(b.CreatedAt).Seconds()
		info.Minted, info.Error = minted, problem
	}
	return info
}

// Code returns the serial at a position (from 1) of a batch.
func (e *Engine) Code(id string, position uint64) (serial.Code, error) {
	b := e.tracker.Index().ByID(id)
	if b == nil {
		return serial.Code{}, noBatch(id)
	}
	r, err := batch.Positions(&b.Batch, position, position)
	if err != nil {
		return serial.Code{}, err
	}
	return e.codeAt(&b.Batch, b.Key, new(keyring.Scratch), r.First), nil
}
