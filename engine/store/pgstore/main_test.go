package pgstore

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"mintmark/engine/fault"
	"mintmark/engine/store/pgstore/pgtest"
)

var ctx = context.Background()

// shared is the server of all tests that do not harm it.
var shared struct {
	once   sync.Once
	server *pgtest.Server
	err    error

	mu    sync.Mutex
	empty map[int]string // a store that nobody opens, by its lanes
}

func TestMain(m *testing.M) {
	// A store is opened several times in one check, so few make a test.
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	flag.Parse()
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// sharedServer returns the server that tests share.
func sharedServer(t testing.TB) *pgtest.Server {
	t.Helper()
	pgtest.Need(t)
	shared.once.Do(func() { shared.server, shared.err = pgtest.Start(pgtest.Config{MaxConnections: 200}) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// ownServer starts a server that ends with t.
func ownServer(t testing.TB, cfg pgtest.Config) *pgtest.Server {
	t.Helper()
	pgtest.Need(t)
	s, err := pgtest.Start(cfg)
	noError(t, err)
	t.Cleanup(func() { noError(t, s.Close()) })
	return s
}

// newDSN returns the address of a new store with some lanes, removed with t.
func newDSN(t testing.TB, lanes int) string {
	t.Helper()
	server := sharedServer(t)
	shared.mu.Lock()
	defer shared.mu.Unlock()
	from, ok := shared.empty[lanes]
	if !ok {
		var err error
		from, err = server.NewDatabase(ctx)
		noError(t, err)
		noError(t, Migrate(ctx, from, lanes, nil))
		if shared.empty == nil {
			shared.empty = map[int]string{}
		}
		shared.empty[lanes] = from
	}
	dsn, err := server.Clone(ctx, from)
	noError(t, err)
	return dropped(t, server, dsn)
}

// emptyDSN returns the address of a new database, removed with t.
func emptyDSN(t testing.TB) string {
	t.Helper()
	server := sharedServer(t)
	dsn, err := server.NewDatabase(ctx)
	noError(t, err)
	return dropped(t, server, dsn)
}

// dropped has a database removed with t.
func dropped(t testing.TB, server *pgtest.Server, dsn string) string {
	t.Cleanup(func() { noError(t, server.Drop(ctx, dsn)) })
	return dsn
}

// openStore opens a store that is closed with t.
func openStore(t testing.TB, opt Options) *Store {
	t.Helper()
	s, err := Open(ctx, opt)
	noError(t, err)
	t.Cleanup(func() { noError(t, s.Close()) })
	return s
}

// execute runs statements behind the stores' back.
func execute(t testing.TB, dsn string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(ctx, dsn)
	noError(t, err)
	defer conn.Close(ctx)
	for _, sql := range statements {
		_, err := conn.Exec(ctx, sql)
		noError(t, err)
	}
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%v)", err, fault.KindOf(err))
	}
}

// wantError checks an error's kind and that it says every one of words.
func wantError(t testing.TB, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got error %v (%v), want kind %v", err, fault.KindOf(err), kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}
