package server

import (
	"crypto/rand"
	"sync/atomic"
)

// idLen is the length of a request id: 8 characters that are random for each
// process and 10 that count its requests, 5 bits each.
const idLen = 18

const idChars = "0123456789abcdefghjkmnpqrstvwxyz"

type idSource struct {
	prefix [8]byte
	count  atomic.Uint64
}

func (s *idSource) init() {
	rand.Read(s.prefix[:])
	for i, b := range s.prefix {
		s.prefix[i] = idChars[b&31]
	}
}

// next writes the next id, which is unique for 2^50 requests.
func (s *idSource) next(id *[idLen]byte) {
	copy(id[:], s.prefix[:])
	n := s.count.Add(1)
	for i := idLen - 1; i >= len(s.prefix); i-- {
		id[i] = idChars[n&31]
		n >>= 5
	}
}
