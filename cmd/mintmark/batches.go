package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"mintmark/engine"
)

func newBatches(a *app) *cobra.Command {
	var state string
	cmd := &cobra.Command{
		Use:   "batches",
		Short: "List batches, oldest first",
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(func(c *client) error {
				all, err := c.batches(cmd.Context(), state)
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(all)
				}
				return a.printTable("BATCH STATE COUNT CREATED PRODUCT", batchRows(all))
			})
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "only batches in this `state`: minting, sealed, active, suspended, revoked or expired")
	return cmd
}

func batchRows(all []engine.BatchInfo) [][]string {
	rows := make([][]string, 0, len(all))
	for _, b := range all {
		rows = append(rows, []string{b.ID, string(b.State), number(b.Count), when(b.CreatedAt), b.Product})
	}
	return rows
}

// batches returns all batches in a state, or all if it is "".
func (c *client) batches(ctx context.Context, state string) ([]engine.BatchInfo, error) {
	all := []engine.BatchInfo{}
	query := url.Values{"limit": {"1000"}}
	if state != "" {
		query.Set("state", state)
	}
	for {
		var page struct {
			Batches []engine.BatchInfo `json:"batches"`
			Next    string             `json:"next"`
		}
		if err := c.call(ctx, request{method: http.MethodGet, path: "/v1/batches?" + query.Encode()}, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Batches...)
		if page.Next == "" {
			return all, nil
		}
		query.Set("after", page.Next)
	}
}
