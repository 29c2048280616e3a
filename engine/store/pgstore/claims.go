package pgstore

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// The chunks of a batch are claimed part by part, so that several nodes mint one
// batch together. A claim is a lease: it ends some time after its last write,
// and then goes to whoever asks, under a new fence that shuts the old one out.
// When all parts are stored, one claim on all chunks is given out, to seal.

// sealPart is the number of the claim to seal.
const sealPart = -1

const (
	sqlAddMint  = "INSERT INTO mm_mint (bucket, batch, chunks, fence, closed) VALUES ($1, $2, $3, 0, false) ON CONFLICT DO NOTHING"
	sqlLockMint = "SELECT fence, closed FROM mm_mint WHERE bucket = $1 AND batch = $2 FOR UPDATE"
	sqlSetFence = "UPDATE mm_mint SET fence = $3 WHERE bucket = $1 AND batch = $2"
	sqlNow1     = "SELECT " + sqlNow
	sqlAddPart  = `INSERT INTO mm_claim (bucket, batch, part, from_, to_, fence, holder, until, done)
		SELECT $1, $2, p, p * $4, LEAST((p + 1) * $4, $3), 0, '', 0, false FROM generate_series(0, ($3::bigint - 1) / $4::bigint) AS p
		ON CONFLICT DO NOTHING`
	// The parts that are not known to be stored, and how many chunks are.
	sqlParts = `SELECT c.part, c.from_, c.to_, c.holder, c.until, (SELECT count(*) FROM mm_chunk k
			WHERE k.bucket = c.bucket AND k.batch = c.batch AND k.idx >= c.from_ AND k.idx < c.to_)
		FROM mm_claim c WHERE c.bucket = $1 AND c.batch = $2 AND NOT c.done ORDER BY c.part`
	sqlGiveUp = `UPDATE mm_claim SET fence = 0, holder = '', until = 0 WHERE bucket = $1 AND batch = $2 AND holder = $3`
	sqlDone   = "UPDATE mm_claim SET done = true WHERE bucket = $1 AND batch = $2 AND part = $3"
	sqlGive   = `INSERT INTO mm_claim (bucket, batch, part, from_, to_, fence, holder, until, done)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false) ON CONFLICT (bucket, batch, part)
		DO UPDATE SET from_ = excluded.from_, to_ = excluded.to_, fence = excluded.fence, holder = excluded.holder, until = excluded.until`
	sqlExtend = `UPDATE mm_claim SET until = GREATEST(until, ` + sqlNow + ` + $2) WHERE bucket = $3 AND batch = $4 AND fence = $5
		RETURNING until`
	sqlExpire = "UPDATE mm_claim SET until = 0 WHERE bucket = $1 AND batch = $2 AND holder = $3 AND fence <= $4"
)

// Sizes of parts.
const (
	partStamps = 8_000_000 // at most, unless a chunk is larger
	manyChunks = 64        // make at least
	fewParts   = 8
)

// partChunks returns how many chunks a part of a batch has.
func (s *Store) partChunks(b *store.Batch) uint32 {
	if s.opt.PartChunks > 0 {
		return uint32(s.opt.PartChunks)
	}
	n := max(1, partStamps/b.ChunkSize)
	if b.Chunks() >= manyChunks {
		n = min(n, b.Chunks()/fewParts)
	}
	return n
}

// part is a row of mm_claim.
type part struct {
	number   int64
	from, to uint32
	holder   string
	until    int64
	stored   uint32 // chunks
}

func (p *part) full() bool { return p.stored == p.to-p.from }

// claiming is one try to claim.
type claiming struct {
	s      *Store
	b      *store.Batch
	bucket int

	fence  uint64
	closed bool
	now    int64
	parts  []part // not done
}

// ClaimMint implements store.Control.
func (s *Store) ClaimMint(ctx context.Context, id string) (store.Claim, error) {
	b, err := s.batch(ctx, id)
	if err != nil {
		return store.Claim{}, err
	}
	if b.State != store.Minting {
		return store.Claim{}, fault.New(fault.Conflict, "batch %s is %s already", id, b.State)
	}
	var claim store.Claim
	var until int64
	err = s.run(ctx, func(ctx context.Context, t *tx) error {
		c := &claiming{s: s, b: b, bucket: s.chunkBucket(id)}
		if err := c.look(ctx, t); err != nil {
			return err
		}
		q := t.batch()
		p, err := c.pick(q)
		if err != nil {
			return err
		}
		until = c.now + s.opt.ClaimTime.Microseconds()
		claim = c.give(q, p, until)
		return t.finish(ctx, q)
	})
	if err != nil {
		return store.Claim{}, err
	}
	s.claimed.set(id, heldClaim{claim.Fence, until})
	return claim, nil
}

