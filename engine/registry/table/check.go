package table

import (
	"slices"

	"mintmark/engine/registry"
)

// Check adds the problems that the registry has with the edits. What is known to be
// wrong with a cell is not repeated.
func (im *Import) Check(found []registry.Problem) {
	for _, f := range found {
		p := &im.places[f.Edit]
		switch {
		case f.Stale:
			im.add(p, "", "was changed by someone else meanwhile; import the file again")
		case f.Field == "" || !slices.Contains(p.wrong, f.Field):
			im.add(p, f.Field, f.Msg)
		}
	}
	sortProblems(im.Problems)
}
