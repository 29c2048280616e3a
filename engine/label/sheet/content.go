package sheet

import (
	"math"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/text"
)

// kind is how an item is set.
type kind uint8

const (
	words  kind = iota // a text, broken between words; shortened if need be
	whole              // a text, broken behind sep; never shortened
	serial             // the serial's characters in one, two or four lines
	stars              // a rank
	logo
)

// item is something that a label shows beside its symbol.
type item struct {
	kind  kind
	field string // of label.Info
	keep  int    // where there is no room for all, the lowest goes first; 0: never goes
	foot  bool   // stands at the foot of the label, below all that is not

	text        string
	sep         string
	font        text.Font
	max         int     // lines
	size, least float64 // of the em, or the height of a logo, as wished and at the least
	info        *label.Info
}

// The least sizes of texts: 5 points for the serial, which people must type, and
// 4.5 points for all others.
const (
	leastSerial = 5 / label.PointsPerMM
	leastText   = 4.5 / label.PointsPerMM
)

// items checks what a label says and returns it in the order in which it is read.
// Sizes grow with the label. Errors are Invalid.
func items(l *Layout, info *label.Info) ([]*item, error) {
	grow := min(max(math.Sqrt(l.LabelWidth*l.LabelHeight)/50, 0.8), 2.2)
	all := []*item{
		{kind: logo, field: "logo", keep: 1, size: 8 * grow, least: 4},
		{kind: words, field: "product", keep: 5, text: info.Product, font: text.Bold, max: 3, size: 3.2 * grow, least: leastText},
		{kind: words, field: "producer", keep: 2, text: info.Producer, font: text.Regular, max: 2, size: 2.5 * grow, least: leastText},
		{kind: whole, field: "lot", keep: 4, text: info.Lot, font: text.Regular, max: 2, size: 2.5 * grow, least: leastText},
		{kind: stars, field: "stars", keep: 3, text: "OCOP", font: text.Bold, max: 1, size: 2.8 * grow, least: leastText},
		{kind: serial, foot: true, font: text.Mono, size: 2.9 * grow, least: leastSerial},
		{kind: whole, field: "host", foot: true, text: info.Host, sep: ".", font: text.Regular, max: 3, size: 2.6 * grow, least: leastText},
	}
	if err := checkInfo(info); err != nil {
		return nil, err
	}
	var out []*item
	for _, it := range all {
		it.info = info
		if it.sep == "" {
			it.sep = " "
		}
		var err error
		if it.text, err = text.Check(it.field, it.text); err != nil {
			return nil, err
		}
		if it.wanted() {
			out = append(out, it)
		}
		if it.field == "lot" && it.text != "" {
			it.text = "Lô/Lot: " + it.text
		}
	}
	return out, nil
}

// checkInfo checks what is not a text.
func checkInfo(info *label.Info) error {
	if info.Host == "" {
		return fault.Field("host", "is empty; every label names the host that its link leads to")
	}
	if info.Stars < 0 || info.Stars > 5 {
		return fault.Field("stars", "is %d: use 0 to 5", info.Stars)
	}
	if info.Potential && info.Stars == 0 {
		return fault.Field("potential", "needs stars; give 1 to 5 or leave it out")
	}
	if g := info.Logo; g != nil && !(g.Width > 0 && g.Height > 0 && g.Width/g.Height <= 20 && g.Height/g.Width <= 20) {
		return fault.Field("logo", "is %g by %g; use a picture at most 20 times as long as wide", g.Width, g.Height)
	}
	return nil
}

// wanted reports whether the label has the item at all.
func (it *item) wanted() bool {
	switch it.kind {
	case stars:
		return it.info.Stars > 0
	case logo:
		return it.info.Logo != nil
	case serial:
		return true
	}
	return it.text != ""
}
