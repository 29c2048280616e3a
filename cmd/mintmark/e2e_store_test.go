package main

import (
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mintmark/engine"
	"mintmark/engine/store/pgstore/pgtest"
)

// storeVariable names the database of the programs that a test starts.
const storeVariable = "MINTMARK_STORE"

// newMigrated returns the DSN of a database with the schema and nothing in it.
func (s *site) newMigrated() string {
	s.t.Helper()
	dsn, err := newDatabase(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.run("store", "migrate", "up", "--store", dsn)
	return dsn
}

// newSharedSite makes a data directory whose store is a database.
func newSharedSite(t *testing.T) *site {
	pgtest.Need(t)
	s := &site{t: t, bin: build(t), dir: filepath.Join(t.TempDir(), "data")}
	t.Setenv(storeVariable, s.newMigrated())
	var made struct {
		AdminToken string `json:"admin_token"`
	}
	s.decode(s.run("init", "--data", s.dir, "--json"), &made)
	s.token = made.AdminToken
	return s
}

// node starts one more server, which is killed at the end if it still runs.
func (s *site) node() *process {
	s.t.Helper()
	s.start()
	p := s.server
	s.t.Cleanup(func() {
		select {
		case <-p.done:
		default:
			if err := p.kill(); err != nil {
				s.t.Error(err)
			}
		}
	})
	return p
}

// at makes one of several servers the one that is asked.
func (s *site) at(p *process) *site {
	s.server = p
	return s
}

// TestServersShareADatabase works with two servers over one database, one of
// which dies.
func TestServersShareADatabase(t *testing.T) {
	s := newSharedSite(t)
	one, two := s.node(), s.node()
	var b minted
	s.decode(s.at(one).remote("mint", "--count", "20_000", "--product", "Dừa sáp"), &b)
	codes := s.at(two).serials(b.Batch, 3)
	s.want(codes[0], "inactive", 1)
	s.remote("activate", b.Batch, "1-100")
	seen := s.at(one).want(codes[0], "genuine", 2)
	if again := s.at(two).want(codes[0], "genuine", 3); !again.FirstScan.Equal(seen.FirstScan) {
		t.Errorf("first scan %v, at the other server %v", seen.FirstScan, again.FirstScan)
	}
	s.at(one).remote("revoke", b.Batch, "1", "--reason", "copied", "--yes")
	s.at(two).want(codes[0], "revoked", 4)
	s.at(one).want(codes[0], "revoked", 5)
	s.at(two).remote("suspend", b.Batch, "2", "--reason", "under inspection")
	s.at(one).want(codes[1], "suspended", 1)

	if err := one.kill(); err != nil {
		t.Fatal(err)
	}
	s.at(two).want(codes[2], "genuine", 1)
	s.remote("resume", b.Batch, "2")
	s.want(codes[1], "genuine", 2)
	s.remote("mint", "--count", "50_000")
	three := s.node()
	s.at(three).want(codes[0], "revoked", 6)
	s.want(codes[2], "genuine", 2)
	for _, p := range []*process{two, three} {
		if err := p.stop(); err != nil {
			t.Fatalf("%v\n%s", err, p.log())
		}
		if said := p.log(); strings.Contains(said, pgtest.Password) {
			t.Errorf("the password is in the log:\n%s", said)
		}
	}
	s.fsck(70_000)
}

// TestCopyKilled kills a copy in every part of it, goes on with it, and holds
// the result against that of a copy that nobody touched.
func TestCopyKilled(t *testing.T) {
	pgtest.Need(t)
	s := newSite(t)
	s.start()
	var b minted
	s.decode(s.remote("mint", "--count", "3_000_000"), &b)
	s.remote("activate", b.Batch)
	l := newLoad(t, s.serials(b.Batch, 300), 1)
	l.to(s.server.url)
	l.start(16)
	l.wait(6000)
	l.stop()
	s.stop()

	whole, killed := s.newMigrated(), s.newMigrated()
	s.run("store", "copy", "--from", "badger:"+s.dir, "--to", whole)
	for _, moment := range []string{"copying changes", "copying chunks", "copying chunks", "copying chunks",
		"copying stamps", "copying events", "copying events", "comparing changes", "comparing chunks"} {
		s.killCopy(killed, moment)
		s.refused(killed, "a copy into this store has not been finished")
	}
	var done copied
	s.decode(s.run("store", "copy", "--from", "badger:"+s.dir, "--to", killed, "--json"), &done)
	if !done.Resumed || done.Compared["events"] < 6000 || done.Copied["changes"] != 0 {
		t.Errorf("the last run said %+v", done)
	}
	for _, table := range []string{"head", "change", "batch", "record", "chunk", "lane", "block", "stamp", "hour"} {
		if got, want := tableSum(t, killed, table), tableSum(t, whole, table); got != want {
			t.Errorf("mm_%s: %s after kills, %s without", table, got, want)
		}
	}
	s.goesOn(l, killed)
}

// goesOn serves a copy: all that was answered is there, and counts go on.
func (s *site) goesOn(l *load, dsn string) {
	s.t.Helper()
	s.t.Setenv(storeVariable, dsn)
	s.fsck(3_000_000)
	p := s.node()
	stamp := func(serial string) (info engine.StampInfo) {
		if err := s.call(http.MethodGet, "/v1/stamps/"+serial, "", &info); err != nil {
			s.t.Fatal(err)
		}
		return info
	}
	l.check(stamp)
	s.want(l.serials[0], "genuine", uint64(stamp(l.serials[0]).Scans)+1)
	if err := p.stop(); err != nil {
		s.t.Fatalf("%v\n%s", err, p.log())
	}
	s.fsck(3_000_000)
}

// killCopy starts a copy and kills it once it has said something.
func (s *site) killCopy(dsn, moment string) {
	s.t.Helper()
	cmd := exec.Command(s.bin, "store", "copy", "--from", "badger:"+s.dir, "--to", dsn)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	var said bytes.Buffer
	for buf := make([]byte, 4096); !bytes.Contains(said.Bytes(), []byte(moment)); {
		n, err := stderr.Read(buf)
		said.Write(buf[:n])
		if err != nil {
			break
		}
	}
	killed := cmd.Process.Kill()
	if _, err := io.Copy(&said, stderr); err != nil {
		s.t.Fatal(err)
	}
	cmd.Wait()
	if killed != nil || cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		s.t.Fatalf("at %q: %v, the copy ended with %v\n%s", moment, killed, cmd.ProcessState, said.String())
	}
}

// refused checks that no other command opens a database, and why.
func (s *site) refused(dsn, why string) {
	s.t.Helper()
	out, err := exec.Command(s.bin, "batches", "--data", s.dir, "--store", dsn).CombinedOutput()
	if err == nil || !strings.Contains(string(out), why) {
		s.t.Fatalf("%v: %s", err, out)
	}
}

// tableSum returns the number of rows and a checksum of all of them.
func tableSum(t *testing.T, dsn, table string) string {
	t.Helper()
	sql := "SELECT count(*), md5(string_agg(md5(r::text), '' ORDER BY md5(r::text))) FROM mm_" + table + " r"
	out, err := exec.Command("psql", dsn, "-qAt", "-c", sql).CombinedOutput()
	if err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}
