package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"sync"
)

// drawn are the pictures that records name, as PNG files, by name.
var drawn = sync.OnceValue(func() map[string][]byte {
	out := map[string][]byte{}
	for name, d := range drawings {
		c := newCanvas(d.background)
		d.paint(c)
		out[name] = c.png()
	}
	return out
})

// Pictures returns the pictures of the province, as PNG files.
func Pictures() (files [][]byte) {
	for _, name := range slices.Sorted(maps.Keys(drawn())) {
		files = append(files, drawn()[name])
	}
	return files
}

// pictureID names a picture as records do: by its SHA-256 in hexadecimal.
func pictureID(name string) string {
	sum := sha256.Sum256(drawn()[name])
	return hex.EncodeToString(sum[:])
}
