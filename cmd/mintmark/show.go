package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/batch"
)

func newShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show BATCH",
		Short: "Show a batch and the account of its stamps",
		Args:  operands(false, "BATCH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(func(c *client) error {
				var b engine.BatchInfo
				if err := c.call(cmd.Context(), request{method: http.MethodGet, path: batchPath(args[0])}, &b); err != nil {
					return err
				}
				if a.json {
					return a.printJSON(b)
				}
				return a.printBatch(b)
			})
		},
	}
}

func (a *app) printBatch(b engine.BatchInfo) error {
	minting := ""
	if b.State == batch.LifeMinting {
		minting = fmt.Sprintf("%s of %s on disk", number(b.Minted), number(b.Count))
	}
	n := b.Accounts
	return a.printFields(
		"batch", b.ID,
		"state", string(b.State),
		"minting", minting,
		"problem", b.Error,
		"product", b.Product,
		"gtin", b.GTIN,
		"lot", b.Lot,
		"printer", b.Printer,
		"producer", b.Producer,
		"urls", b.BaseURL+" ("+b.Form+")",
		"created", when(b.CreatedAt),
		"sealed", when(b.SealedAt),
		"expires", when(b.ExpiresAt),
		"root", b.Root,
		"minted", number(n.Minted),
		"  activated", number(n.Activated),
		"  spoiled", number(n.Spoiled),
		"  returned", number(n.Returned),
		"  revoked", number(n.Revoked),
		"  expired", number(n.Expired),
		"  outstanding", number(n.Outstanding),
	)
}
