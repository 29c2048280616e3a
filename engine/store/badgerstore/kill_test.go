package badgerstore

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"testing"

	"mintmark/engine/store"
	"mintmark/engine/store/storetest"
)

// TestKill kills a process that mints, changes and scans, again and again, and
// holds what it finds against what that process was told.
func TestKill(t *testing.T) {
	for name, options := range map[string]string{
		"sync":             `{}`,
		"async":            `{"Async":true}`,
		"in little memory": `{"StateBytes":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir, told := t.TempDir(), newTold()
			for round := range 4 {
				told.life(t, dir, options, 40+round*round*80)
				s := mustOpen(t, Options{Dir: dir})
				told.holds(t, s)
				if found := check(t, s); len(found) > 0 {
					t.Errorf("Check finds %+v", found)
				}
				noError(t, s.Close())
			}
		})
	}
}

// told is everything that was acknowledged so far.
type told struct {
	change  uint64
	batches map[string]bool // sealed or not
	chunks  map[string]map[uint32]bool
	events  map[uint64]store.Event
}

func newTold() *told {
	return &told{batches: map[string]bool{}, chunks: map[string]map[uint32]bool{}, events: map[uint64]store.Event{}}
}

// life starts a process on dir and kills it after so many acknowledgements.
func (w *told) life(t *testing.T, dir, options string, acks int) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childOptions+"="+options)
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.StdoutPipe()
	noError(t, err)
	noError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	n := 0
	for ; lines.Scan(); n++ { // and on to the end: what is in the pipe was told
		var a ack
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			break // cut by the kill
		}
		w.note(a)
		if n == acks {
			noError(t, cmd.Process.Kill())
		}
	}
	if cmd.Wait(); n < acks {
		t.Fatalf("the process ended by itself after %d acknowledgements: %s", n, failure.String())
	}
}

func (w *told) note(a ack) {
	w.change = max(w.change, a.Change)
	if a.Batch != "" {
		w.batches[a.Batch] = w.batches[a.Batch] || a.Sealed
	}
	for _, i := range a.Chunks {
		if w.chunks[a.Batch] == nil {
			w.chunks[a.Batch] = map[uint32]bool{}
		}
		w.chunks[a.Batch][i] = true
	}
	for _, e := range a.Events {
		w.events[e.Seq] = e
	}
}

// holds checks that a store has all of it.
func (w *told) holds(t *testing.T, s *Store) {
	c := storetest.Read(t, s)
	if c.Head < w.change {
		t.Errorf("the change log ends at %d, change %d was acknowledged", c.Head, w.change)
	}
	batches := map[string]store.Batch{}
	for _, b := range c.Batches {
		batches[b.ID] = b
	}
	for id, sealed := range w.batches {
		if b, ok := batches[id]; !ok || (sealed && b.State != store.Sealed) {
			t.Errorf("batch %s (sealed: %v) is %+v", id, sealed, b)
		}
	}
	for id, indexes := range w.chunks {
		stored := map[uint32]bool{}
		for _, chunk := range c.Chunks[id] {
			stored[chunk.Index] = true
		}
		for i := range indexes {
			if !stored[i] {
				t.Errorf("chunk %d of batch %s is lost", i, id)
			}
		}
	}
	w.holdsScans(t, c)
}

// holdsScans checks the events, and that the state is their sum.
func (w *told) holdsScans(t *testing.T, c *storetest.Contents) {
	logged, stamps, sessions := map[uint64]store.Event{}, map[uint64]store.StampState{}, map[[2]uint64]bool{}
	for i, e := range c.Events {
		if e.Seq != uint64(i+1) {
			t.Fatalf("event %d has number %d", i+1, e.Seq)
		}
		logged[e.Seq] = e
		if e.Kind != store.Consumer {
			continue
		}
		st := stamps[e.Ordinal]
		if st.Count++; st.Count == 1 {
			st.First = e.Time
		}
		if visit := [2]uint64{e.Ordinal, e.Session}; !sessions[visit] && st.Sessions < store.MaxSessions {
			sessions[visit] = true
			st.Sessions++
		}
		st.Last = e.Time
		stamps[e.Ordinal] = st
		if e.Count != st.Count {
			t.Fatalf("event %d is scan %d of its stamp and says %d", e.Seq, st.Count, e.Count)
		}
	}
	for seq, e := range w.events {
		if logged[seq] != e {
			t.Fatalf("event %d was acknowledged as %+v and is %+v", seq, e, logged[seq])
		}
	}
	if !maps.Equal(stamps, c.Stamps) {
		t.Errorf("the state of %d stamps is not the sum of the events, which are of %d", len(c.Stamps), len(stamps))
	}
}
