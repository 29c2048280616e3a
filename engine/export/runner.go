package export

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/label"
)

// Job is an export to be made.
type Job struct {
	Plan   *Plan
	Source func(context.Context, label.Part) label.Source // the stamps of a part, each time the same
	Issuer *keyring.Issuer                                // signs the manifest
	Name   string                                         // of the issuer's key
}

// Status is how far an export is here.
type Status struct {
	Labels   uint64    // written so far
	Running  bool      // it is being made, or waits for it
	Err      error     // why it was not made, if it was tried and is not Running
	Manifest *Manifest // of a complete export; must not be changed
}

// Runner makes exports and keeps them. It is safe for concurrent use.
type Runner struct {
	cfg   Config
	ctx   context.Context
	stop  context.CancelFunc
	wait  sync.WaitGroup
	slots chan struct{} // held while an export is made

	mu     sync.Mutex
	dir    string // "" until it is opened
	lock   *os.File
	all    map[string]*entry
	total  int64 // bytes of all
	queued int
}

// entry is one export, guarded by Runner.mu but for labels.
type entry struct {
	bytes    int64
	manifest *Manifest // once complete
	order    int64     // when it was completed, in no particular unit
	checked  bool      // the files were found whole by this runner

	labels atomic.Uint64
	ended  chan struct{} // of the newest job, nil if there was none
	cancel context.CancelFunc
	err    error // of the newest job
}

// running reports whether a job is under way.
func (e *entry) running() bool {
	if e.ended == nil {
		return false
	}
	select {
	case <-e.ended:
		return false
	default:
		return true
	}
}

// NewRunner returns a runner over what its directory holds. The directory is made
// when the first export is. The error is Conflict, field "export_dir", if another
// process uses the directory.
func NewRunner(cfg Config) (*Runner, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	r := &Runner{cfg: cfg, slots: make(chan struct{}, cfg.MaxJobs), all: map[string]*entry{}}
	r.ctx, r.stop = context.WithCancel(context.Background())
	if _, err := os.Stat(cfg.Dir); cfg.Dir == "" || errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	return r, r.open()
}

// open makes the directory and takes it for this process. The caller holds mu, or
// has the runner alone.
func (r *Runner) open() (err error) {
	if r.dir != "" {
		return nil
	}
	dir := r.cfg.Dir
	if dir == "" {
		sweep()
		dir, err = os.MkdirTemp("", temporary)
	} else {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return fault.Wrap(fault.Internal, err, "make the directory of exports")
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "lock the directory of exports")
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return &fault.Error{Kind: fault.Conflict, Field: "export_dir", Msg: dir + " is used by another process; give each its own"}
	}
	r.dir, r.lock = dir, lock
	return r.scan()
}

// Start makes an export in the background, unless it is complete or on its way. The
// error is Busy if too many are.
func (r *Runner) Start(j Job) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return errStopped
	}
	if err := r.open(); err != nil {
		return err
	}
	if err := r.queue(j.Plan.ID); err != nil {
		return err
	}
	e := r.all[j.Plan.ID]
	if e != nil && (e.manifest != nil || e.running()) {
		return nil
	}
	if e == nil {
		e = &entry{}
		r.all[j.Plan.ID] = e
	}
	ctx, cancel := context.WithCancel(r.ctx)
	e.ended, e.cancel, e.err = make(chan struct{}), cancel, nil
	e.labels.Store(0)
	r.queued++
	r.wait.Go(func() {
		defer cancel()
		m, err := r.make(ctx, e, j)
		r.end(e, j.Plan.ID, m, err)
	})
	return nil
}

// Queue returns the error, Busy, that Start would give for an export because there are
// too many.
func (r *Runner) Queue(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.queue(id)
}

// queue is Queue for a caller that holds mu.
func (r *Runner) queue(id string) error {
	if e := r.all[id]; r.queued < r.cfg.MaxQueued || e != nil && (e.manifest != nil || e.running()) {
		return nil
	}
	return fault.New(fault.Busy, "%d exports are being made or wait for it; try again when one is done", r.queued)
}

var errStopped = fault.New(fault.Busy, "exports stopped with the process; they go on at the next start")

// end notes how a job has ended. An export without room, or that cannot be made as
// asked, leaves no file.
func (r *Runner) end(e *entry, id string, m *Manifest, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queued--
	e.manifest, e.err, e.checked = m, err, true
	if m != nil {
		e.order = r.completed(id)
		r.settle(e)
	}
	var full *diskFull
	retry := fault.Is(err, fault.Busy) || fault.Is(err, fault.Unavailable) || errors.Is(err, context.Canceled)
	if err != nil && (errors.As(err, &full) || !retry) {
		if failed := r.remove(id, e); failed != nil {
			e.err = errors.Join(err, failed)
		}
	}
	close(e.ended)
}

// Workers returns how many goroutines make labels for each job.
func (r *Runner) Workers() int { return r.cfg.Workers }

// Status returns how far an export is; the zero value for one of which there is
// nothing here.
func (r *Runner) Status(id string) Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.all[id]
	if e == nil {
		return Status{}
	}
	s := Status{Labels: e.labels.Load(), Running: e.running(), Manifest: e.manifest}
	if e.manifest != nil {
		s.Labels = e.manifest.Count
	}
	if !s.Running {
		s.Err = e.err
	}
	return s
}

// Wait returns when an export's job has ended, or ctx has. The error is the job's
// or ctx's.
func (r *Runner) Wait(ctx context.Context, id string) error {
	ended := r.ended(id)
	if ended == nil {
		return nil
	}
	select {
	case <-ended:
		return r.Status(id).Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ended returns a channel that is closed when the newest job of an export has ended,
// or nil if there was none.
func (r *Runner) ended(id string) chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.all[id]; e != nil {
		return e.ended
	}
	return nil
}

// Close stops all jobs and keeps their finished parts, but for a directory of
// temporary files, which it removes. Closing again is harmless.
func (r *Runner) Close() error {
	r.mu.Lock()
	r.stop()
	r.mu.Unlock()
	r.wait.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lock == nil {
		return nil
	}
	var err error
	if r.cfg.Dir == "" {
		err = os.RemoveAll(r.dir)
	}
	err = errors.Join(err, r.lock.Close())
	r.lock = nil
	return err
}
