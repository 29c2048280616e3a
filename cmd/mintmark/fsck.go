package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/fault"
)

func newFsck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "fsck",
		Short: "Check everything that is stored against everything else",
		Long: "Check everything that is stored against everything else: every stamp is made\n" +
			"again and compared. It changes nothing, and may run beside a working server\n" +
			"(--server). The exit code is 7 if it finds problems.",
		Args: operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(func(c *client) error { return a.fsck(cmd.Context(), c) })
		},
	}
}

// fsckLine is one line of the API's answer: progress, and last the report or
// why there is none.
type fsckLine struct {
	Stamps uint64             `json:"stamps"`
	Report *engine.FsckReport `json:"report"`
	Error  string             `json:"error"`
}

func (a *app) fsck(ctx context.Context, c *client) error {
	report, err := a.runFsck(ctx, c)
	if err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(report)
	} else {
		err = a.printFsck(report)
	}
	if n := len(report.Problems) + report.More; err == nil && n > 0 {
		err = fault.New(fault.Corrupt, "fsck found %s", plural(uint64(n), "problem"))
	}
	return err
}

// runFsck shows the progress and returns the report.
func (a *app) runFsck(ctx context.Context, c *client) (*engine.FsckReport, error) {
	batches, err := c.batches(ctx, "")
	if err != nil {
		return nil, err
	}
	var total int64
	for _, b := range batches {
		total += int64(b.Minted)
	}
	res, err := c.send(ctx, request{method: http.MethodPost, path: "/v1/fsck"})
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	bar := a.newBar(max(total, 1), "fsck", false)
	report, err := readFsck(ctx, res.Body, bar)
	if err != nil {
		bar.leave()
		return nil, err
	}
	return report, bar.done()
}

// readFsck reads lines until the report.
func readFsck(ctx context.Context, body io.Reader, bar *bar) (*engine.FsckReport, error) {
	lines := bufio.NewReader(body)
	for {
		var line fsckLine
		data, err := lines.ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(data, &line)
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, fault.Wrap(fault.Busy, err, "the check was cut off")
		case line.Error != "":
			return nil, fault.New(fault.Internal, "the check could not be finished: %s", line.Error)
		case line.Report != nil:
			return line.Report, nil
		}
		bar.Set64(int64(line.Stamps))
	}
}

func (a *app) printFsck(r *engine.FsckReport) error {
	rows := make([][]string, 0, len(r.Problems))
	for _, p := range r.Problems {
		rows = append(rows, []string{p.Part, p.ID, p.Detail})
	}
	if len(rows) > 0 {
		if err := a.printTable("PART ID PROBLEM", rows); err != nil {
			return err
		}
	}
	if r.More > 0 {
		fmt.Fprintf(a.out, "and %s more\n", number(uint64(r.More)))
	}
	_, err := fmt.Fprintf(a.out, "sealed batches %d, stamps %s, changes %s, problems %s\n",
		r.Batches, number(r.Stamps), number(r.Changes), number(uint64(len(r.Problems)+r.More)))
	return err
}
