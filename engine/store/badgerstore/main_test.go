package badgerstore

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain also is the program that the kill tests start and kill.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, runChild(dir))
		os.Exit(1)
	}
	// A store is opened several times in one check, so few make a test.
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	flag.Parse()
	os.Exit(m.Run())
}
