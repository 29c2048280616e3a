package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"mintmark/engine"
)

// change is a request to change stamps, as the API takes it.
type change struct {
	Ranges             []string  `json:"ranges,omitempty"`
	Reason             string    `json:"reason,omitempty"`
	Actor              string    `json:"actor,omitempty"`
	Product            string    `json:"product,omitempty"`
	Lot                string    `json:"lot,omitempty"`
	Code               string    `json:"code,omitempty"`
	NotActivatedBefore time.Time `json:"not_activated_before,omitzero"`
	ExpiresAt          time.Time `json:"expires_at,omitzero"`
	DryRun             bool      `json:"dry_run,omitempty"`
}

// newChange makes the command of one operation; past is its past participle.
// prepare completes the request from the command's own flags.
func newChange(a *app, op, past, short string, prepare func(*change)) *cobra.Command {
	var body change
	cmd := &cobra.Command{
		Use:   op + " BATCH [RANGE...]",
		Short: short,
		Long: short + ".\n\nA range is positions, such as 1-5000 or 17, or the first and the last serial\n" +
			"on a roll, such as FIRST..LAST. Without a range it is the whole batch.",
		Args: operands(true, "BATCH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			body.Ranges = args[1:]
			prepare(&body)
			return a.with(func(c *client) error { return a.change(cmd, c, args[0], op, past, body) })
		},
	}
	cmd.Flags().StringVar(&body.Actor, "actor", systemUser(), "who does it, for the audit trail")
	cmd.Flags().StringVar(&body.Reason, "reason", "", "why, for the audit trail")
	return cmd
}

// change asks for a change and prints what it did.
func (a *app) change(cmd *cobra.Command, c *client, batch, op, past string, body change) error {
	var res changeResult
	r := request{method: http.MethodPost, path: batchPath(batch) + "/" + op, body: body}
	if err := c.call(cmd.Context(), r, &res); err != nil {
		return err
	}
	res.Batch, res.Op, res.DryRun = batch, op, body.DryRun
	if a.json {
		return a.printJSON(res)
	}
	if body.DryRun {
		fmt.Fprintf(a.out, "would be %s: %s of batch %s, of which %s scanned\n", past, plural(res.Affected, "stamp"), batch, have(res.Scanned))
	} else {
		fmt.Fprintf(a.out, "%s: %s of batch %s, of which %s scanned\n", past, plural(res.Affected, "stamp"), batch, have(res.Scanned))
	}
	if res.Unchanged > 0 {
		fmt.Fprintf(a.out, "unchanged: %s, %s already\n", plural(res.Unchanged, "stamp"), past)
	}
	for _, why := range slices.Sorted(maps.Keys(res.Skipped)) {
		fmt.Fprintf(a.out, "left out: %s, %s\n", plural(res.Skipped[why], "stamp"), why)
	}
	if body.DryRun {
		fmt.Fprintln(a.out, "Nothing was changed. Add --yes to do it.")
	}
	return nil
}

// changeResult is what a change did, or would do.
type changeResult struct {
	Batch  string `json:"batch"`
	Op     string `json:"op"`
	DryRun bool   `json:"dry_run"`
	engine.ChangeResult
}

func have(n uint64) string {
	if n == 1 {
		return "1 has been"
	}
	return number(n) + " have been"
}

// batchPath returns the path of a batch in the API.
func batchPath(id string) string { return "/v1/batches/" + url.PathEscape(id) }
