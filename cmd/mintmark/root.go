package main

import (
	"io"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
)

// app is one run of the program: its streams, its environment, and the flags
// that all commands share.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string

	json           bool
	data           string
	store          string
	server         string
	token          string
	tokenFile      string
	passphraseFile string
}

// commands makes every subcommand, in the order of a stamp's life.
var commands = []func(*app) *cobra.Command{
	newInit, newServe, newDemo,
	newMint, newBatches, newShow, newLayouts, newExport, newManifest, newReconcile, newEPCIS,
	newVerify, newRegistry, newReports,
	newActivate, newSuspend, newResume, newSpoil, newReturn, newRevoke, newExpire,
	newReport, newToken, newFsck, newStore, newBench, newVersion, newExitCodes,
}

const longHelp = `Mintmark mints signed QR stamps by the million and answers the phones that scan them.

A command works on a data directory (--data DIR), or on a running server
(--server URL, with a token from MINTMARK_TOKEN, --token-file or --token). With
--store DSN, or better MINTMARK_STORE, everything but the data directory's key and
configuration is in a PostgreSQL database, which many programs may share.`

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "mintmark",
		Short:         "Mint, print and verify signed QR stamps",
		Long:          longHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          group,
	}
	cmd.SetIn(a.in)
	cmd.SetOut(a.out)
	cmd.SetErr(a.err)
	cmd.SetFlagErrorFunc(flagError)
	flags := cmd.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "print one JSON document on standard output")
	flags.StringVar(&a.data, "data", "", "data `directory` (default: MINTMARK_DATA, else ./var)")
	flags.StringVar(&a.store, "store", "", "`DSN` of a PostgreSQL database that holds all but key and configuration; others can see it in the list of processes, so better use MINTMARK_STORE")
	flags.StringVar(&a.server, "server", "", "`URL` of a running server, to use instead of a data directory")
	flags.StringVar(&a.token, "token", "", "`token` for --server; others can see it in the list of processes, so better use MINTMARK_TOKEN or --token-file")
	flags.StringVar(&a.tokenFile, "token-file", "", "`file` that holds the token for --server")
	flags.StringVar(&a.passphraseFile, "passphrase-file", "", "`file` that holds the passphrase of the data directory's key (default: MINTMARK_PASSPHRASE_FILE)")
	for _, add := range commands {
		cmd.AddCommand(add(a))
	}
	cmd.InitDefaultCompletionCmd()
	for _, c := range cmd.Commands() {
		setGroup(c)
	}
	return cmd
}

// setGroup lets a command that only holds others, and such ones below it, say
// what is wrong with a name that it does not hold.
func setGroup(cmd *cobra.Command) {
	if !cmd.HasSubCommands() {
		return
	}
	if cmd.RunE == nil {
		cmd.Args, cmd.RunE = cobra.ArbitraryArgs, group
	}
	for _, c := range cmd.Commands() {
		setGroup(c)
	}
}

// group is the RunE of a command that only holds others.
func group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return fault.Field("command", "there is no %q in %q%s; see: %s --help",
		args[0], cmd.CommandPath(), suggest(args[0], names), cmd.CommandPath())
}

// dataDir returns the data directory to work on.
func (a *app) dataDir() string {
	switch {
	case a.data != "":
		return a.data
	case a.env("MINTMARK_DATA") != "":
		return a.env("MINTMARK_DATA")
	}
	return "./var"
}

// onlyLocal refuses the flags of a server for a command that works on a data
// directory alone.
func (a *app) onlyLocal(cmd *cobra.Command) error {
	if a.server != "" {
		return fault.Field("server", "%s works on a data directory; leave --server out", cmd.Name())
	}
	return nil
}
