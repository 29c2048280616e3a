package server

import (
	"context"
	"strings"
	"testing"
	"time"

	"mintmark/engine"
	"mintmark/engine/store/pgstore"
	"mintmark/engine/store/pgstore/pgtest"
)

// newNode starts a server over a database, through a proxy that can be cut.
func newNode(t *testing.T) (*site, *pgtest.Proxy) {
	pgtest.Need(t)
	database, err := pgtest.Start(pgtest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, database.Close) })
	proxy, err := pgtest.NewProxy(database.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, proxy.Close) })
	cfg := engine.Config{Dir: t.TempDir(), DSN: pgtest.DSN(proxy.Addr(), "postgres"),
		Poll: 5 * time.Millisecond, Postgres: pgstore.Options{Timeout: 500 * time.Millisecond}}
	if err := pgstore.Migrate(t.Context(), cfg.DSN, 2, nil); err != nil {
		t.Fatal(err)
	}
	admin, err := engine.Init(context.Background(), engine.InitConfig{Dir: cfg.Dir, DSN: cfg.DSN, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(c *siteConfig) { c.engine = cfg })
	s.admin = admin
	return s, proxy
}

func closed(t *testing.T, end func() error) {
	if err := end(); err != nil {
		t.Error(err)
	}
}

// TestDatabaseOutOfReach cuts a server off from its database: it is alive, is
// not ready, answers 503 and no verdict, and recovers by itself.
func TestDatabaseOutOfReach(t *testing.T) {
	s, proxy := newNode(t)
	_, paths := s.active(`{"count":1}`)
	s.do("GET", "/readyz", "").want(t, 200)
	proxy.Cut()
	if a := s.do("GET", paths[0], "").want(t, 503); a.header.Get("Retry-After") == "" || strings.Contains(a.text, "verdict") {
		t.Error(a.header, a.text)
	}
	a := s.await(t, "/readyz", 503)
	if !strings.Contains(a.text, "the database cannot be reached") {
		t.Error(a.text)
	}
	s.do("GET", "/livez", "").want(t, 200)
	if a := s.do("GET", "/metrics", ""); !strings.Contains(a.text, "\nmintmark_store_away 1\n") {
		t.Error("no mintmark_store_away 1 in the metrics")
	}
	proxy.Heal()
	s.await(t, "/readyz", 200)
	if a := s.do("GET", paths[0], "").want(t, 200); a.str(t, "verdict") != "genuine" {
		t.Error(a.text)
	}
	if strings.Contains(s.log.String(), pgtest.Password) {
		t.Error("the password is in the log")
	}
}

// await returns the first answer with a status.
func (s *site) await(t *testing.T, path string, status int) answer {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(time.Minute)
	for {
		if a := s.do("GET", path, ""); a.status == status {
			return a
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("%s never answered %d", path, status)
		}
	}
}
