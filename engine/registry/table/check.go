package table

import (
	"slices"
	"strings"

	"mintmark/engine/registry"
)

// Check adds the problems that the registry has with the edits. What is known to be
// wrong with a cell is not repeated, and what may only be wrong because a column or a
// sheet cannot be read is left out.
func (im *Import) Check(found []registry.Problem) {
	for _, f := range found {
		p := &im.places[f.Edit]
		switch {
		case f.Stale:
			im.add(p, "", "was changed by someone else meanwhile; import the file again")
		case p.sheet.unsure || im.refersToLost(p.sheet.kind, f.Field):
		case f.Field == "" || !slices.Contains(p.wrong, f.Field):
			im.add(p, f.Field, f.Msg)
		}
	}
	sortProblems(im.Problems)
}

// refersToLost reports whether a field refers to records that cannot be read.
func (im *Import) refersToLost(k registry.Kind, field string) bool {
	for _, f := range registry.Fields(k) {
		for _, rule := range f.Rules {
			if to, ok := strings.CutPrefix(rule, "ref "); ok && f.Name == field && im.lost[registry.Kind(to)] {
				return true
			}
		}
	}
	return false
}
