package pgstore

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
	"mintmark/engine/store/storecopy"
)

const (
	sqlLoadChanges = `INSERT INTO mm_change (bucket, seq, request, body)
		SELECT 0, u.seq, u.request, u.body FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS u(seq, request, body)`
	sqlLoadHead    = "UPDATE mm_head SET seq = $1, at = GREATEST(at, $2) WHERE bucket = 0"
	sqlLoadBatches = `INSERT INTO mm_batch (bucket, id, first, state, idem, body)
		SELECT 0, u.id, u.first, u.state, NULLIF(u.idem, ''), u.body
		FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bytea[]) AS u(id, first, state, idem, body)`
	sqlLoadNext    = "UPDATE mm_head SET next = $1 WHERE bucket = 0"
	sqlLoadRecords = `INSERT INTO mm_record (bucket, kind, id, data)
		SELECT 0, u.kind, u.id, u.data FROM unnest($1::text[], $2::text[], $3::bytea[]) AS u(kind, id, data)`
	sqlLoadChunks = `INSERT INTO mm_chunk (bucket, batch, idx, sum, tags)
		SELECT $1, u.batch, u.idx, u.sum, u.tags
		FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bytea[]) AS u(batch, idx, sum, tags)`
	sqlLoadStamps = `INSERT INTO mm_stamp (bucket, ordinal, count, first, last, sessions)
		SELECT $1, u.ordinal, u.count, u.first, u.last, u.sessions
		FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[]) AS u(ordinal, count, first, last, sessions)`
	sqlLoadBlocks = `INSERT INTO mm_block (bucket, seq, n, at, data)
		SELECT $1, u.seq, u.n, u.at, u.data
		FROM unnest($2::bigint[], $3::int[], $4::bigint[], $5::bytea[]) AS u(seq, n, at, data)`
	sqlLockLane = "SELECT seq FROM mm_lane WHERE bucket = $1 FOR UPDATE"
	sqlLoadLane = "UPDATE mm_lane SET seq = $2, at = GREATEST(at, $3) WHERE bucket = $1"
	sqlLoadTime = "UPDATE mm_lane SET at = GREATEST(at, $2) WHERE bucket = $1"
)

// PutChanges implements storecopy.Target.
func (l *Loader) PutChanges(ctx context.Context, s storecopy.Step, rows []store.Change) error {
	var seqs []uint64
	var requests, bodies [][]byte
	for i := range rows {
		body, err := json.Marshal(rows[i])
		if err != nil {
			return err
		}
		seqs, bodies = append(seqs, rows[i].Seq), append(bodies, body)
		// No call can ask for a change with its number as the request.
		requests = append(requests, binary.BigEndian.AppendUint64(make([]byte, 8, 16), rows[i].Seq))
	}
	last := rows[len(rows)-1]
	return l.put(ctx, storecopy.Changes, s, nil, func(b *pgx.Batch) {
		b.Queue(sqlLoadChanges, seqs, requests, bodies)
		b.Queue(sqlLoadHead, last.Seq, last.At.UnixMicro())
	})
}

// PutBatches implements storecopy.Target.
func (l *Loader) PutBatches(ctx context.Context, s storecopy.Step, rows []store.Batch) error {
	var ids, states, idems []string
	var firsts []uint64
	var bodies [][]byte
	for i := range rows {
		b := rows[i]
		if b.State == store.Minting {
			b.Fence = 0 // nobody here has claimed it
		}
		body, err := json.Marshal(b)
		if err != nil {
			return err
		}
		ids, states, idems = append(ids, b.ID), append(states, string(b.State)), append(idems, b.IdempotencyKey)
		firsts, bodies = append(firsts, b.First), append(bodies, body)
	}
	last := &rows[len(rows)-1]
	return l.put(ctx, storecopy.Batches, s, nil, func(b *pgx.Batch) {
		b.Queue(sqlLoadBatches, ids, firsts, states, idems, bodies)
		b.Queue(sqlLoadNext, last.First+last.Span())
	})
}

// PutRecords implements storecopy.Target.
func (l *Loader) PutRecords(ctx context.Context, s storecopy.Step, rows []store.Record) error {
	var kinds, ids []string
	var data [][]byte
	for _, r := range rows {
		kinds, ids, data = append(kinds, string(r.Kind)), append(ids, r.ID), append(data, notNil(r.Data))
	}
	return l.put(ctx, storecopy.Records, s, nil, func(b *pgx.Batch) { b.Queue(sqlLoadRecords, kinds, ids, data) })
}

// PutChunks implements storecopy.Target.
func (l *Loader) PutChunks(ctx context.Context, s storecopy.Step, rows []storecopy.Chunk) error {
	var ids []string
	var indexes, sums []int64
	var tags [][]byte
	for _, r := range rows {
		ids, indexes, tags = append(ids, r.Batch), append(indexes, int64(r.Index)), append(tags, r.Tags)
		sums = append(sums, int64(crc32.Checksum(r.Tags, castagnoli)))
	}
	return l.put(ctx, storecopy.Chunks, s, nil, func(b *pgx.Batch) { b.Queue(sqlLoadChunks, s.Bucket, ids, indexes, sums, tags) })
}

