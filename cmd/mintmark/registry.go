package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/table"
)

func newRegistry(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "registry",
		Short: "Organisations, products, recognitions and more, as workbooks and CSV",
	}
	cmd.AddCommand(newRegistryImport(a), newRegistryExport(a))
	return cmd
}

const importHelp = `Read records of the registry from a workbook (.xlsx), from CSV files, each named after
its kind, or from a ZIP file of these. "mintmark registry export" writes such files,
and of an empty registry templates.

All of it is imported, or nothing. --dry-run tells what would happen. Every bad row
and column is listed, not only the first. A record is known by its id: the same file
twice changes nothing, and a column that the file does not have leaves that field of
records as it is. A column "delete" with "yes" deletes the record of its row.

One import takes at most 5,000 records, of a file of at most 16 MiB.`

// importFlags says how to import.
type importFlags struct {
	kind, reason, actor string
	dryRun              bool
}

func newRegistryImport(a *app) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Read records from a workbook or CSV files, all or nothing",
		Long:  importHelp,
		Args:  operands(true, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			x, err := readTables(args, f.kind)
			if err != nil {
				return err
			}
			return a.with(func(c *client) error { return a.importRegistry(cmd.Context(), c, x, &f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.kind, "kind", "", "`kind` of the records of a CSV file that is not named after it")
	flags.BoolVar(&f.dryRun, "dry-run", false, "only tell what would be changed, or what is wrong")
	flags.StringVar(&f.reason, "reason", "", "why, for the audit trail")
	flags.StringVar(&f.actor, "actor", systemUser(), "who does it, for the audit trail")
	return cmd
}

// tables is what is sent for an import.
type tables struct {
	format string
	kind   string // of csv
	name   string // of the one file, for messages
	data   []byte
}

// readTables reads the files of an import. Several CSV files become one ZIP file.
func readTables(paths []string, kind string) (x tables, err error) {
	x = tables{format: formatOf(paths[0]), kind: kind, name: filepath.Base(paths[0])}
	switch {
	case x.format == "":
		return x, fault.Field("FILE", "%s must end in .xlsx, .csv or .zip", paths[0])
	case kind != "" && (x.format != table.CSV || len(paths) > 1):
		return x, fault.Field("kind", "is for one CSV file; other files name their kinds themselves")
	case len(paths) > 1:
		return zipTables(paths)
	}
	if x.format == table.CSV && kind == "" {
		if x.kind, err = kindOfFile(paths[0]); err != nil {
			return x, err
		}
	}
	x.data, err = inputFile("FILE", paths[0], table.MaxFile)
	return x, err
}

// formatOf returns the format that a file's name ends in, or "".
func formatOf(path string) string {
	switch ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."); ext {
	case table.XLSX, table.CSV, table.ZIP:
		return ext
	}
	return ""
}

// kindOfFile returns the kind that a CSV file is named after.
func kindOfFile(path string) (string, error) {
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".csv")
	if registry.New(registry.Kind(name)) == nil {
		return "", fault.Field("kind", "is missing, and %s is not named after a kind; use one of %s", path, kindList())
	}
	return name, nil
}

func kindList() string {
	var names []string
	for _, k := range registry.Kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// zipTables packs CSV files into one.
func zipTables(paths []string) (tables, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, path := range paths {
		if formatOf(path) != table.CSV {
			return tables{}, fault.Field("FILE", "%s is not the only one; import one workbook or ZIP file at a time, or several CSV files", path)
		}
		kind, err := kindOfFile(path)
		if err != nil {
			return tables{}, err
		}
		data, err := inputFile("FILE", path, table.MaxFile)
		if err != nil {
			return tables{}, err
		}
		w, err := z.Create(kind + ".csv")
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			return tables{}, err
		}
	}
	err := z.Close()
	return tables{format: table.ZIP, data: b.Bytes()}, err
}

// imported is what the API says of an import.
type imported struct {
	DryRun bool `json:"dry_run"`
	registry.Result
}

// refused is what the API says of a file that it does not take.
type refused struct {
	Errors []table.Problem `json:"errors"`
	Count  int             `json:"count"`
}

// maxRefused bounds how much of a list of problems is read, in bytes.
const maxRefused = 4 << 20

// importRegistry sends an import and prints what became of it.
func (a *app) importRegistry(ctx context.Context, c *client, x tables, f *importFlags) error {
	q := url.Values{"format": {x.format}, "dry_run": {strconv.FormatBool(f.dryRun)}, "actor": {f.actor}}
	for name, value := range map[string]string{"kind": x.kind, "reason": f.reason} {
		if value != "" {
			q.Set(name, value)
		}
	}
	bar := a.newBar(int64(len(x.data)), "import", true)
	res, err := c.do(ctx, request{method: http.MethodPost, path: "/v1/registry/import?" + q.Encode(),
		file: &upload{kind: table.MediaType(x.format), data: x.data, bar: bar}})
	bar.leave()
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return a.refused(res, x)
	}
	var out imported
	if err := c.decode(res, &out); err != nil {
		return err
	}
	return a.printImported(out)
}

func (a *app) printImported(out imported) error {
	if a.json {
		return a.printJSON(out)
	}
	line := fmt.Sprintf("%d created, %d updated, %d unchanged", out.Created, out.Updated, out.Unchanged)
	if out.Deleted > 0 {
		line += fmt.Sprintf(", %d deleted", out.Deleted)
	}
	if out.DryRun {
		line = "would be: " + line + "\nNothing was changed. Leave --dry-run out to do it."
	}
	_, err := fmt.Fprintln(a.out, line)
	return err
}

// refused prints what is wrong with a file, a line each, and returns the error.
func (a *app) refused(res *http.Response, x tables) error {
	data, err := io.ReadAll(io.LimitReader(res.Body, maxRefused))
	if err != nil {
		return fault.Wrap(fault.Busy, err, "the answer was cut off")
	}
	var r refused
	if json.Unmarshal(data, &r) != nil || r.Count == 0 {
		res.Body = io.NopCloser(bytes.NewReader(data))
		return problemOf(res)
	}
	for i := range r.Errors {
		if r.Errors[i].Sheet == x.kind+".csv" {
			r.Errors[i].Sheet = x.name
		}
	}
	if a.json {
		if err := a.printJSON(r); err != nil {
			return err
		}
	} else {
		for _, p := range r.Errors {
			fmt.Fprintln(a.out, p)
		}
	}
	msg := plural(uint64(r.Count), "problem")
	if more := r.Count - len(r.Errors); more > 0 {
		msg += fmt.Sprintf(", of which %d are listed", len(r.Errors))
	}
	return fault.Field("FILE", "%s; nothing was changed", msg)
}
