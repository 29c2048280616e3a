package main

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

// TestHandbookCommands checks that the commands of the handbook are there, with
// the flags that it gives them; testdata/handbook.txt runs some.
func TestHandbookCommands(t *testing.T) {
	text, err := os.ReadFile("../../docs/handbook.vi.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(text)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "mintmark ")
		if !ok || !strings.HasPrefix(line, "    ") {
			continue
		}
		command, _, _ = strings.Cut(command, " #")
		command = strings.TrimSpace(command)
		words := csv.NewReader(strings.NewReader(command)) // spaces for commas: quotes as in a shell
		words.Comma, words.LazyQuotes = ' ', true
		args, err := words.Read()
		if err != nil {
			t.Fatalf("%q: %v", command, err)
		}
		seen++
		cmd, rest, err := (&app{out: os.Stdout, err: os.Stderr, env: os.Getenv}).root().Find(args)
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err == nil && cmd.Args != nil {
			err = cmd.Args(cmd, cmd.Flags().Args())
		}
		if err != nil || !cmd.HasParent() {
			t.Errorf("mintmark %s: %v", command, err)
		}
	}
	if seen < 8 {
		t.Errorf("found only %d commands", seen)
	}
}
