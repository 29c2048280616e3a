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

// bar is a progress bar on a line of standard error.
type bar struct {
	*progressbar.ProgressBar
	out io.Writer
}

// newBar returns a bar of a total of things, or of bytes.
func (a *app) newBar(total int64, what string, bytes bool) *bar {
	every := drawOther
	if isTerminal(a.err) {
		every = drawTerminal
	}
	return &bar{progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(a.err),
		progressbar.OptionSetDescription(what),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(every),
		progressbar.OptionShowCount(),
		progressbar.OptionShowBytes(bytes),
		progressbar.OptionUseIECUnits(true),
	), a.err}
}

// done shows the bar full and ends its line.
func (b *bar) done() error {
	err := b.Finish()
	fmt.Fprintln(b.out)
	return err
}

// leave ends the line of a bar as it stands.
func (b *bar) leave() {
	_ = b.Exit() // only sets a flag
	fmt.Fprintln(b.out)
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
