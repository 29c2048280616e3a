package server

import (
	"runtime"
	"testing"
)

func TestUseProcessors(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	for env, want := range map[string]int{"": 2 * before, "7": before} {
		t.Setenv("GOMAXPROCS", env)
		restore := UseProcessors()
		if n := runtime.GOMAXPROCS(0); n != want {
			t.Errorf("GOMAXPROCS=%q: %d, want %d", env, n, want)
		}
		restore()
		if n := runtime.GOMAXPROCS(0); n != before {
			t.Errorf("GOMAXPROCS=%q: %d left", env, n)
		}
	}
}
