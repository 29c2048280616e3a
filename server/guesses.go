package server

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"mintmark/engine/store"
)

// guesses counts, for each /24 or /48, the unknown and malformed codes of the
// present minute, or anything else of the present window of some seconds. It is a table of fixed size without locks: a network has one
// slot, and a network that meets another in its slot takes its place. So the
// memory is bounded, a flood from many networks can at worst make the table
// forget, and an innocent network is mistaken for a guilty one with odds 2^-24
// for each that shares its slot.
//
// A slot holds, from the top: 24 bits of the network's hash, the window modulo
// 2^20, and a count of 20 bits.
type guesses struct {
	limit  uint64
	window int64 // seconds
	seed   maphash.Seed
	slots  [maxPrefixes]atomic.Uint64
}

const (
	guessCount  = 1<<20 - 1
	guessMinute = (1<<20 - 1) << 20
	guessOwner  = (1<<24 - 1) << 40
)

func (g *guesses) init(limit int, window int64) {
	g.limit, g.window = uint64(limit), window
	g.seed = maphash.MakeSeed()
}

// find returns the slot of a network and what it holds while the count is 0.
func (g *guesses) find(n store.Net, now time.Time) (slot *atomic.Uint64, empty uint64) {
	h := maphash.Comparable(g.seed, n)
	minute := uint64(now.Unix()/g.window) << 20 & guessMinute
	return &g.slots[h%maxPrefixes], h&guessOwner | minute
}

// refused returns how many seconds a network must wait, 0 if it may go on. An
// unknown network always may.
func (g *guesses) refused(n store.Net, now time.Time) int {
	if n.Len == 0 {
		return 0
	}
	slot, empty := g.find(n, now)
	if v := slot.Load(); v&^guessCount != empty || v&guessCount < g.limit {
		return 0
	}
	return int(g.window - now.Unix()%g.window)
}

// failed counts one bad code.
func (g *guesses) failed(n store.Net, now time.Time) {
	if n.Len == 0 {
		return
	}
	slot, empty := g.find(n, now)
	for {
		old := slot.Load()
		count := uint64(0)
		if old&^guessCount == empty {
			count = old & guessCount
		}
		if slot.CompareAndSwap(old, empty|min(count+1, guessCount)) {
			return
		}
	}
}

// sampler lets a bounded number of events through each second.
type sampler struct{ state atomic.Uint64 } // second << 16 | how many

func (s *sampler) take(now time.Time) bool {
	second := uint64(now.Unix()) << 16
	for {
		old := s.state.Load()
		next := second
		if old>>16 == second>>16 {
			next = old
		}
		if next&0xffff >= maxSamples {
			return false
		}
		if s.state.CompareAndSwap(old, next+1) {
			return true
		}
	}
}
