package bench

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// costs is what a run has used up.
type costs struct {
	node   float64 // processor seconds of this process
	client float64 // processor seconds of the programs that it started and that ended
	db     float64 // processor seconds of PostgreSQL, a standby's aside
	wal    float64 // bytes of PostgreSQL's log
}

// counts is what a run has left behind.
type counts struct {
	stored float64 // scans, by the sum of the counts in the store
	logged float64 // scans that were acknowledged
	groups float64
}

// sample is one round of one kind of load.
type sample struct {
	loadResult
	costs
	counts
}

// measure runs a load. It fails unless the store has exactly the scans that
// were acknowledged, and the client got no more answers. The counts are read
// outside the part that is measured: that takes processor time too.
func (k *cluster) measure(ctx context.Context, count func(context.Context) (counts, error), run func(context.Context) (loadResult, error)) (s sample, err error) {
	n, err := count(ctx)
	if err != nil {
		return s, err
	}
	before, err := k.costs(ctx)
	if err != nil {
		return s, err
	}
	if s.loadResult, err = run(ctx); err != nil {
		return s, err
	}
	after, err := k.costs(ctx)
	if err != nil {
		return s, err
	}
	if s.counts, err = count(ctx); err != nil {
		return s, err
	}
	s.costs = costs{after.node - before.node, after.client - before.client, after.db - before.db, after.wal - before.wal}
	s.counts = counts{s.stored - n.stored, s.logged - n.logged, s.groups - n.groups}
	if s.stored != s.logged || s.requests > s.logged {
		err = fmt.Errorf("%.0f scans were answered, %.0f acknowledged, and the store has %.0f", s.requests, s.logged, s.stored)
	}
	return s, err
}

// count reads what the store has and what the nodes have acknowledged.
func (k *cluster) count(ctx context.Context) (n counts, err error) {
	for _, e := range k.nodes {
		s := e.Stats().Scans
		n.logged += float64(s.Events)
		n.groups += float64(s.Groups)
	}
	n.stored, err = queryNumber(ctx, k.dsn, "SELECT COALESCE(sum(count), 0) FROM mm_stamp")
	return n, err
}

// costs reads the meters.
func (k *cluster) costs(ctx context.Context) (c costs, err error) {
	if c.wal, err = queryNumber(ctx, k.dsn, "SELECT pg_current_wal_lsn() - '0/0'"); err != nil {
		return c, err
	}
	if c.db, err = databaseSeconds(k.main); err != nil {
		return c, err
	}
	c.node, c.client = rusage(syscall.RUSAGE_SELF), rusage(syscall.RUSAGE_CHILDREN)
	return c, nil
}

// rusage returns the processor seconds of this process, or of its children that
// were waited for.
func rusage(who int) float64 {
	var u syscall.Rusage
	if syscall.Getrusage(who, &u) != nil { // who is one of two constants
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// query runs one statement with psql and returns what it prints.
func query(ctx context.Context, dsn, sql string) (string, error) {
	psql, err := postgresProgram("psql")
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, psql, "-XAtqd", dsn, "-v", "ON_ERROR_STOP=1", "-c", sql).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("psql: %w: %s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func queryNumber(ctx context.Context, dsn, sql string) (float64, error) {
	out, err := query(ctx, dsn, sql)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(out, 64)
}
