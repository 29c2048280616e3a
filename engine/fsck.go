package engine

import (
	"bytes"
	"context"
	"fmt"

	"mintmark/engine/batch"
	"mintmark/engine/mint"
	"mintmark/engine/store"
)

// FsckReport is what Fsck found.
type FsckReport struct {
	Batches  int             `json:"batches"`
	Stamps   uint64          `json:"stamps"` // recomputed and equal
	Changes  uint64          `json:"changes"`
	Records  int             `json:"records"`  // of the registry
	Problems []store.Problem `json:"problems"` // the first maxProblems
	More     int             `json:"more"`     // problems beyond those
}

// maxProblems bounds the report.
const maxProblems = 1000

func (r *FsckReport) add(p store.Problem) {
	if len(r.Problems) >= maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, p)
}

// Fsck checks everything that is stored against everything else: it computes
// every tag of every sealed batch again, and its root, checks the signed
// certificates, the change log, the event log and the state that it adds up
// to, the accounting of each batch, and the registry. It changes nothing and may run beside
// a working server. progress gets the stamps done so far.
func (e *Engine) Fsck(ctx context.Context, progress func(stamps uint64)) (*FsckReport, error) {
	r := &FsckReport{Problems: []store.Problem{}}
	if err := e.st.Check(ctx, r.add); err != nil {
		return r, e.check(err)
	}
	if err := e.fsckRegistry(ctx, r); err != nil {
		return r, err
	}
	index := e.tracker.Index()
	r.Changes = index.Head()
	for _, b := range index.Entries() {
		if b.Batch.State != store.Sealed {
			continue
		}
		if err := e.fsckBatch(ctx, b, r); err != nil {
			return r, err
		}
		r.Batches++
		r.Stamps += b.Batch.Count
		progress(r.Stamps)
	}
	return r, nil
}

func (e *Engine) fsckBatch(ctx context.Context, entry *batch.Entry, r *FsckReport) error {
	b := &entry.Batch
	problem := func(part, id, detail string) { r.add(store.Problem{Part: part, ID: id, Detail: detail}) }
	each := func(ctx context.Context, from, to uint32, fn func(store.Chunk) error) error {
		return e.st.EachChunk(ctx, b.ID, from, to, fn)
	}
	root, err := mint.Verify(ctx, each, b, entry.Key, func(chunk uint32, detail string) {
		problem("chunk", fmt.Sprintf("%s/%d", b.ID, chunk), detail)
	})
	if err != nil {
		return e.check(err)
	}
	if !bytes.Equal(root[:], b.Root) {
		problem("batch", b.ID, "the root that was sealed is not the one that its key gives")
	}
	iss := e.keys.Load().issuers[b.IssuerKey]
	if iss == nil {
		problem("batch", b.ID, "its issuer key is missing")
	} else if want, err := mint.Certificate(b, root, iss, certificateName(b)); err != nil || want != b.Certificate {
		problem("batch", b.ID, "its certificate is not the one that its record and key give")
	}
	if a := entry.Accounts(b.SealedAt.UnixMicro()); a.Activated+a.Spoiled+a.Returned+a.Revoked+a.Expired+a.Outstanding != a.Minted {
		problem("batch", b.ID, "its accounts do not add up to the stamps minted")
	}
	return nil
}
