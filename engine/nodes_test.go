package engine

import (
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// noPoll keeps a node from learning anything that it does not ask for.
func noPoll(c *Config) { c.Poll = time.Hour }

// quick makes nodes that mint together not wait for each other.
func quick(c *Config) {
	c.Poll, c.Claim, c.Retry = 5*time.Millisecond, 5*time.Millisecond, 5*time.Millisecond
}

// newNodes returns n engines over one database. The directories of all but the
// first are copies of its key file and config.json.
func newNodes(t *testing.T, n int, change ...func(*Config)) []*site {
	t.Helper()
	first := initSite(t, newDatabase(t))
	nodes := []*site{first}
	for range n - 1 {
		nodes = append(nodes, first.another())
	}
	for _, s := range nodes {
		s.open(change...)
		t.Cleanup(func() { noError(t, s.Close()) })
	}
	return nodes
}

// another returns a further node of a site, not open.
func (s *site) another() *site {
	s.t.Helper()
	dir := s.t.TempDir()
	for _, path := range []func(string) string{keyPath, configPath} {
		data, err := os.ReadFile(path(s.dir))
		noError(s.t, err)
		noError(s.t, os.WriteFile(path(dir), data, 0o600))
	}
	return &site{t: s.t, dir: dir, dsn: s.dsn, token: s.token, clock: s.clock}
}

// batchOf creates and activates a batch on one node.
func batchOf(s *site, count uint64) BatchInfo {
	s.t.Helper()
	b := s.mint(MintRequest{Count: count})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID})
	return b
}

// TestNodesObeyEachOther activates and revokes stamp after stamp on one node: the
// others answer so from the next scan on, although nothing tells them.
func TestNodesObeyEachOther(t *testing.T) {
	const rounds = 40
	nodes := newNodes(t, 3, noPoll)
	b := nodes[0].mint(MintRequest{Count: rounds})
	codes := make([]serial.Code, rounds)
	for i := range codes {
		codes[i] = nodes[0].code(b.ID, uint64(i+1))
	}
	answer := func(s *site, i int) store.Verdict {
		c := &Check{Target: serial.Target{Code: codes[i]}}
		if i%2 == 0 {
			noError(t, s.Verify(c))
		} else {
			noError(t, s.Peek(c))
		}
		return c.Verdict
	}
	for i := range rounds {
		at, elsewhere := nodes[i%3], nodes[(i+1+i/3%2)%3]
		position := span(codes[i].String(), codes[i].String())
		for _, step := range []struct {
			op   store.Op
			want store.Verdict
		}{{store.OpActivate, store.Genuine}, {store.OpSuspend, store.Suspended}, {store.OpResume, store.Genuine}, {store.OpRevoke, store.Revoked}} {
			noError(t, at.known(b.ID))
			at.change(ChangeRequest{Op: step.op, Batch: b.ID, Ranges: position})
			if got := answer(elsewhere, i); got != step.want {
				t.Errorf("round %d: after %s another node answers %v", i, step.op, got)
			}
		}
	}
	nodes[0].clean()
}

// TestManyCodesOfAnotherNode has a node verify codes together that its snapshot does
// not know beside one that it knows: it looks once, and none but the forged is unknown.
func TestManyCodesOfAnotherNode(t *testing.T) {
	nodes := newNodes(t, 2, noPoll)
	old := batchOf(nodes[0], 1)
	noError(t, nodes[1].known(old.ID))
	fresh := batchOf(nodes[0], 2)
	forged := nodes[0].code(fresh.ID, 1)
	forged.Tag ^= 1
	codes := []serial.Code{nodes[0].code(old.ID, 1), nodes[0].code(fresh.ID, 1), forged, nodes[0].code(fresh.ID, 2)}
	want := []store.Verdict{store.Genuine, store.Genuine, store.UnknownCode, store.Genuine}
	var checks []*Check
	for _, code := range codes {
		checks = append(checks, &Check{Target: serial.Target{Code: code}})
	}
	for i, err := range nodes[1].VerifyAll(checks) {
		noError(t, err)
		if c := checks[i]; c.Verdict != want[i] || (want[i] == store.Genuine && c.State.Count != 1) {
			t.Errorf("code %d answers %v with %d scans, want %v", i, c.Verdict, c.State.Count, want[i])
		}
	}
	if n := nodes[1].Stats().Scans.Events; n != 3 {
		t.Errorf("%d scans were logged, want 3", n)
	}
	nodes[0].clean()
}

// known makes a node take in a batch that another created, as any request with a
// token does.
func (s *site) known(id string) error {
	if _, err := s.Authenticate(s.token); err != nil {
		return err
	}
	_, err := s.Batch(id)
	return err
}

