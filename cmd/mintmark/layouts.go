package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/pdf"
	"mintmark/engine/label/sheet"
)

// maxLayoutFile is the most bytes of a layout file.
const maxLayoutFile = sheet.MaxFile

const layoutsHelp = `List the layouts that exports may name: those of the program and, on a data
directory or a server, the saved ones. Without either, those of the program alone.`

func newLayouts(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "layouts",
		Short: "List the layouts of labels, check and save your own, print a test page",
		Long:  layoutsHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := a.layouts(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(all)
			}
			var rows [][]string
			for i := range all {
				saved := "no"
				if all[i].Saved {
					saved = "yes"
				}
				rows = append(rows, append(layoutRow(&all[i]), saved))
			}
			return a.printTable("NAME PAGE LABELS SIZE TITLE SAVED", rows)
		},
	}
	cmd.AddCommand(newLayoutsCheck(a), newLayoutsSave(a), newLayoutsDelete(a), newLayoutsTestPage(a))
	return cmd
}

// layouts returns the program's layouts and, where a place is named or the usual
// data directory is there, the saved ones.
func (a *app) layouts(ctx context.Context) (all []engine.LayoutInfo, err error) {
	if a.server == "" && a.data == "" && a.store == "" && a.env("MINTMARK_DATA") == "" && !engine.Initialized(a.dataDir()) {
		for _, l := range sheet.Layouts() {
			all = append(all, engine.DescribeLayout(l, false))
		}
		return all, nil
	}
	var list struct {
		Layouts []engine.LayoutInfo `json:"layouts"`
	}
	err = a.with(func(c *client) error {
		return c.call(ctx, request{method: http.MethodGet, path: "/v1/layouts"}, &list)
	})
	return list.Layouts, err
}

// layoutRow describes a layout; lengths are in millimetres.
func layoutRow(l *engine.LayoutInfo) []string {
	return []string{l.Name, fmt.Sprintf("%g x %g", l.PageWidth, l.PageHeight), fmt.Sprintf("%d x %d", l.Columns, l.Rows),
		fmt.Sprintf("%g x %g", l.LabelWidth, l.LabelHeight), l.Title}
}

// usualVersion is the version of the symbols of plain links to most hosts.
const usualVersion = 3

func newLayoutsCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check a layout file, and that a usual label fits",
		Args:  operands(false, "FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := readLayout(args[0])
			if err != nil {
				return err
			}
			d, err := sheet.NewDesign(l, label.Info{Host: "stamps.example"}, usualVersion)
			if err != nil {
				return err
			}
			for _, w := range d.Warnings {
				a.warn(w)
			}
			info := engine.DescribeLayout(l, false)
			if a.json {
				return a.printJSON(info)
			}
			return a.printTable("NAME PAGE LABELS SIZE TITLE", [][]string{layoutRow(&info)})
		},
	}
}

func newLayoutsSave(a *app) *cobra.Command {
	var actor string
	cmd := &cobra.Command{
		Use:   "save FILE",
		Short: "Save a layout file under the name in it, for exports to name",
		Args:  operands(false, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := readLayout(args[0])
			if err != nil {
				return err
			}
			return a.with(func(c *client) error {
				info, err := c.putLayout(cmd.Context(), &l, actor)
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(info)
				}
				_, err = fmt.Fprintf(a.out, "layout %s: saved\n", info.Name)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&actor, "actor", systemUser(), "who does it, for the audit trail")
	return cmd
}

// putLayout saves a layout.
func (c *client) putLayout(ctx context.Context, l *sheet.Layout, actor string) (info engine.LayoutInfo, err error) {
	file := &upload{kind: "application/toml", data: l.Format()}
	return info, c.call(ctx, request{method: http.MethodPut, path: layoutPath(l.Name, actor), file: file}, &info)
}

// layoutPath returns the path of a change to a saved layout in the API.
func layoutPath(name, actor string) string {
	return "/v1/layouts/" + url.PathEscape(name) + "?actor=" + url.QueryEscape(actor)
}

func newLayoutsDelete(a *app) *cobra.Command {
	var actor string
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a saved layout; exports that used it keep it",
		Args:  operands(false, "NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(func(c *client) error {
				res, err := c.send(cmd.Context(), request{method: http.MethodDelete, path: layoutPath(args[0], actor)})
				if err != nil {
					return err
				}
				res.Body.Close()
				if a.json {
					return a.printJSON(map[string]string{"deleted": args[0]})
				}
				_, err = fmt.Fprintf(a.out, "layout %s: deleted\n", args[0])
				return err
			})
		},
	}
	cmd.Flags().StringVar(&actor, "actor", systemUser(), "who does it, for the audit trail")
	return cmd
}

// readLayout reads a layout file.
func readLayout(path string) (sheet.Layout, error) {
	data, err := inputFile("FILE", path, maxLayoutFile)
	if err != nil {
		return sheet.Layout{}, err
	}
	return sheet.Parse(data)
}

func newLayoutsTestPage(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "test-page NAME|FILE -o FILE.pdf",
		Short: "Write a page with rulers, to hold against the labels",
		Args:  operands(false, "NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return fault.Field("output", "is missing; name the PDF file to write")
			}
			l, err := a.findLayout(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			part, err := openPart(out, false)
			if err != nil {
				return err
			}
			defer part.file.Close()
			if err := pdf.WriteTestPage(part.file, l); err != nil {
				return err
			}
			return part.finish()
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "PDF `file` to write")
	return cmd
}

// findLayout returns the layout that is the program's own, in a file, or saved, in
// this order.
func (a *app) findLayout(ctx context.Context, name string) (sheet.Layout, error) {
	l, unknown := sheet.Lookup(name)
	if unknown == nil {
		return l, nil
	}
	if _, err := os.Stat(name); err == nil {
		return readLayout(name)
	}
	all, err := a.layouts(ctx)
	if err != nil {
		return l, err
	}
	for _, one := range all {
		if one.Name == name {
			return sheet.Parse([]byte(one.File))
		}
	}
	return l, unknown
}

// warn prints what is not as it should be.
func (a *app) warn(msg string) { fmt.Fprintf(a.err, "mintmark: warning: %s\n", msg) }
