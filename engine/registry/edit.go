package registry

// Edit writes one record or deletes it. Version is the version that the writer
// has seen: 0 for a record that must not exist yet, AnyVersion not to ask.
type Edit struct {
	Record  Record // of a deletion: only kind and id
	Delete  bool
	Version int
}

// AnyVersion writes over whatever is there.
const AnyVersion = -1

// Bounds of one commit and of the registry.
const (
	MaxEdits   = 5_000     // records in one commit
	MaxRecords = 1_000_000 // records of all kinds that are not deleted
	MaxPicture = 512 << 10 // bytes of a picture
)

// Result counts what a commit did or would do; Change is its number, 0 for a dry
// run or when there was nothing to do. A record that is as it was stays as it is:
// the same edits again change nothing.
type Result struct {
	Change    uint64 `json:"change,omitempty"`
	Created   int    `json:"created"`
	Updated   int    `json:"updated"`
	Deleted   int    `json:"deleted"`
	Unchanged int    `json:"unchanged"`
}
