package main

import (
	"archive/zip"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/table"
)

const registryExportHelp = `Write the records of the registry as a workbook with a sheet for each kind, or as CSV
files. An export of an empty registry is a template: the first row of each sheet
names the columns, and its notes tell what they may hold.

-o names a file or a directory. CSV of all kinds makes a file for each in the
directory, or one file if -o ends in .zip. A file is written as FILE.part and renamed
when it is whole and on disk. "mintmark registry import" reads all of these.`

// tableTarget is where an export of the registry goes, and as what.
type tableTarget struct {
	format string // of the API
	kind   string
	path   string // file, - or directory
	unpack bool   // path is a directory for the files of a ZIP file
}

func newRegistryExport(a *app) *cobra.Command {
	var format, kind, out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write records as a workbook or CSV files",
		Long:  registryExportHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			to, err := newTableTarget(format, kind, out)
			if err != nil {
				return err
			}
			if to.path == "-" && a.json {
				return fault.Field("output", "is standard output, which does not take --json; name a file")
			}
			return a.with(func(c *client) error { return a.exportRegistry(cmd.Context(), c, to) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&format, "format", "", "`format`: xlsx, csv or zip, which is csv in one file (default: as FILE ends, else xlsx)")
	flags.StringVar(&kind, "kind", "", "only this `kind` of records")
	flags.StringVarP(&out, "output", "o", "", "`file` or directory to write, - for standard output (default: registry.xlsx)")
	return cmd
}

// newTableTarget decides what -o and the other flags mean.
func newTableTarget(format, kind, out string) (to tableTarget, err error) {
	to = tableTarget{kind: kind, format: cmp.Or(format, formatOf(out), table.XLSX)}
	if kind != "" && registry.New(registry.Kind(kind)) == nil {
		return to, fault.Field("kind", "%q is no kind of records; use one of %s", kind, kindList())
	}
	info, err := os.Stat(out)
	dir := strings.HasSuffix(out, "/") || err == nil && info.IsDir()
	name := cmp.Or(kind, "registry")
	all := to.format == table.CSV && kind == ""
	switch {
	case out == "-" && all:
		return to, fault.Field("output", "is standard output, which takes CSV of one kind; give --kind, or --format zip")
	case out == "-":
		to.path = out
		return to, nil
	case all && formatOf(out) == table.CSV && !dir:
		return to, fault.Field("output", "%s is one file, and CSV has one for each kind; name a directory or a .zip file, or give --kind", out)
	case all && formatOf(out) != table.ZIP:
		to.format, to.unpack, to.path = table.ZIP, true, cmp.Or(out, name)
	case all:
		to.format, to.path = table.ZIP, out
	case dir:
		to.path = filepath.Join(out, name+"."+to.format)
	default:
		to.path = cmp.Or(out, name+"."+to.format)
	}
	target := exportTarget{path: filepath.Clean(to.path), dir: to.unpack}
	return to, target.check()
}

// exportRegistry downloads an export and puts it in place.
func (a *app) exportRegistry(ctx context.Context, c *client, to tableTarget) error {
	q := url.Values{"format": {to.format}}
	if to.kind != "" {
		q.Set("kind", to.kind)
	}
	res, err := c.send(ctx, request{method: http.MethodGet, path: "/v1/registry/export?" + q.Encode()})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if to.path == "-" {
		return a.copyBody(a.out, res, "records")
	}
	files := []string{to.path}
	if to.unpack {
		files, err = a.unpackTables(res, to.path)
	} else {
		err = a.saveTable(res, to.path)
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string][]string{"files": files})
	}
	_, err = fmt.Fprintf(a.out, "%s\n", strings.Join(files, "\n"))
	return err
}

func (a *app) saveTable(res *http.Response, path string) error {
	part, err := openPart(path, false)
	if err != nil {
		return err
	}
	defer part.file.Close()
	if err := a.copyBody(part.file, res, "records"); err != nil {
		return err
	}
	return part.finish()
}

// unpackTables writes the files of a ZIP file to a directory, all of which are of
// one moment. It makes the directory if it is missing.
func (a *app) unpackTables(res *http.Response, dir string) (files []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fault.Field("output", "cannot make the directory: %v", err)
	}
	whole, err := openPart(filepath.Join(dir, "registry.zip"), false)
	if err != nil {
		return nil, err
	}
	defer os.Remove(whole.file.Name())
	defer whole.file.Close()
	if err := a.copyBody(whole.file, res, "records"); err != nil {
		return nil, err
	}
	info, err := whole.file.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "inspect %s", whole.file.Name())
	}
	z, err := zip.NewReader(whole.file, info.Size())
	if err != nil {
		return nil, fault.Wrap(fault.Corrupt, err, "the answer is no ZIP file")
	}
	for _, k := range registry.Kinds {
		path := filepath.Join(dir, string(k)+".csv")
		if err := unpackTable(z, path); err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	return files, nil
}

// unpackTable writes the file of a ZIP file that has the name of path.
func unpackTable(z *zip.Reader, path string) error {
	from, err := z.Open(filepath.Base(path))
	if err != nil {
		return fault.Wrap(fault.Corrupt, err, "the answer does not hold %s", filepath.Base(path))
	}
	defer from.Close()
	part, err := openPart(path, false)
	if err != nil {
		return err
	}
	defer part.file.Close()
	if _, err := io.Copy(part.file, from); err != nil {
		return fault.Wrap(fault.Internal, err, "write %s", path)
	}
	return part.finish()
}
