// Command mintmark mints signed QR stamps, serves the phones that scan them,
// and administers both.
//
// Every subcommand is written once, against the HTTP API: with --server it
// talks to a running server, with --data it opens the data directory and talks
// to the same routes inside the process.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run is the whole program: it takes the arguments after the program's name and
// returns the exit code, one of those in exitCodes. The first interrupt lets the
// command end in order, the second one ends the process at once.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	a := &app{in: stdin, out: stdout, err: stderr, env: env}
	root := a.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	report(stderr, cmd, err)
	return codeOf(err)
}
