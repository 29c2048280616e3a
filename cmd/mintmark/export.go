package main

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/export"
	"mintmark/engine/fault"
)

const exportHelp = `Write labels or codes of a sealed batch for the printer.

The files are made by the server, or in the data directory, as a job that goes on
where it was if it is cut off, and are then downloaded: each as NAME.part, checked
against its SHA-256, and renamed only when it is whole and on disk. The manifest,
which the issuer signs, is written last. The same command gives the same bytes.

-o names a directory, or a file if it has an extension or the format is csv or
ndjson; then the export must make one file, and the manifest is
FILE.manifest.json. With --resume an export that was cut off goes on where it
ended. "-o -" writes the csv of a whole batch to standard output.

Downloads are recorded as a release to the printer. What another printer has is
exported only with --force, which stands in the audit trail.`

// exportFlags says what to write and where.
type exportFlags struct {
	export.Request
	layoutFile  string
	logoFile    string
	from, count count
	split, roll count
	printer     string
	actor       string
	force       bool
	out         string
	resume      bool
}

func newExport(a *app) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export BATCH",
		Short: "Write labels or codes of a batch for the printer",
		Long:  exportHelp,
		Args:  operands(false, "BATCH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.out == "-" {
				return a.exportStream(cmd, args[0], &f)
			}
			body, err := f.body()
			if err != nil {
				return err
			}
			to := f.target(args[0])
			if err := to.check(); err != nil {
				return err
			}
			return a.with(func(c *client) error { return a.export(cmd.Context(), c, args[0], body, to) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.Format, "format", "csv", "file `format`: "+strings.Join(export.Formats(), ", "))
	flags.StringVarP(&f.out, "output", "o", "", "`directory` or file to write, - for standard output (default: BATCH.csv, or the directory BATCH)")
	flags.BoolVar(&f.resume, "resume", false, "go on with what an earlier run has left, if there is anything")
	flags.StringVar(&f.Layout, "layout", "", "`name` of a layout; see: mintmark layouts")
	flags.StringVar(&f.layoutFile, "layout-file", "", "`file` with a layout of your own")
	flags.Var(&f.from, "from", "position of the first stamp (default 1)")
	flags.Var(&f.count, "count", "how many stamps (default: all from there on)")
	flags.Var(&f.split, "split", "labels a file (default: all in one)")
	flags.Var(&f.roll, "roll", "labels of a roll, each of which gets a file")
	flags.IntVar(&f.Start, "start", 0, "`labels` of the first sheet that are already used")
	flags.StringVar(&f.Level, "level", "", "how much damage a symbol survives: `L`, M, Q or H (default M)")
	flags.IntVar(&f.DPI, "dpi", 0, "`dots` an inch of png (default 600) or zpl (default 203)")
	flags.BoolVar(&f.Native, "native", false, "zpl: let the printer draw the symbols")
	flags.IntVar(&f.Stars, "stars", 0, "OCOP `rank`, 1 to 5")
	flags.BoolVar(&f.Potential, "potential", false, "the last star is proposed and not yet awarded")
	flags.StringVar(&f.logoFile, "logo", "", "PNG or SVG `file` to show on every label")
	flags.StringVar(&f.printer, "printer", "", "`who` prints it (default: the batch's printer)")
	flags.BoolVar(&f.force, "force", false, "although another printer has stamps of the range; stands in the audit trail")
	flags.StringVar(&f.actor, "actor", systemUser(), "who does it, for the audit trail")
	return cmd
}

// exportBody is a request for an export, as the API takes it.
type exportBody struct {
	export.Request
	Logo    []byte `json:"logo,omitempty"`
	Printer string `json:"printer,omitempty"`
	Force   bool   `json:"force,omitempty"`
	Actor   string `json:"actor,omitempty"`
}