// PutStamps implements storecopy.Target. The time of a lane is not before the
// last scan of its stamps, also where retention has deleted the events.
func (l *Loader) PutStamps(ctx context.Context, s storecopy.Step, rows []storecopy.Stamp) error {
	var ordinals []uint64
	var counts, firsts, lasts []int64
	var sessions [][]byte
	newest := int64(0)
	for i := range rows {
		r := &rows[i]
		ordinals, counts = append(ordinals, r.Ordinal), append(counts, int64(r.Count))
		firsts, lasts = append(firsts, r.First), append(lasts, r.Last)
		packed := make([]byte, 0, len(r.Sessions)*sessionBytes)
		for _, session := range r.Sessions {
			packed = binary.LittleEndian.AppendUint64(packed, session)
		}
		sessions = append(sessions, packed)
		newest = max(newest, r.Last)
	}
	return l.put(ctx, storecopy.Stamps, s, nil, func(b *pgx.Batch) {
		b.Queue(sqlLoadStamps, s.Bucket, ordinals, counts, firsts, lasts, sessions)
		b.Queue(sqlLoadTime, s.Bucket, newest)
	})
}

// PutEvents implements storecopy.Target. Events of one time become one block.
func (l *Loader) PutEvents(ctx context.Context, s storecopy.Step, rows []store.Event) error {
	batches, err := l.s.batchesAt(ctx, 1<<62)
	if err != nil {
		return err
	}
	hours, err := sumHours(rows, &batches)
	if err != nil {
		return err
	}
	var seq uint64
	prepare := func(b *pgx.Batch) {
		b.Queue(sqlLockLane, s.Bucket).QueryRow(func(row pgx.Row) error { return row.Scan(&seq) })
	}
	return l.put(ctx, storecopy.Events, s, prepare, func(b *pgx.Batch) {
		p := packBlocks(s.Bucket, seq, rows)
		b.Queue(sqlLoadBlocks, s.Bucket, p.seqs, p.counts, p.times, p.data)
		queueHours(b, s.Bucket, hours)
		b.Queue(sqlLoadLane, s.Bucket, seq+uint64(len(rows)), rows[len(rows)-1].Time)
	})
}

// blocks are event blocks as columns.
type blocks struct {
	seqs   []uint64 // number of the first event in the lane
	counts []int
	times  []int64
	data   [][]byte
}

// packBlocks packs events that follow number last in their lane.
func packBlocks(lane int, last uint64, rows []store.Event) (p blocks) {
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].Time == rows[from].Time {
			to++
		}
		seq := last + uint64(from) + 1
		head := eventlog.Head{Seq: uint64(lane)<<store.LaneShift | seq, Time: rows[from].Time}
		p.seqs, p.counts = append(p.seqs, seq), append(p.counts, to-from)
		p.times, p.data = append(p.times, head.Time), append(p.data, eventlog.AppendBlock(nil, head, rows[from:to]))
		from = to
	}
	return p
}

// sumHours returns what events add to the hours of their batches, in the order
// of their first event.
func sumHours(rows []store.Event, batches *catalogue) (hours []store.Hour, err error) {
	type id struct {
		batch uint64
		hour  int64
	}
	place := map[id]int{}
	for i := range rows {
		first, err := batches.owner(rows[i].Ordinal)
		if err != nil {
			return nil, fault.Wrap(fault.Corrupt, err, "event %d", rows[i].Seq)
		}
		key := id{first, hourOf(rows[i].Time)}
		at, found := place[key]
		if !found {
			at = len(hours)
			place[key] = at
			hours = append(hours, store.Hour{Batch: first, Start: time.UnixMicro(key.hour * microsPerHour).UTC()})
		}
		eventlog.AddToHour(&hours[at], &rows[i])
	}
	return hours, nil
}

// AddHours implements storecopy.Target. What is added comes of deleted events,
// so the time of the lane is not before it.
func (l *Loader) AddHours(ctx context.Context, s storecopy.Step, rows []store.Hour) error {
	newest := int64(0)
	for i := range rows {
		newest = max(newest, rows[i].Start.UnixMicro())
	}
	return l.put(ctx, storecopy.Hours, s, nil, func(b *pgx.Batch) {
		queueHours(b, s.Bucket, rows)
		b.Queue(sqlLoadTime, s.Bucket, newest)
	})
}

// queueHours adds to hours of a lane, with a statement for each hour of the day.
func queueHours(b *pgx.Batch, lane int, hours []store.Hour) {
	byHour := map[int64][]store.Hour{}
	for _, h := range hours {
		hour := hourOf(h.Start.UnixMicro())
		byHour[hour] = append(byHour[hour], h)
	}
	for _, hour := range slices.Sorted(maps.Keys(byHour)) {
		b.Queue(sqlAddHours, hourArgs(lane, hour, byHour[hour])...)
	}
}
