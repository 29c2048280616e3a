package mint

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestLeafHash(t *testing.T) {
	want := sha256.Sum256([]byte("\x00batch-id\x01\x02\x03\x04tags..."))
	if got := LeafHash("batch-id", 0x01020304, []byte("tags...")); got != want {
		t.Errorf("got %x, want %x", got, want)
	}
}

// The roots of the first leaves of the test tree of RFC 6962 implementations
// (certificate-transparency-go, merkletree test data): leaves "", 00, 10, 20 21,
// 30 31, 40 41 42 43, 50..57, 60..6f.
func TestRootPublishedVectors(t *testing.T) {
	var leaves [][32]byte
	for _, c := range []struct{ leaf, root string }{
		{"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
		{"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
		{"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
		{"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
		{"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
		{"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
		{"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	} {
		leaf, _ := hex.DecodeString(c.leaf)
		leaves = append(leaves, sha256.Sum256(append([]byte{leafPrefix}, leaf...)))
		if got := Root(leaves); hex.EncodeToString(got[:]) != c.root {
			t.Errorf("%d leaves: got %x, want %s", len(leaves), got, c.root)
		}
	}
}

func TestRootEqualsTlog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var leaves [][32]byte
		var records []tlog.Hash
		for i := range rapid.IntRange(0, 600).Draw(t, "leaves") {
			leaf := LeafHash("b", uint32(i), nil)
			leaves, records = append(leaves, leaf), append(records, leaf)
		}
		before := slices.Clone(leaves)
		if got, want := Root(leaves), tlogRoot(records); got != want {
			t.Errorf("got %x, want %x", got, want)
		}
		if !slices.Equal(leaves, before) {
			t.Error("Root changed its leaves")
		}
	})
}
