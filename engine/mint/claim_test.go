package mint

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/store"
)

// drawClaims cuts a batch into claims, in a random order.
func drawClaims(t *rapid.T, b *store.Batch) []store.Claim {
	cuts := rapid.SliceOfN(rapid.Uint32Range(0, b.Chunks()), 0, 5).Draw(t, "cuts")
	cuts = append(cuts, 0, b.Chunks())
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	claims := make([]store.Claim, len(cuts)-1)
	for i := range claims {
		claims[i] = store.Claim{From: cuts[i], To: cuts[i+1]}
	}
	return rapid.Permutation(claims).Draw(t, "order")
}

// TestRunClaimByClaim mints a batch in parts: each part stores its own chunks and
// no others, only the whole has a root, and the progress never goes down.
func TestRunClaimByClaim(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, m := drawBatch(t), newMemory()
		var p Progress
		stored := uint64(0)
		for _, claim := range drawClaims(t, b) {
			if claim == whole(b) {
				break
			}
			claim.Stored, m.put = stored, nil
			root, err := Run(t.Context(), m.env(), drawConfig(t), b, claim, testKey, &p)
			if err != nil || root != [32]byte{} {
				t.Fatalf("part [%d, %d): root %x, %v", claim.From, claim.To, root, err)
			}
			slices.Sort(m.put)
			for i, index := range m.put {
				if index != claim.From+uint32(i) {
					t.Fatalf("part [%d, %d) put %v", claim.From, claim.To, m.put)
				}
				stored += uint64(b.InChunk(index))
			}
			if len(m.put) != int(claim.To-claim.From) || p.Done() != stored || p.Total() != b.Count {
				t.Fatalf("part [%d, %d) put %v and is at %d of %d", claim.From, claim.To, m.put, p.Done(), p.Total())
			}
		}
		complete := stored == b.Count
		m.put = nil
		m.onEach = func(context.Context) error {
			if p.Done() < stored {
				t.Errorf("the progress went from %d to %d", stored, p.Done())
			}
			return nil
		}
		root, err := Run(t.Context(), m.env(), drawConfig(t), b, whole(b), testKey, &p)
		if _, want := naive(b); err != nil || root != want || (complete && len(m.put) > 0) {
			t.Fatalf("root %x, %v, put %v", root, err, m.put)
		}
		if p.Done() != b.Count {
			t.Fatalf("at the end the progress is %d of %d", p.Done(), b.Count)
		}
	})
}

// TestRunClaimsAtOnce mints the parts of one batch at the same time.
func TestRunClaimsAtOnce(t *testing.T) {
	b, m := newBatch(1000, 7), newMemory()
	var wg sync.WaitGroup
	for from := uint32(0); from < b.Chunks(); from += 20 {
		wg.Go(func() {
			claim := store.Claim{From: from, To: min(from+20, b.Chunks())}
			if _, err := Run(t.Context(), m.env(), Config{Workers: 2, PutBytes: 100}, b, claim, testKey, new(Progress)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	chunks, _ := naive(b)
	if !maps.EqualFunc(m.chunks, chunks, slices.Equal) {
		t.Error("the stored chunks differ from the naive ones")
	}
}
