package server

import (
	"os"
	"runtime"
)

// UseProcessors has Go run twice as many threads at a time as it would, until the
// returned function is called: the runtime counts a thread that waits for the disk as
// running for a while, and what scans would come meanwhile has to wait with it. An
// operator who has set GOMAXPROCS knows better. See
// docs/decisions/018-a-parser-for-loops.md.
func UseProcessors() (restore func()) {
	if os.Getenv("GOMAXPROCS") != "" {
		return func() {}
	}
	old := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(2 * old)
	return func() { runtime.GOMAXPROCS(old) }
}