// body returns the request, with the files that the flags name.
func (f *exportFlags) body() (b exportBody, err error) {
	b = exportBody{Request: f.Request, Printer: f.printer, Force: f.force, Actor: f.actor}
	b.From, b.Count, b.Split, b.Roll = uint64(f.from), uint64(f.count), uint64(f.split), uint64(f.roll)
	if f.logoFile != "" {
		if b.Logo, err = inputFile("logo", f.logoFile, export.MaxLogoBytes); err != nil {
			return b, err
		}
	}
	if f.layoutFile != "" {
		layout, err := inputFile("layout-file", f.layoutFile, maxLayoutFile)
		b.CustomLayout = string(layout)
		return b, err
	}
	return b, nil
}

// inputFile reads a file of at most max bytes that a flag names.
func inputFile(flag, path string, max int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > max {
		return nil, fault.Field(flag, "%s has %d bytes; use a file of at most %d", path, info.Size(), max)
	}
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, &fault.Error{Kind: fault.NotFound, Field: flag, Msg: "there is no file " + path}
	}
	if err != nil {
		return nil, fault.Field(flag, "cannot read %s: %v", path, err)
	}
	return data, nil
}

// exportTarget is where an export goes.
type exportTarget struct {
	path   string
	dir    bool // path is a directory, else the one file
	resume bool
}

// target returns where an export goes.
func (f *exportFlags) target(batch string) exportTarget {
	codes := f.Format == "csv" || f.Format == "ndjson"
	parts := f.split > 0 || f.roll > 0
	out := f.out
	if out == "" && codes && !parts {
		out = batch + "." + f.Format
	}
	out = cmp.Or(out, batch)
	info, err := os.Stat(out)
	dir := parts || strings.HasSuffix(out, "/") || err == nil && info.IsDir() || !codes && filepath.Ext(out) == ""
	return exportTarget{filepath.Clean(out), dir, f.resume}
}

// check refuses a place that cannot be written before anything is made.
func (t *exportTarget) check() error {
	parent := filepath.Dir(t.path)
	info, err := os.Stat(t.path)
	if err == nil && t.dir && !info.IsDir() {
		return fault.Field("output", "%s is a file, and the export makes several; name a directory", t.path)
	}
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return fault.Field("output", "cannot write %s: there is no directory %s", t.path, parent)
	}
	return nil
}

// exportStream writes the csv of a whole batch to standard output.
func (a *app) exportStream(cmd *cobra.Command, batch string, f *exportFlags) error {
	if a.json || f.resume {
		return fault.Field("output", "is standard output, which takes neither --json nor --resume; name a file")
	}
	for _, flag := range []string{"layout", "layout-file", "from", "count", "split", "roll", "logo", "printer", "force"} {
		if cmd.Flags().Changed(flag) || f.Format != "csv" {
			return fault.Field("output", "is standard output, which takes the csv of a whole batch alone; name a file or a directory")
		}
	}
	return a.with(func(c *client) error {
		x := &download{client: c, path: batchPath(batch) + "/export?format=csv"}
		if err := x.head(cmd.Context()); err != nil {
			return err
		}
		return x.to(cmd.Context(), a.out, a.newBar(x.size, "export", true))
	})
}

// made asks for an export and shows the progress until it is complete.
func (a *app) made(ctx context.Context, c *client, batch string, body exportBody) (x engine.ExportInfo, err error) {
	if err := c.call(ctx, request{method: http.MethodPost, path: batchPath(batch) + "/exports", body: body}, &x); err != nil {
		return x, err
	}
	for _, w := range x.Warnings {
		a.warn(w)
	}
	bar := a.newBar(int64(x.Count), "making", false)
	wait := request{method: http.MethodGet, path: exportPath(x) + "?wait=0.2"}
	for x.State == engine.ExportMaking {
		if err := c.call(ctx, wait, &x); err != nil {
			bar.leave()
			return x, err
		}
		bar.Set64(int64(x.Labels))
	}
	switch x.State {
	case engine.ExportAbsent: // and will not be made
		bar.leave()
		return x, fault.New(fault.Conflict, "the export was not made: its stamps were revoked")
	case engine.ExportFailed:
		bar.leave()
		return x, fault.New(fault.Busy, "the export was not made: %s", x.Error)
	}
	return x, bar.done()
}

// exportPath returns the path of an export in the API.
func exportPath(x engine.ExportInfo) string { return batchPath(x.Batch) + "/exports/" + x.ID }
