package registry

import (
	"hash/maphash"
	"maps"
)

// parts is how many maps an index has: with 100,000 keys an edit copies some 400.
const parts = 256

var seed = maphash.MakeSeed()

// index is a map in parts. A fork shares the parts until it sets something in
// them. The zero value is empty.
type index[K comparable, V any] struct {
	part [parts]map[K]V
	own  [parts]bool // the part was copied by this fork
}

// fork returns an index with the same contents that may be changed; x is not
// changed by it, and must not be changed any more.
func (x *index[K, V]) fork() index[K, V] { return index[K, V]{part: x.part} }

func (x *index[K, V]) get(k K) (V, bool) {
	v, ok := x.part[maphash.Comparable(seed, k)%parts][k]
	return v, ok
}

// writable returns the part of a key, copied if it is another's.
func (x *index[K, V]) writable(k K) map[K]V {
	i := maphash.Comparable(seed, k) % parts
	if !x.own[i] {
		x.part[i], x.own[i] = maps.Clone(x.part[i]), true
		if x.part[i] == nil {
			x.part[i] = map[K]V{}
		}
	}
	return x.part[i]
}

func (x *index[K, V]) set(k K, v V) { x.writable(k)[k] = v }

func (x *index[K, V]) delete(k K) { delete(x.writable(k), k) }

func (x *index[K, V]) len() (n int) {
	for i := range x.part {
		n += len(x.part[i])
	}
	return n
}
