package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/store/badgerstore"
	"mintmark/engine/store/pgstore"
	"mintmark/engine/store/storecopy"
)

const storeCopyHelp = `Copy all that a data directory holds into an empty database, which store migrate
up has prepared, and compare every item of both. Nothing may use the data
directory meanwhile; it is left as it is.

A copy that is cut off, in whatever way, is gone on with by the same command.
Until both sides have been compared no other command opens the database. The
numbers of logged scans become those of the database's lanes.

Then use the data directory with --store: it holds the key and the configuration.`

func newStoreCopy(a *app) *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "copy --from badger:DIR --to DSN",
		Short: "Copy a data directory into an empty database and compare both",
		Long:  storeCopyHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			source, dsn, err := a.copySides(cmd, from, to)
			if err != nil {
				return err
			}
			return a.storeCopy(cmd.Context(), source, dsn)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "badger:`DIR`, a data directory that no server holds")
	cmd.Flags().StringVar(&to, "to", "", "`DSN` of the database (default: MINTMARK_STORE)")
	return cmd
}

// copySides returns the data directory and the database of a copy.
func (a *app) copySides(cmd *cobra.Command, from, to string) (dir, dsn string, err error) {
	if to != "" && a.store == "" {
		a.store = to
	}
	if a.store != to && to != "" {
		return "", "", fault.Field("store", "names a second database beside --store; give one of them")
	}
	if dsn, err = a.onlyStore(cmd); err != nil {
		return "", "", err
	}
	dir, ok := strings.CutPrefix(from, "badger:")
	if !ok || dir == "" {
		return "", "", fault.Field("from", "is %q; name a data directory, such as badger:./var", from)
	}
	if !engine.Initialized(dir) {
		return "", "", &fault.Error{Kind: fault.NotFound, Field: "from", Msg: dir + " is not a Mintmark data directory"}
	}
	return dir, dsn, nil
}

// copied is what store copy prints.
type copied struct {
	From    string  `json:"from"`
	Seconds float64 `json:"seconds"`
	storecopy.Result
}

func (a *app) storeCopy(ctx context.Context, dir, dsn string) (err error) {
	begun := time.Now()
	target, err := pgstore.OpenLoader(ctx, pgstore.Options{DSN: dsn, Log: a.errorLog()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	source, err := badgerstore.Open(badgerstore.Options{Dir: storeDir(dir)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	bars := copyBars{app: a}
	res, err := storecopy.Copy(ctx, source, target, bars.show)
	if err != nil {
		bars.leave()
		return err
	}
	if err := bars.done(); err != nil {
		return err
	}
	return a.printCopy(dir, copied{From: "badger:" + dir, Seconds: time.Since(begun).Seconds(), Result: res})
}

func (a *app) printCopy(dir string, c copied) error {
	if a.json {
		return a.printJSON(c)
	}
	var rows [][]string
	for _, part := range storecopy.Parts {
		rows = append(rows, []string{string(part), number(c.Copied[part]), number(c.Compared[part])})
	}
	if err := a.printTable("PART COPIED COMPARED", rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.out, "\ncopied in %.1f s; both sides hold the same\nNext: mintmark fsck --data %s%s\n", c.Seconds, dir, a.storeHint())
	return err
}

// copyBars shows one bar for each part that is copied or compared.
type copyBars struct {
	app  *app
	last storecopy.Progress
	bar  *bar
}

func (b *copyBars) show(p storecopy.Progress) {
	if b.bar == nil || p.Part != b.last.Part || p.Checking != b.last.Checking {
		_ = b.done() // a bar that cannot be drawn stops no copy
		verb := "copying "
		if p.Checking {
			verb = "comparing "
		}
		b.bar = b.app.newBar(int64(p.Total), verb+string(p.Part), false)
	}
	b.last = p
	b.bar.Set64(int64(p.Done))
}

// done shows the last bar full, since its part has ended.
func (b *copyBars) done() error {
	if b.bar == nil {
		return nil
	}
	return b.bar.done()
}

// leave ends the line of the last bar as it stands.
func (b *copyBars) leave() {
	if b.bar != nil {
		b.bar.leave()
	}
}