// TestRevocationsBesideScansElsewhere revokes stamp after stamp on one node while
// the others are busy with scans: none that starts after the acknowledgement
// answers otherwise.
func TestRevocationsBesideScansElsewhere(t *testing.T) {
	const stamps = 40
	nodes := newNodes(t, 3, noPoll)
	b := batchOf(nodes[0], stamps)
	codes := make([]serial.Code, stamps)
	for i := range codes {
		codes[i] = nodes[0].code(b.ID, uint64(i+1))
	}
	var revoked atomic.Int64
	var wg sync.WaitGroup
	for session := range 12 {
		s := nodes[session%3]
		wg.Go(func() {
			for revoked.Load() < stamps {
				known := revoked.Load()
				i := max(0, known-1+rand.Int64N(2)) // the last one revoked, or the next
				if i >= stamps {
					return
				}
				c := &Check{Target: serial.Target{Code: codes[i]}, Event: store.Event{Session: uint64(session)}}
				if err := s.Verify(c); err != nil || (i < known && c.Verdict != store.Revoked) {
					t.Errorf("position %d of %d revoked answers %v, %v", i+1, known, c.Verdict, err)
					return
				}
			}
		})
	}
	for i, code := range codes {
		nodes[0].change(ChangeRequest{Op: store.OpRevoke, Batch: b.ID, Ranges: span(code.String(), code.String())})
		revoked.Store(int64(i + 1))
	}
	wg.Wait()
	nodes[0].clean()
}

// TestNodesCountTogether scans few stamps on three nodes at once: for each stamp
// the counts are 1 to n, each once.
func TestNodesCountTogether(t *testing.T) {
	const stamps, callers, each = 3, 24, 20
	nodes := newNodes(t, 3, noPoll)
	b := batchOf(nodes[0], stamps)
	var codes [stamps]serial.Code
	for i := range codes {
		codes[i] = nodes[0].code(b.ID, uint64(i+1))
	}
	var mu sync.Mutex
	var got [stamps]map[uint32]bool
	for i := range got {
		got[i] = map[uint32]bool{}
	}
	var wg sync.WaitGroup
	for caller := range callers {
		s := nodes[caller%3]
		wg.Go(func() {
			last := [stamps]uint32{}
			for range each {
				i := rand.IntN(stamps)
				c := &Check{Target: serial.Target{Code: codes[i]}, Event: store.Event{Session: uint64(caller)}}
				err := s.Verify(c)
				mu.Lock()
				if err != nil || got[i][c.State.Count] || c.State.Count <= last[i] {
					t.Errorf("stamp %d: number %d after %d, or twice; %v", i, c.State.Count, last[i], err)
				}
				got[i][c.State.Count], last[i] = true, c.State.Count
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for i, counts := range got {
		for _, s := range nodes {
			stamp, err := s.Stamp(t.Context(), codes[i])
			noError(t, err)
			if int(stamp.Scans) != len(counts) || !counts[stamp.Scans] {
				t.Errorf("stamp %d: %d scans are stored, %d were answered", i, stamp.Scans, len(counts))
			}
		}
	}
	nodes[1].clean()
}

func TestTokensOfOtherNodes(t *testing.T) {
	nodes := newNodes(t, 2, noPoll)
	a, b := nodes[0], nodes[1]
	for i := range 20 {
		if i%2 == 1 {
			a, b = b, a
		}
		secret, token, err := a.CreateToken(t.Context(), Token{Name: "a", Role: Auditor}, tester)
		noError(t, err)
		if got, err := b.Authenticate(secret); err != nil || got.ID != token.ID {
			t.Fatalf("round %d: a token made elsewhere: %+v, %v", i, got, err)
		}
		_, err = b.RevokeToken(t.Context(), token.ID, tester)
		noError(t, err)
		_, err = a.Authenticate(secret)
		wantError(t, err, fault.Forbidden, "Authorization")
	}
}

// TestBatchesOfOtherNodes asks one node for what another has just made.
func TestBatchesOfOtherNodes(t *testing.T) {
	nodes := newNodes(t, 2, noPoll)
	a, b := nodes[0], nodes[1]
	r := MintRequest{Count: 10, IdempotencyKey: "order 17", By: tester}
	first, created, err := a.CreateBatch(t.Context(), r)
	if err != nil || !created {
		t.Fatal(created, err)
	}
	again, created, err := b.CreateBatch(t.Context(), r)
	if err != nil || created || again.ID != first.ID {
		t.Errorf("the same order on another node: %v, %v, %v", again.ID, created, err)
	}
	sealed, err := a.WaitSealed(t.Context(), first.ID)
	noError(t, err)
	noError(t, b.known(first.ID))
	if got, err := b.Batch(first.ID); err != nil || got.State != "sealed" || got.Root != sealed.Root {
		t.Errorf("another node says %+v, %v", got, err)
	}
	x, err := a.Export(t.Context(), first.ID, "csv")
	noError(t, err)
	y, err := b.Export(t.Context(), first.ID, "csv")
	noError(t, err)
	if x.SHA256 != y.SHA256 {
		t.Error("two nodes export two files")
	}
}
