// Package export makes the files of print runs: a request is checked and brought
// into one canonical form, whose hash names the export; a Runner writes its parts
// into a directory of its own and the signed manifest last, which makes the export
// complete. The same request of the same batch gives the same bytes, so files are
// only a cache: a deleted export can be made again, byte for byte.
//
// A directory holds, while its export is made, the finished parts under their
// names, the part in the making under the name "writing", and "parts", a line for
// each finished part: its SHA-256 and size. A part gets its name once it is on disk
// as a whole, and its line comes first. A run that was cut off keeps every part
// that still has the size and the SHA-256 of its line, and makes the others.
package export

import (
	"mintmark/engine/serial"
)

// Batch is what an export takes from a batch record, all of it pinned there.
type Batch struct {
	ID       string
	Count    uint64 // stamps
	Link     serial.Link
	Public   bool // links carry an issuer signature
	Product  string
	Producer string
}

// revision is part of every export's id. It is raised when a writer begins to give
// other bytes for the same request.
const revision = 1

// MaxFiles is the most parts of one export.
const MaxFiles = 10_000

// MaxLogoBytes is the most bytes of a logo's file: requests hold it.
const MaxLogoBytes = 512 << 10
