// Package badgerstore keeps everything in two embedded Badger databases:
//
//	core   the control plane and the chunks; always synced to disk
//	scans  event blocks and the scan state they add up to; synced by default
//
// They are apart so that a scan never waits for the megabytes of a minting
// batch, and so that the async choice for scans never weakens a revocation.
//
// # Who owns what
//
// Control writes hold ctl and are few. The scan log is written by AppendScans
// alone; scanLog says how two groups share the way to the disk, and how a
// reader never sees a number that could still be lost. A write whose
// durability is unknown
// poisons the store: every later call fails, and the process must restart.
package badgerstore

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/dgraph-io/badger/v4"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Options configures Open. The zero value of each field means its default.
type Options struct {
	Dir   string // the data directory; created if missing
	Async bool   // scans survive kill -9 but not a power cut

	// JournalBytes is the size of the scan journal that a new store gets (default 16
	// MiB): all that scans write between two drains to Badger must fit in half of it.
	JournalBytes int64

	// StateBytes bounds the scan state held in memory (default 256 MiB). Less
	// recently used pages are read back from disk.
	StateBytes int64

	// Reserves in bytes of free disk, below which minting (default 1 GiB),
	// scans (512 MiB) and control changes (256 MiB) are refused: Badger writes
	// through mmap and a full disk would kill the process.
	MintReserve, ScanReserve, ControlReserve int64

	FreeSpace func() (int64, error) // default: what statfs says of Dir
	Clock     func() time.Time      // default: time.Now
	Warn      func(msg string)      // default: nothing
}

// DefaultMintReserve is the free disk, in bytes, that minting leaves alone.
const DefaultMintReserve = 1 << 30

// Store implements store.Store.
type Store struct {
	opt  Options
	lock *os.File
	core *badger.DB
	log  *badger.DB
	tail *tail

	journal    *journal
	some, many chan struct{} // blocks wait for a drain; so many that it starts at once
	quit       chan struct{} // ends the drains
	drainer    chan struct{} // closed when they have ended

	head   atomic.Uint64 // newest change
	broken atomic.Pointer[error]

	// minters is held for reading while chunks are written, and for writing
	// while a claim or a seal shuts out older minters: so no chunk of theirs
	// is still on its way once that is granted. It is taken before ctl.
	minters   sync.RWMutex
	retention sync.Mutex // one deletion at a time, and none during a check

	ctl     sync.Mutex // serialises control writes; guards the fields below
	batches *catalogue
	lastAt  time.Time

	scan scanLog
}

var _ store.Store = (*Store)(nil)

// Open opens or creates the store, replays the scan log from its last
// checkpoint and returns when everything acknowledged earlier is back.
func Open(opt Options) (*Store, error) {
	opt.setDefaults()
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "create the data directory")
	}
	lock, err := lockDir(opt.Dir)
	if err != nil {
		return nil, err
	}
	s := &Store{opt: opt, lock: lock, batches: newCatalogue(),
		some: make(chan struct{}, 1), many: make(chan struct{}, 1), quit: make(chan struct{}), drainer: make(chan struct{})}
	s.scan.turn = sync.NewCond(&s.scan.turnMu)
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.release())
	}
	return s, nil
}

func (o *Options) setDefaults() {
	def := func(p *int64, v int64) {
		if *p == 0 {
			*p = v
		}
	}
	def(&o.JournalBytes, 2*minJournal)
	def(&o.StateBytes, 256<<20)
	def(&o.MintReserve, DefaultMintReserve)
	def(&o.ScanReserve, 512<<20)
	def(&o.ControlReserve, 256<<20)
	if o.FreeSpace == nil {
		dir := o.Dir
		o.FreeSpace = func() (int64, error) { return freeSpace(dir) }
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
}

// open opens the databases and brings the memory up to them.
func (s *Store) open() (err error) {
	if s.core, err = openDB(filepath.Join(s.opt.Dir, "core"), coreMemTable, true, s.opt.Warn); err != nil {
		return err
	}
	if s.log, err = openDB(filepath.Join(s.opt.Dir, "scans"), scanMemTable, !s.opt.Async, s.opt.Warn); err != nil {
		return err
	}
	if s.tail, err = openTail(filepath.Join(s.opt.Dir, "scans.tail")); err != nil {
		return err
	}
	if err = s.loadControl(); err != nil {
		return err
	}
	journal, found, err := openJournal(filepath.Join(s.opt.Dir, "scans.journal"), s.opt.JournalBytes, !s.opt.Async)
	if err != nil {
		return err
	}
	s.journal = journal
	if err := s.recover(found); err != nil {
		return err
	}
	if err := s.replay(); err != nil {
		return err
	}
	go s.drainLoop()
	return nil
}

// lockDir takes the data directory for this process. The lock ends with the
// process, however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "open the lock file")
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fault.New(fault.Busy, "the data directory %s is held by a running server: "+
			"name that server with --server URL --token TOKEN, or stop it", dir)
	}
	return f, nil
}

// Close writes the rest of the scan state, where the disk has room for it, and
// closes the databases. The next start replays what was not written.
func (s *Store) Close() error {
	close(s.quit)
	<-s.drainer
	var err error
	if s.usable() == nil && s.room("scans are", s.opt.ScanReserve) == nil {
		err = s.flushState()
	}
	return errors.Join(err, s.release())
}

// release closes whatever is open.
func (s *Store) release() error {
	var errs []error
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	if s.core != nil {
		errs = append(errs, s.core.Close())
	}
	if s.tail != nil {
		errs = append(errs, s.tail.close())
	}
	if s.journal != nil {
		errs = append(errs, s.journal.close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}

// commit runs one transaction. What fill puts in is durable when it returns
// nil. An error of fill changes nothing; an error of the commit itself may or
// may not have reached the disk and poisons the store.
func (s *Store) commit(db *badger.DB, fill func(*badger.Txn) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	txn := db.NewTransaction(true)
	defer txn.Discard()
	if err := fill(txn); err != nil {
		return err
	}
	if err := txn.Commit(); err != nil {
		return s.poison(err)
	}
	return nil
}

// view runs one reading transaction, if the store is usable.
func (s *Store) view(db *badger.DB, fn func(*badger.Txn) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	return db.View(fn)
}

// poison records that a write may or may not be on disk.
func (s *Store) poison(err error) error {
	err = fault.Wrap(fault.Unknown, err, "a write may not be on disk; restart to recover")
	s.broken.CompareAndSwap(nil, &err)
	s.scan.turnMu.Lock()
	defer s.scan.turnMu.Unlock()
	s.scan.turn.Broadcast()
	return err
}

// usable returns the error that poisoned the store, if any.
func (s *Store) usable() error {
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// logger passes Badger's warnings and errors on and drops the rest.
type logger struct{ warn func(string) }

// Now implements store.Store.
func (s *Store) Now() time.Time { return s.opt.Clock() }

// Lanes implements store.Scans: one disk, one lane.
func (s *Store) Lanes() int { return 1 }

// Lane implements store.Scans.
func (s *Store) Lane(uint64) int { return 0 }
