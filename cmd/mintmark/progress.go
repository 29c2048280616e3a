package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Between two drawings of a bar: a terminal shows it live, anything else keeps
// every one of them.
const (
	drawTerminal = 100 * time.Millisecond
	drawOther    = 2 * time.Second
)

// newBar returns a progress bar on standard error. Bytes are shown as sizes,
// anything else as a count and a rate of units.
func (a *app) newBar(total int64, what, unit string) *progressbar.ProgressBar {
	every := drawOther
	if isTerminal(a.err) {
		every = drawTerminal
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(a.err),
		progressbar.OptionSetDescription(what),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(every),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString(unit),
		progressbar.OptionOnCompletion(func() { fmt.Fprintln(a.err) }),
	}
	if unit == "bytes" {
		options = append(options, progressbar.OptionShowBytes(true), progressbar.OptionUseIECUnits(true))
	}
	return progressbar.NewOptions64(total, options...)
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
