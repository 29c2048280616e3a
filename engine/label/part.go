package label

import (
	"fmt"
	"iter"
	"math"

	"mintmark/engine/fault"
)

// Part is a run of positions that makes one file.
type Part struct {
	Number uint64 // from 1
	First  uint64 // position of its first stamp, from 1
	Count  uint64 // stamps, at least 1
}

// Last returns the position of the part's last stamp.
func (p Part) Last() uint64 { return p.First + p.Count - 1 }

// Name returns the part's file name: the batch's id, the first and the last
// position in twelve digits, so that names sort, and the extension.
func (p Part) Name(batch, ext string) string {
	return fmt.Sprintf("%s-%012d-%012d%s", batch, p.First, p.Last(), ext)
}

// Split is how a run of stamps is cut into parts.
type Split struct {
	First uint64 // position of the first stamp, from 1
	Count uint64 // stamps
	Per   uint64 // stamps of each part but the last; 0: one part holds all
}

// Validate returns an Invalid error, field "from" or "count".
func (s Split) Validate() error {
	if s.First == 0 {
		return fault.Field("from", "is 0; positions begin at 1")
	}
	if s.Count == 0 {
		return fault.Field("count", "is 0; export at least one label")
	}
	if s.Count > math.MaxInt64 || s.First > math.MaxInt64-s.Count {
		return fault.Field("count", "reaches beyond every position; export fewer labels")
	}
	return nil
}

// Len returns the number of parts of a valid split.
func (s Split) Len() uint64 {
	if s.Per == 0 || s.Per >= s.Count {
		return 1
	}
	return (s.Count-1)/s.Per + 1
}

// Parts yields the parts of a valid split in order.
func (s Split) Parts() iter.Seq[Part] {
	return func(yield func(Part) bool) {
		per := s.Per
		if per == 0 {
			per = s.Count
		}
		for done := uint64(0); done < s.Count; done += per {
			p := Part{Number: done/per + 1, First: s.First + done, Count: min(per, s.Count-done)}
			if !yield(p) || per >= s.Count-done {
				return
			}
		}
	}
}
