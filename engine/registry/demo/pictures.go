package demo

import (
	"crypto/sha256"
	"maps"
	"slices"
	"sync"

	"mintmark/engine/registry"
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

// pictureID names a picture as records do.
func pictureID(name string) string {
	return registry.PictureID(sha256.Sum256(drawn()[name]))
}
