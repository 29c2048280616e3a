package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mintmark/engine/store/pgstore/pgtest"
)

// postgres is the one PostgreSQL server of a test process.
var postgres struct {
	once   sync.Once
	server *pgtest.Server
	err    error
}

// newDatabase returns the DSN of a new, empty database.
func newDatabase(ctx context.Context) (string, error) {
	postgres.once.Do(func() { postgres.server, postgres.err = pgtest.Start(pgtest.Config{MaxConnections: 300}) })
	if postgres.err != nil {
		return "", postgres.err
	}
	return postgres.server.NewDatabase(ctx)
}

// withPostgres runs tests and then ends the server, if they started one.
type withPostgres struct{ *testing.M }

func (m withPostgres) Run() int {
	code := m.M.Run()
	if postgres.server != nil {
		if err := postgres.server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// scriptCondition knows the condition postgres; it may be false only outside
// continuous integration.
func scriptCondition(cond string) (bool, error) {
	if cond != "postgres" {
		return false, fmt.Errorf("there is no condition %q", cond)
	}
	err := pgtest.Find()
	if err != nil && os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
		return false, err
	}
	return err == nil, nil
}

func scriptDatabase(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: database NAME")
	}
	dsn, err := newDatabase(context.Background())
	ts.Check(err)
	ts.Setenv(args[0], dsn)
}

func scriptSchema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: schema DSN VERSION")
	}
	version, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(psql(args[0], fmt.Sprintf("UPDATE mm_schema SET version = %d", version)))
}

// psql runs one statement in a database.
func psql(dsn, sql string) error {
	out, err := exec.Command("psql", dsn, "-q", "-v", "ON_ERROR_STOP=1", "-c", sql).CombinedOutput()
	if err != nil {
		return fmt.Errorf("psql: %w\n%s", err, out)
	}
	return nil
}
