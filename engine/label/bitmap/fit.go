package bitmap

import (
	"fmt"
	"math"
	"slices"

	"mintmark/engine/fault"
	"mintmark/engine/label/sheet"
)

// tolerance is how far a module may be from a whole number of dots, or below a
// least size, for the sake of rounding.
const tolerance = 0.01

// Fit returns a design whose symbol stands on whole dots: its modules are rounded
// down, and it keeps to the middle of its place. Warnings follow. perMM is dots a
// millimetre. The error is Invalid, field "dpi", for modules that become smaller
// than sheet.LeastModule.
func Fit(d *sheet.Design, perMM float64) (*sheet.Design, error) {
	size := Dots(d.Symbol.Module, perMM)
	module := float64(size) / perMM
	if module < sheet.LeastModule*(1-tolerance) {
		return nil, fault.Field("dpi", "is so coarse that modules of %.3f mm would become %.3f mm; use a finer one, larger labels or less text", d.Symbol.Module, module)
	}
	out := *d
	side := module * float64(d.Symbol.Modules)
	out.Symbol.Box = sheet.Box{X: middle(d.Symbol.X, d.Symbol.W, side, perMM), Y: middle(d.Symbol.Y, d.Symbol.H, side, perMM), W: side, H: side}
	out.Symbol.Module = module
	if module < sheet.RecommendedModule*(1-tolerance) && d.Symbol.Module >= sheet.RecommendedModule*(1-tolerance) {
		out.Warnings = append(slices.Clone(d.Warnings), fmt.Sprintf("the modules of the symbol are %.3f mm, whole dots of the printer; GS1 recommends at least %g mm, so use a finer printer or larger labels",
			module, sheet.RecommendedModule))
	}
	return &out, nil
}

// Dots returns how many whole dots a length has.
func Dots(mm, perMM float64) int { return int(mm*perMM + tolerance) }

// middle returns where something of a size begins on a dot in the middle of a box.
func middle(at, box, size, perMM float64) float64 {
	return math.Round((at+(box-size)/2)*perMM) / perMM
}
