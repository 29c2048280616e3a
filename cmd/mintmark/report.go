package main

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
	figures "mintmark/engine/registry/report"
	"mintmark/engine/registry/report/document"
)

const reportHelp = `Print the province's report on a day: cooperatives, OCOP products, intellectual
property, stamps, sales channels, progress of programmes, and what lapses in the
next 90 days. docs/report.md has the definition of every figure.

A record counts if it stood on that day by its own dates, as the registry knows it
now; what has no date, such as members, is what the record said on that day.
--json prints the figures; --format html, pdf or xlsx writes a file.`

// reportFlags is what report prints.
type reportFlags struct{ asOf, format, lang, out string }

func newReport(a *app) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Report on the province: cooperatives, products, rights, stamps, programmes",
		Long:  reportHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(a.json, isTerminal(a.out)); err != nil {
				return err
			}
			return a.with(func(c *client) error { return a.report(cmd.Context(), c, &f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.asOf, "as-of", "", "`day` of the report, such as 2026-11-30 (default: now)")
	flags.StringVar(&f.format, "format", "text", "`text`, html, pdf or xlsx")
	flags.StringVar(&f.lang, "lang", string(document.VI), "language, `vi` or en")
	flags.StringVarP(&f.out, "output", "o", "", "`file` to write (default: standard output)")
	return cmd
}

func (f *reportFlags) check(json, terminal bool) error {
	switch f.format {
	case "text", "html":
	case "pdf", "xlsx":
		if f.out == "" && terminal && !json {
			return fault.Field("output", "is missing; a %s is no text for a terminal: name the file to write", f.format)
		}
	default:
		return fault.Field("format", "is %q; use text, html, pdf or xlsx, or --json alone", f.format)
	}
	if json && f.format != "text" {
		return fault.Field("format", "is %q, and --json prints JSON; give one of them", f.format)
	}
	_, err := document.ParseLang(f.lang)
	return err
}

// report gets the report and writes it.
func (a *app) report(ctx context.Context, c *client, f *reportFlags) error {
	query := url.Values{"format": {f.format}, "lang": {f.lang}}
	if f.format == "text" {
		query.Set("format", "json")
	}
	if f.asOf != "" {
		query.Set("as_of", f.asOf)
	}
	res, err := c.send(ctx, request{method: http.MethodGet, path: "/v1/report?" + query.Encode()})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	write := func(w io.Writer) error {
		_, err := io.Copy(w, res.Body)
		return fault.Wrap(fault.Busy, err, "the report was cut off; ask for it again")
	}
	if f.format == "text" {
		var r figures.Report
		if err := c.decode(res, &r); err != nil {
			return err
		}
		write = func(w io.Writer) error {
			if a.json {
				return writeJSON(w, r)
			}
			return printDocument(w, document.New(&r, document.Lang(f.lang)))
		}
	}
	if f.out == "" || f.out == "-" {
		return write(a.out)
	}
	part, err := openPart(f.out, false)
	if err != nil {
		return err
	}
	defer part.file.Close()
	if err := write(part.file); err != nil {
		return err
	}
	return part.finish()
}
