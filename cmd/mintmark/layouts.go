package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/pdf"
	"mintmark/engine/label/sheet"
)

// maxLayoutFile is the most bytes of a layout file.
const maxLayoutFile = sheet.MaxFile

func newLayouts(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "layouts",
		Short: "List the layouts of labels, check one of your own, print a test page",
		Args:  operands(false),
		RunE: func(*cobra.Command, []string) error {
			all := sheet.Layouts()
			if a.json {
				return a.printJSON(all)
			}
			var rows [][]string
			for i := range all {
				rows = append(rows, layoutRow(&all[i]))
			}
			return a.printTable("NAME PAGE LABELS SIZE TITLE", rows)
		},
	}
	cmd.AddCommand(newLayoutsCheck(a), newLayoutsTestPage(a))
	return cmd
}

// layoutRow describes a layout; lengths are in millimetres.
func layoutRow(l *sheet.Layout) []string {
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
			if a.json {
				return a.printJSON(l)
			}
			return a.printTable("NAME PAGE LABELS SIZE TITLE", [][]string{layoutRow(&l)})
		},
	}
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
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				return fault.Field("output", "is missing; name the PDF file to write")
			}
			l, err := sheet.Lookup(args[0])
			if _, missing := os.Stat(args[0]); err != nil && missing == nil {
				l, err = readLayout(args[0])
			}
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

// warn prints what is not as it should be.
func (a *app) warn(msg string) { fmt.Fprintf(a.err, "mintmark: warning: %s\n", msg) }
