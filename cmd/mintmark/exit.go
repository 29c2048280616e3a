package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
)

// The exit codes.
const (
	exitOK          = 0
	exitInternal    = 1
	exitInvalid     = 2
	exitNotFound    = 3
	exitConflict    = 4
	exitForbidden   = 5
	exitBusy        = 6
	exitCorrupt     = 7
	exitNotGenuine  = 8
	exitInterrupted = 130
)

// exitCodes documents them: this table is what "mintmark help exit-codes"
// prints.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitOK, "done"},
	{exitInternal, "internal error, or a write of which it is not known whether it is on disk"},
	{exitInvalid, "bad usage or invalid input; the message names the flag or field"},
	{exitNotFound, "what was named does not exist, or not for this token"},
	{exitConflict, "the present state forbids it"},
	{exitForbidden, "no token, a bad token, or a role that may not do this"},
	{exitBusy, "try again: busy, held by a server, disk full, or not reachable; nothing was done, unless the message says that it is not known"},
	{exitCorrupt, "stored or received data fails its checks, or fsck found problems"},
	{exitNotGenuine, "verify: every code was answered, and at least one verdict is not \"genuine\""},
	{exitInterrupted, "interrupted"},
}

// kindCodes gives the exit code of each kind of error.
var kindCodes = map[fault.Kind]int{
	fault.Internal:    exitInternal,
	fault.Invalid:     exitInvalid,
	fault.NotFound:    exitNotFound,
	fault.Conflict:    exitConflict,
	fault.Busy:        exitBusy,
	fault.Forbidden:   exitForbidden,
	fault.Corrupt:     exitCorrupt,
	fault.Unknown:     exitInternal,
	fault.Unavailable: exitBusy,
}

// exitError ends the program with a code that no kind of error stands for.
type exitError struct {
	code int
	msg  string
}

func (e *exitError) Error() string { return e.msg }

// codeOf returns the exit code of an error.
func codeOf(err error) int {
	var e *exitError
	switch {
	case errors.As(err, &e):
		return e.code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return kindCodes[fault.KindOf(err)]
}

// report prints an error as "mintmark: <field>: <message>", apart for
// errors that were joined. A field that is a flag of the command is spelled so.
func report(w io.Writer, cmd *cobra.Command, err error) {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "mintmark: interrupted")
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			report(w, cmd, one)
		}
		return
	}
	msg := err.Error()
	if field := fault.FieldOf(err); field != "" {
		msg = strings.Replace(msg, field+":", flagOf(cmd, field)+":", 1)
	}
	for line := range strings.Lines(msg) {
		fmt.Fprintf(w, "mintmark: %s\n", strings.TrimRight(line, "\n"))
	}
}

// fieldFlags names the flags that all commands share, and those that are not
// called like their field.
var fieldFlags = map[string][]string{
	"async":         {"durability"},
	"authorization": {"token"},
	"custom_layout": {"layout-file"},
	"data":          {"data"},
	"expires_at":    {"expires", "at"},
	"passphrase":    {"passphrase-file"},
	"server":        {"server"},
	"store":         {"to", "store"},
}

// flagOf returns the flag that sets a field, with its dashes, or the field.
func flagOf(cmd *cobra.Command, field string) string {
	name := strings.ToLower(field)
	for _, flag := range fieldFlags[name] {
		if cmd.Flags().Lookup(flag) != nil {
			return "--" + flag
		}
	}
	if own := strings.ReplaceAll(name, "_", "-"); cmd.LocalNonPersistentFlags().Lookup(own) != nil {
		return "--" + own
	}
	return field
}

func newExitCodes(*app) *cobra.Command {
	var b strings.Builder
	b.WriteString("The exit codes of mintmark:\n\n")
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "  %3d  %s\n", c.code, c.meaning)
	}
	return &cobra.Command{Use: "exit-codes", Short: "The exit codes (help topic)", Long: strings.TrimRight(b.String(), "\n")}
}
