package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"mintmark/engine"
	"mintmark/engine/serial"
	"mintmark/engine/store/pgstore"
	"mintmark/engine/store/pgstore/pgtest"
)

// cluster is a PostgreSQL of our own with a site of one active batch in it, and
// the nodes over it, all in this process.
type cluster struct {
	cfg   *Config
	pg    *pgtest.Server
	dsn   string // of the site
	lanes int
	main  string // process id of PostgreSQL's first process
	batch engine.BatchInfo
	codes []serial.Code
	nodes []*engine.Engine
	ends  []func() error // what close has to do, the last first
}

// newCluster starts everything. Close it also after an error.
func newCluster(ctx context.Context, c *Config, nodes, lanes int) (*cluster, error) {
	k := &cluster{cfg: c, lanes: lanes}
	if err := k.startDatabase(ctx); err != nil {
		return k, err
	}
	for range nodes {
		if err := k.startNode(); err != nil {
			return k, err
		}
	}
	return k, k.prepare(ctx)
}

func (k *cluster) close() error {
	var errs []error
	for _, end := range slices.Backward(k.ends) {
		errs = append(errs, end())
	}
	k.ends = nil
	return errors.Join(errs...)
}

// startDatabase makes an empty site.
func (k *cluster) startDatabase(ctx context.Context) (err error) {
	if k.pg, err = pgtest.Start(pgtest.Config{Settings: pgSettings}); err != nil {
		return err
	}
	k.ends = append(k.ends, k.pg.Close)
	if k.dsn, err = k.pg.NewDatabase(ctx); err != nil {
		return err
	}
	if err := pgstore.Migrate(ctx, k.dsn, k.lanes, func(int, string) {}); err != nil {
		return err
	}
	if k.main, err = postmaster(ctx, k.dsn); err != nil {
		return err
	}
	_, err = engine.Init(ctx, engine.InitConfig{Dir: k.dir(), DSN: k.dsn, Actor: "bench"})
	return err
}

// pgSettings let PostgreSQL take as many clients as are tried, and keep its log
// from a checkpoint that would fall into one side's round and not the other's.
var pgSettings = map[string]string{"max_connections": "300", "shared_buffers": "512MB", "max_wal_size": "8GB"}

// dir holds the key file that all nodes share.
func (k *cluster) dir() string { return filepath.Join(k.cfg.Dir, "cluster") }

func (k *cluster) startNode() error {
	e, err := engine.Open(engine.Config{Dir: k.dir(), DSN: k.dsn})
	if err == nil {
		k.nodes = append(k.nodes, e)
		k.ends = append(k.ends, e.Close)
	}
	return err
}

// prepare mints and activates the batch and makes its codes.
func (k *cluster) prepare(ctx context.Context) (err error) {
	e := k.nodes[0]
	if k.batch, err = mint(ctx, e, loadStamps); err != nil {
		return err
	}
	if err := activate(ctx, e, k.batch.ID); err != nil {
		return err
	}
	if k.codes, err = codesOf(e, k.batch.ID, 1, 1, loadStamps); err != nil {
		return err
	}
	fmt.Fprintf(k.cfg.Out, "PostgreSQL: fsync on, synchronous_commit on, %v\n", pgSettings)
	return nil
}
