package mint

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"
)

// The prefixes that keep leaves and nodes of a tree apart (RFC 6962, 2.1).
const (
	leafPrefix = 0x00
	nodePrefix = 0x01
)

// LeafHash returns the hash of one chunk as a leaf of the batch's tree:
//
//	SHA-256(0x00 || batch id || u32be chunk index || tags)
//
// This is the leaf hash of RFC 6962, 2.1, of everything after the 0x00. Ids of
// one site have one length, so that the parts cannot be confused.
func LeafHash(batchID string, index uint32, tags []byte) [32]byte {
	var leaf [32]byte
	newLeafHasher(batchID).sum(&leaf, index, tags)
	return leaf
}

// leafHasher computes the leaf hashes of one batch without allocating.
type leafHasher struct {
	hash hash.Hash
	head []byte // 0x00, batch id, and room for the chunk index
}

func newLeafHasher(batchID string) *leafHasher {
	head := append([]byte{leafPrefix}, batchID...)
	return &leafHasher{hash: sha256.New(), head: append(head, 0, 0, 0, 0)}
}

func (l *leafHasher) sum(leaf *[32]byte, index uint32, tags []byte) {
	binary.BigEndian.PutUint32(l.head[len(l.head)-4:], index)
	l.hash.Reset()
	l.hash.Write(l.head)
	l.hash.Write(tags)
	l.hash.Sum(leaf[:0])
}

// Root returns the Merkle tree hash of leaf hashes (RFC 6962, 2.1); of no leaves
// it is the SHA-256 of nothing. It does not change leaves.
func Root(leaves [][32]byte) [32]byte {
	if len(leaves) == 0 {
		return sha256.Sum256(nil)
	}
	// subtrees holds complete subtrees, largest first; their sizes are the
	// powers of two in the number of leaves seen.
	subtrees := make([][32]byte, 0, bits.UintSize)
	for i, leaf := range leaves {
		subtrees = append(subtrees, leaf)
		for range bits.TrailingZeros(uint(i) + 1) {
			subtrees = joinLast(subtrees)
		}
	}
	for len(subtrees) > 1 {
		subtrees = joinLast(subtrees)
	}
	return subtrees[0]
}

// joinLast replaces the last two subtrees by the node above them.
func joinLast(subtrees [][32]byte) [][32]byte {
	n := len(subtrees)
	var node [65]byte
	node[0] = nodePrefix
	copy(node[1:], subtrees[n-2][:])
	copy(node[33:], subtrees[n-1][:])
	subtrees[n-2] = sha256.Sum256(node[:])
	return subtrees[:n-1]
}
