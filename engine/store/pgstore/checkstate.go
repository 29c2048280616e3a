package pgstore

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/store"
	"mintmark/engine/store/eventlog"
)

// stampCheck is the stored state of one stamp, and what its events in the log
// add up to.
type stampCheck struct {
	ordinal     uint64
	count       uint32
	logged      uint32 // count of its newest event
	first, last int64
	logFirst    int64 // time of its oldest event
	logLast     int64
	whole       bool // none of its events has been deleted
}

// shape says what is wrong with a state by itself.
func (st *stampCheck) shape(sessions []byte) string {
	n := len(sessions) / sessionBytes
	distinct := map[string]bool{}
	for i := range n {
		distinct[string(sessions[i*sessionBytes:][:sessionBytes])] = true
	}
	switch {
	case len(sessions)%sessionBytes != 0 || n < 1 || n > store.MaxSessions || len(distinct) != n:
		return "its sessions do not decode"
	case uint32(n) > st.count:
		return "it has more sessions than scans"
	case st.first > st.last:
		return "its last scan is before its first"
	}
	return ""
}

// counted follows one stamp by its counted scans.
func (c *laneCheck) counted(e *store.Event) {
	i, found := slices.BinarySearchFunc(c.stamps, e.Ordinal, func(st stampCheck, o uint64) int { return cmp.Compare(st.ordinal, o) })
	if !found {
		c.problem("state", e.Ordinal, "the state has no scans and the log says %d", e.Count)
		return
	}
	st := &c.stamps[i]
	if (st.logged > 0 || c.mark.Low == 0) && e.Count != st.logged+1 {
		c.problem("scan", e.Seq, "is scan %d of ordinal %d after scan %d", e.Count, e.Ordinal, st.logged)
	}
	if st.logged == 0 {
		st.logFirst, st.whole = e.Time, e.Count == 1
	}
	st.logged, st.logLast = e.Count, e.Time
}

// compare holds a state against the log. Where the log knows nothing any more
// there is nothing to compare.
func (c *laneCheck) compare(st *stampCheck) {
	if st.logged == 0 && c.mark.Low > 0 {
		return
	}
	if st.count != st.logged || st.last != st.logLast || st.first > st.logFirst || st.whole && st.first != st.logFirst {
		c.problem("state", st.ordinal, "the state says %d scans from %d to %d and the log says %d from %d to %d",
			st.count, st.first, st.last, st.logged, st.logFirst, st.logLast)
	}
}

// hourCheck adds up the events of one hour at a time: the log is in the order
// of time.
type hourCheck struct {
	partial int64                  // the hour that retention may have reached, nothing before is known; -1: none
	hour    int64                  // being added up
	logged  map[uint64]*store.Hour // by batch
	rows    int                    // that there should be after the partial hour
	begun   bool
}

const (
	sqlHoursOf = `SELECT batch, v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, k0, k1, k2, k3, stamps
		FROM mm_hour WHERE bucket = $1 AND hour = $2 AND batch = ANY($3::bigint[])`
	sqlHourRows = "SELECT count(*) FROM mm_hour WHERE bucket = $1 AND hour > $2"
)

func (h *hourCheck) begin(m *laneMark) {
	h.partial, h.logged = -1, map[uint64]*store.Hour{}
	if m.Low > 0 {
		h.partial = hourOf(m.At) // until an event tells better
	}
}

// reach goes on to an hour, and compares the one before it.
func (h *hourCheck) reach(ctx context.Context, c *laneCheck, hour int64) error {
	if !h.begun {
		h.begun, h.hour = true, hour
		if c.mark.Low > 0 {
			h.partial = hour
		}
	}
	if hour <= h.hour {
		return nil
	}
	err := h.compare(ctx, c)
	h.hour = hour
	clear(h.logged)
	return err
}

func (h *hourCheck) add(batch uint64, e *store.Event) {
	sum := h.logged[batch]
	if sum == nil {
		sum = &store.Hour{Batch: batch, Start: time.Unix(h.hour*3600, 0).UTC()}
		h.logged[batch] = sum
	}
	eventlog.AddToHour(sum, e)
}

// compare holds the stored rows of the hour against the log.
func (h *hourCheck) compare(ctx context.Context, c *laneCheck) error {
	if h.hour > h.partial {
		h.rows += len(h.logged)
	}
	rows, err := c.tx.Query(ctx, sqlHoursOf, c.lane, h.hour, slices.Collect(maps.Keys(h.logged)))
	if err != nil {
		return err
	}
	stored, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Hour, error) { return rowToBatchHour(row, h.hour) })
	if err != nil {
		return err
	}
	found := map[uint64]store.Hour{}
	for _, s := range stored {
		found[s.Batch] = s
	}
	for batch, logged := range h.logged {
		s, ok := found[batch]
		if !ok || (h.hour > h.partial && s != *logged) || !covers(&s, logged) {
			c.problem("state", batch, "lane %d: hour %s says %+v and the log says %+v", c.lane, logged.Start, s, *logged)
		}
	}
	return nil
}

// covers reports whether no number of a is below that of b.
func covers(a, b *store.Hour) bool {
	x, y := numbersOf(a), numbersOf(b)
	for i := range x {
		if *x[i] < *y[i] {
			return false
		}
	}
	return true
}

// end compares the last hour, and how many rows there are.
func (h *hourCheck) end(ctx context.Context, c *laneCheck) error {
	if err := h.compare(ctx, c); err != nil {
		return err
	}
	var rows int
	err := c.tx.QueryRow(ctx, sqlHourRows, c.lane, h.partial).Scan(&rows)
	if err == nil && rows != h.rows {
		c.problem("state", c.lane, "the lane has %d rows of hours and the log says %d", rows, h.rows)
	}
	return err
}
