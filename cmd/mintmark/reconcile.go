package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/batch"
)

func newReconcile(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "reconcile BATCH",
		Short: "Account for every stamp of a batch, printer by printer",
		Args:  operands(false, "BATCH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(func(c *client) error {
				var r engine.Reconciliation
				if err := c.call(cmd.Context(), request{method: http.MethodGet, path: batchPath(args[0]) + "/reconciliation"}, &r); err != nil {
					return err
				}
				if a.json {
					return a.printJSON(r)
				}
				return a.printReconciliation(r)
			})
		},
	}
}

func (a *app) printReconciliation(r engine.Reconciliation) error {
	var rows [][]string
	for _, s := range r.Printers {
		rows = append(rows, shareRow(cmp.Or(s.Printer, "(no printer)"), s))
	}
	rows = append(rows, shareRow("(not released)", r.NotReleased))
	if err := a.printTable("PRINTER STAMPS ACTIVATED SPOILED RETURNED REVOKED EXPIRED OUTSTANDING PASSED-ON", rows); err != nil {
		return err
	}
	for _, s := range append(r.Printers, r.NotReleased) {
		for _, code := range slices.Sorted(maps.Keys(s.Spoiled)) {
			fmt.Fprintf(a.out, "spoiled by %s: %s%s\n", code, number(s.Spoiled[code]), of(s.Printer))
		}
	}
	n := r.Accounts
	_, err := fmt.Fprintf(a.out, "minted %s = activated %s + spoiled %s + returned %s + revoked %s + expired %s + outstanding %s\n",
		number(n.Minted), number(n.Activated), number(n.Spoiled), number(n.Returned), number(n.Revoked), number(n.Expired), number(n.Outstanding))
	return err
}

func of(printer string) string {
	if printer == "" {
		return ""
	}
	return " of " + printer
}

func shareRow(name string, s batch.Share) []string {
	spoiled := uint64(0)
	for _, n := range s.Spoiled {
		spoiled += n
	}
	row := []string{name}
	for _, n := range []uint64{s.Released, s.Activated, spoiled, s.Returned, s.Revoked, s.Expired, s.Outstanding, s.PassedOn} {
		row = append(row, number(n))
	}
	return row
}
