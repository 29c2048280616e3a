package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(withPostgres{m}, map[string]func(){"mintmark": main})
}

// TestScripts runs testdata/*.txt, one for each subcommand. Beside the usual
// commands there are:
//
//	code N PROGRAM ARG...   run a program, which must end with exit code N
//	field NAME PATH         set $NAME to a part of the JSON that ends the last output, such as 0.serial
//	start DATA [FLAG...]    serve a data directory on a free port, $URL
//	stop                    end that server in order
//	database NAME           set $NAME to the DSN of a new, empty database
//	schema DSN VERSION      make a database say that its schema has a version
//
// The condition postgres holds where PostgreSQL is installed.
func TestScripts(t *testing.T) {
	s := &scriptServers{byScript: map[*testscript.TestScript]*process{}}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Condition:           scriptCondition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":  scriptCode,
			"field": scriptField,
			"start": s.start,
			"halt":  s.stop, // "stop" would end the script: it is a command of testscript

			"database": scriptDatabase,
			"schema":   scriptSchema,
		},
	})
}

func scriptCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func scriptField(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: field NAME PATH")
	}
	out := strings.TrimSpace(ts.ReadFile("stdout"))
	var doc any
	if json.Unmarshal([]byte(out), &doc) != nil {
		last := out[strings.LastIndexByte(out, '\n')+1:]
		ts.Check(json.Unmarshal([]byte(last), &doc))
	}
	for step := range strings.SplitSeq(args[1], ".") {
		switch v := doc.(type) {
		case map[string]any:
			doc = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			ts.Check(err)
			doc = v[i]
		}
	}
	text, ok := doc.(string)
	if !ok {
		ts.Fatalf("%s is %v, want a text", args[1], doc)
	}
	ts.Setenv(args[0], text)
}

// scriptServers is the server of each script; scripts run side by side.
type scriptServers struct {
	mu       sync.Mutex
	byScript map[*testscript.TestScript]*process
}

func (s *scriptServers) start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: start DATA [FLAG...]")
	}
	self, err := os.Executable()
	ts.Check(err)
	cmd := exec.Command(self, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", ts.MkAbs(args[0])}, args[1:]...)...)
	cmd.Args[0] = "mintmark" // TestMain takes the program's name from here
	cmd.Env = append(os.Environ(), storeVariable+"="+ts.Getenv(storeVariable))
	p, err := startServer(cmd)
	ts.Check(err)
	ts.Defer(func() {
		select {
		case <-p.done:
		default:
			ts.Check(p.kill())
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byScript[ts] = p
	ts.Setenv("URL", p.url)
}

func (s *scriptServers) stop(ts *testscript.TestScript, neg bool, args []string) {
	s.mu.Lock()
	p := s.byScript[ts]
	s.mu.Unlock()
	if neg || len(args) > 0 || p == nil {
		ts.Fatalf("usage: stop, after start")
	}
	if err := p.stop(); err != nil {
		ts.Fatalf("%v\n%s", err, p.log())
	}
}