// look makes the rows of a batch on its first claim, waits for the turn of this
// one, and reads what is left to do.
func (c *claiming) look(ctx context.Context, t *tx) error {
	q := t.batch()
	q.Queue(sqlAddMint, c.bucket, c.b.ID, c.b.Chunks())
	q.Queue(sqlLockMint, c.bucket, c.b.ID).QueryRow(func(row pgx.Row) error { return row.Scan(&c.fence, &c.closed) })
	if err := t.send(ctx, q); err != nil {
		return err
	}
	q = t.batch()
	if c.fence == 0 {
		q.Queue(sqlAddPart, c.bucket, c.b.ID, c.b.Chunks(), c.s.partChunks(c.b))
	}
	q.Queue(sqlNow1, c.s.clock()).QueryRow(func(row pgx.Row) error { return row.Scan(&c.now) })
	q.Queue(sqlParts, c.bucket, c.b.ID).Query(func(rows pgx.Rows) error {
		var p part
		_, err := pgx.ForEachRow(rows, []any{&p.number, &p.from, &p.to, &p.holder, &p.until, &p.stored}, func() error {
			c.parts = append(c.parts, p)
			return nil
		})
		return err
	})
	return t.send(ctx, q)
}

// pick notes what is done and returns the first part that is neither done nor
// held by another, or all chunks, to seal, when everything is done.
func (c *claiming) pick(q *pgx.Batch) (part, error) {
	q.Queue(sqlGiveUp, c.bucket, c.b.ID, c.s.opt.Node)
	seal := part{number: sealPart, to: c.b.Chunks()}
	todo := false
	for _, p := range c.parts {
		switch {
		case p.number == sealPart:
			seal.holder, seal.until = p.holder, p.until
		case p.full():
			q.Queue(sqlDone, c.bucket, c.b.ID, p.number)
		case c.free(p):
			return p, nil
		default:
			todo = true
		}
	}
	if todo || !c.free(seal) {
		return part{}, fault.New(fault.Busy, "other nodes mint or seal what is left of batch %s; try again later", c.b.ID)
	}
	return seal, nil
}

// free reports whether no other node holds a part. What this node held before it
// was started again, it may have back.
func (c *claiming) free(p part) bool { return p.until <= c.now || p.holder == c.s.opt.Node }

// give queues what makes a part this store's. The claim on a closed batch lets
// nobody write: its row has no fence.
func (c *claiming) give(q *pgx.Batch, p part, until int64) store.Claim {
	claim := store.Claim{From: p.from, To: p.to, Fence: c.fence + 1, Stored: c.storedOutside(p)}
	writers := claim.Fence
	if c.closed {
		writers = 0
	}
	q.Queue(sqlSetFence, c.bucket, c.b.ID, claim.Fence)
	q.Queue(sqlGive, c.bucket, c.b.ID, p.number, p.from, p.to, writers, c.s.opt.Node, until)
	return claim
}

// storedOutside returns how many stamps are stored outside a part.
func (c *claiming) storedOutside(mine part) uint64 {
	if mine.number == sealPart {
		return 0
	}
	missing := uint64(0) // chunks that are not stored outside the part
	for _, p := range c.parts {
		if p.number != sealPart && p.number != mine.number {
			missing += uint64(p.to-p.from) - uint64(p.stored)
		}
	}
	outside := c.b.Count - min(c.b.Count, uint64(mine.to)*uint64(c.b.ChunkSize)) + uint64(mine.from)*uint64(c.b.ChunkSize)
	return outside - min(outside, missing*uint64(c.b.ChunkSize))
}

// claims are the newest claims of this open of the store, by batch.
type claims struct {
	mu   sync.Mutex
	held map[string]heldClaim
}

// heldClaim is what is known of a claim.
type heldClaim struct {
	fence uint64
	until int64 // microseconds since 1970 UTC
}

func (c *claims) set(id string, h heldClaim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[string]heldClaim{}
	}
	if h.fence >= c.held[id].fence {
		c.held[id] = h
	}
}

func (c *claims) get(id string) heldClaim {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held[id]
}

// drop forgets and returns all claims.
func (c *claims) drop() map[string]heldClaim {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.held
	c.held = nil
	return held
}

// extend keeps a claim alive that has lived half its time. It is a transaction
// of its own, since writers that share the claim's row could not also write it.
func (s *Store) extend(ctx context.Context, id string, fence uint64) error {
	held := s.claimed.get(id)
	left := time.Duration(held.until-s.Now().UnixMicro()) * time.Microsecond
	if held.fence == fence && left > s.opt.ClaimTime/2 {
		return nil
	}
	until := int64(0)
	err := s.run(ctx, func(ctx context.Context, t *tx) error {
		until = 0
		q := t.batch()
		q.Queue(sqlExtend, s.clock(), s.opt.ClaimTime.Microseconds(), s.chunkBucket(id), id, fence).Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&until}, func() error { return nil })
			return err
		})
		return t.finish(ctx, q)
	})
	if err != nil {
		return err
	}
	if until == 0 {
		return staleClaim(id, fence)
	}
	s.claimed.set(id, heldClaim{fence, until})
	return nil
}

// staleClaim is the error of a fence that was given to another.
func staleClaim(id string, fence uint64) error {
	return fault.New(fault.Conflict, "batch %s is being minted by another, or sealed: claim %d is no longer valid", id, fence)
}

// release lets others have what this store has claimed, without waiting for it
// to end by itself.
func (s *Store) release() {
	for id, claim := range s.claimed.drop() {
		err := s.run(context.Background(), func(ctx context.Context, t *tx) error {
			q := t.batch()
			q.Queue(sqlExpire, s.chunkBucket(id), id, s.opt.Node, claim.fence)
			return t.finish(ctx, q)
		})
		if err != nil {
			s.opt.Log.Warn("claims to mint are left to end by themselves", "error", err)
			return
		}
	}
}
