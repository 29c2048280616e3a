package sheet

import (
	"fmt"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/qr"
)

const (
	// QuietModules is the width of a symbol's quiet zone (ISO/IEC 18004, section
	// 9.1).
	QuietModules = 4
	// RecommendedModule is the least module that GS1 recommends for the QR symbols
	// of GS1 Digital Link.
	RecommendedModule = 0.396
	// LeastModule is the least module that is printed at all.
	LeastModule = 0.25

	// dot is the pitch of 600 dots an inch. Modules are whole dots where that does
	// not take them below a limit, so that most printers draw all of them alike.
	dot = 25.4 / 600

	// edge is the least distance of a quiet zone from the label's edge: what a
	// cutter may be off.
	edge = 0.5
)

// NewDesign lays out the labels of a batch whose symbols are of a version, 1 to
// qr.MaxVersion. The symbol is as large as the texts allow; texts shrink to their
// least size, then are shortened, and then left out, but never the serial and the
// host. Errors are Invalid: a field of the layout, "layout" where a label has no
// room for symbol, serial and host, "version", or a field of info: "host",
// "product", "producer", "lot", "stars", "potential" or "logo".
func NewDesign(l Layout, info label.Info, version int) (*Design, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	if version < 1 || version > qr.MaxVersion {
		return nil, fault.Field("version", "is %d: use 1 to %d", version, qr.MaxVersion)
	}
	all, err := items(&l, &info)
	if err != nil {
		return nil, err
	}
	modules := 17 + 4*version
	best := plan{}
	for _, beside := range []bool{true, false} {
		best = best.better(search(&l, all, modules, beside))
	}
	if best.blocks == nil {
		return nil, fault.Field("layout", "labels of %g by %g mm have no room for %d modules of %g mm with a quiet zone of %d, the serial and the host: use larger labels or a shorter link",
			l.LabelWidth, l.LabelHeight, modules, LeastModule, QuietModules)
	}
	d := best.draw(&l, modules)
	d.warn(&best, all)
	return d, nil
}

// warn says what is not as it should be.
func (d *Design) warn(p *plan, all []*item) {
	if p.module < RecommendedModule {
		d.Warnings = append(d.Warnings, fmt.Sprintf("the modules of the symbol are %.3f mm; GS1 recommends at least %g mm, so use larger labels or less text",
			p.module, RecommendedModule))
	}
	for _, b := range p.blocks {
		if b.cut {
			d.Warnings = append(d.Warnings, fmt.Sprintf("%s: is too long for the label and ends with an ellipsis", b.field))
		}
		all = without(all, b.item)
	}
	for _, it := range all {
		d.Warnings = append(d.Warnings, fmt.Sprintf("%s: the label has no room for it, so it is left out", it.field))
	}
}

// without returns the items but one.
func without(all []*item, one *item) []*item {
	var out []*item
	for _, it := range all {
		if it != one {
			out = append(out, it)
		}
	}
	return out
}
