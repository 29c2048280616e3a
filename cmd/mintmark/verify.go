package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
)

const verifyHelp = `Verify codes or URLs. Each is logged, apart from the scans of phones, and does
not count as one. "-" reads more from standard input, one a line.

The exit code is 0 if all verdicts are "genuine", and 8 if one is not.`

func newVerify(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "verify CODE...",
		Short: "Verify stamps by their code or URL",
		Long:  verifyHelp,
		Args:  operands(true, "CODE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(func(c *client) error { return a.verify(cmd.Context(), c, args) })
		},
	}
}

// How much goes into one request: the most codes that the API takes, and half
// of the bytes.
const (
	verifyCodes = 1000
	verifyBytes = 512 << 10
)

func (a *app) verify(ctx context.Context, c *client, args []string) error {
	v := &verifier{app: a, ctx: ctx, client: c}
	for _, arg := range args {
		var err error
		if arg == "-" {
			err = v.addLines()
		} else {
			err = v.add(arg)
		}
		if err != nil {
			return err
		}
	}
	return v.finish()
}

// verifier verifies any number of codes and prints the answers as they come.
type verifier struct {
	app     *app
	ctx     context.Context
	client  *client
	waiting []string
	bytes   int // of waiting
	done    int
	bad     int // answers other than genuine
}

func (v *verifier) addLines() error {
	lines := bufio.NewScanner(v.app.in)
	for lines.Scan() {
		if lines.Text() == "" {
			continue
		}
		if err := v.add(lines.Text()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fault.Field("CODE", "cannot read standard input: %v", err)
	}
	return nil
}

func (v *verifier) add(code string) error {
	v.waiting = append(v.waiting, code)
	v.bytes += len(code)
	if len(v.waiting) < verifyCodes && v.bytes < verifyBytes {
		return nil
	}
	return v.flush()
}

// flush verifies the codes that are waiting.
func (v *verifier) flush() error {
	body := map[string][]string{"codes": v.waiting}
	var answers struct {
		Results []json.RawMessage `json:"results"`
	}
	if err := v.client.call(v.ctx, request{method: http.MethodPost, path: "/v1/verify", body: body}, &answers); err != nil {
		return err
	}
	if len(answers.Results) != len(v.waiting) {
		return fault.New(fault.Corrupt, "the server answered %d of %d codes", len(answers.Results), len(v.waiting))
	}
	for i, raw := range answers.Results {
		if err := v.print(v.waiting[i], raw); err != nil {
			return err
		}
	}
	v.waiting, v.bytes = v.waiting[:0], 0
	return nil
}

// answer is what is shown of a verification; --json shows all of it.
type answer struct {
	Verdict   string    `json:"verdict"`
	Serial    string    `json:"serial"`
	Product   string    `json:"product"`
	Scans     uint64    `json:"scans"`
	FirstScan time.Time `json:"first_scan"`
}

func (v *verifier) print(code string, raw json.RawMessage) error {
	var s answer
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if s.Verdict != "genuine" {
		v.bad++
	}
	v.done++
	if v.app.json {
		return v.printJSON(raw)
	}
	if v.done == 1 {
		fmt.Fprintf(v.app.out, "%-20s  %-10s  %8s  %-26s  %s\n", "CODE", "VERDICT", "SCANS", "FIRST SCAN", "PRODUCT")
	}
	if s.Serial != "" {
		code = s.Serial
	}
	_, err := fmt.Fprintf(v.app.out, "%-20s  %-10s  %8s  %-26s  %s\n", code, s.Verdict, number(s.Scans), when(s.FirstScan), s.Product)
	return err
}

// printJSON prints one element of an array that finish ends.
func (v *verifier) printJSON(raw json.RawMessage) error {
	lead := ",\n"
	if v.done == 1 {
		lead = "[\n"
	}
	_, err := fmt.Fprintf(v.app.out, "%s%s", lead, raw)
	return err
}

// finish verifies the rest and says how it went.
func (v *verifier) finish() error {
	if len(v.waiting) > 0 {
		if err := v.flush(); err != nil {
			return err
		}
	}
	if v.app.json && v.done == 0 {
		fmt.Fprintln(v.app.out, "[]")
	} else if v.app.json {
		fmt.Fprintln(v.app.out, "\n]")
	}
	if v.bad > 0 {
		return &exitError{exitNotGenuine, fmt.Sprintf("%d of %d codes are not genuine", v.bad, v.done)}
	}
	return nil
}
