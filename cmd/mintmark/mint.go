package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/batch"
	"mintmark/engine/fault"
)

const mintHelp = `Mint a batch and wait until it is sealed: every stamp is on disk and survives a
power cut.

Standard output ends with one line that is a JSON object. A batch whose minting
was cut off stays in the state minting and goes on by itself when its data
directory is opened again.`

func newMint(a *app) *cobra.Command {
	var r mintRequest
	var n count
	var expires instant
	var key string
	cmd := &cobra.Command{
		Use:   "mint --count N",
		Short: "Mint a batch of stamps",
		Long:  mintHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if n == 0 {
				return fault.Field("count", "is missing; say how many stamps, such as --count 1_000_000")
			}
			r.Count, r.ExpiresAt = uint64(n), expires.Time
			return a.with(func(c *client) error { return a.mint(cmd.Context(), c, r, key) })
		},
	}
	flags := cmd.Flags()
	flags.Var(&n, "count", "how many stamps; underscores may group the digits")
	flags.StringVar(&r.Product, "product", "", "product `name`")
	flags.StringVar(&r.GTIN, "gtin", "", "product number of 8, 12, 13 or 14 `digits`; the URLs become GS1 Digital Links")
	flags.StringVar(&r.Lot, "lot", "", "lot, up to 20 characters")
	flags.StringVar(&r.Form, "form", "", "`form` of the URLs: plain or gs1 (default: gs1 if there is a GTIN)")
	flags.StringVar(&r.Printer, "printer", "", "print shop that may download the batch")
	flags.StringVar(&r.Producer, "producer", "", "producer that may activate the batch")
	flags.BoolVar(&r.Public, "public", false, "sign every symbol, so that anyone can check it offline; symbols grow")
	flags.Var(&expires, "expires", "when the stamps expire: a date (its first moment) or a time (default: never)")
	flags.StringVar(&r.Actor, "actor", systemUser(), "who does it, for the audit trail")
	flags.StringVar(&key, "idempotency-key", "", "`key` that makes a repeated command return the batch made first")
	return cmd
}

// mintRequest is a request for a batch, as the API takes it.
type mintRequest struct {
	engine.MintRequest
	Actor string `json:"actor,omitempty"`
}

// minted is the last line of mint.
type minted struct {
	Batch   string     `json:"batch"`
	Count   uint64     `json:"count"`
	Seconds float64    `json:"seconds"` // from the batch record to sealed
	Rate    uint64     `json:"stamps_per_second"`
	State   batch.Life `json:"state"`
	Root    string     `json:"root"`
	Created bool       `json:"created"` // false: an idempotency key named a batch made earlier
}

func (a *app) mint(ctx context.Context, c *client, r mintRequest, key string) error {
	b, created, err := c.createBatch(ctx, r, key)
	if err != nil {
		return err
	}
	if b, err = a.waitSealed(ctx, c, b); err != nil {
		return err
	}
	m := minted{b.ID, b.Count, b.Seconds, rate(b), b.State, b.Root, created}
	if !a.json {
		fmt.Fprintf(a.out, "batch %s: %s, %s\n", b.ID, plural(b.Count, "stamp"), speed(b))
	}
	return a.printLine(m)
}

// rate returns the stamps minted a second, from the batch record on.
func rate(b engine.BatchInfo) uint64 {
	if b.Seconds <= 0 {
		return 0
	}
	return uint64(float64(b.Minted) / b.Seconds)
}

// speed says how fast a sealed batch was minted.
func speed(b engine.BatchInfo) string {
	return fmt.Sprintf("sealed in %.3f s (%s stamps a second)", b.Seconds, number(rate(b)))
}

// createBatch starts to mint a batch. created is false if the idempotency key
// named a batch made earlier.
func (c *client) createBatch(ctx context.Context, r mintRequest, key string) (b engine.BatchInfo, created bool, err error) {
	header := http.Header{}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	res, err := c.send(ctx, request{method: http.MethodPost, path: "/v1/batches", header: header, body: r})
	if err != nil {
		return b, false, err
	}
	defer res.Body.Close()
	err = c.decode(res, &b)
	return b, res.StatusCode == http.StatusAccepted, err
}

// waitSealed shows the progress of minting until a batch is sealed. If minting
// stops for now the error is Busy, and the batch stays as it is.
func (a *app) waitSealed(ctx context.Context, c *client, b engine.BatchInfo) (engine.BatchInfo, error) {
	bar := a.newBar(int64(b.Count), "minting", false)
	show := request{method: http.MethodGet, path: batchPath(b.ID)}
	wait := request{method: http.MethodGet, path: show.path + "/progress?wait=0.2"}
	for b.State == batch.LifeMinting {
		if b.Error != "" {
			bar.leave()
			return b, &exitError{exitBusy, fmt.Sprintf("batch %s is not sealed yet: %s\n%s", b.ID, b.Error, c.goesOn())}
		}
		if err := c.call(ctx, wait, &b); err != nil {
			bar.leave()
			if errors.Is(err, context.Canceled) {
				return b, &exitError{exitInterrupted, fmt.Sprintf("interrupted: batch %s is not sealed yet\n%s", b.ID, c.goesOn())}
			}
			return b, &exitError{exitInternal, fmt.Sprintf("batch %s was recorded, and then: %v\n%s", b.ID, err, c.goesOn())}
		}
		bar.Describe("minting " + number(rate(b)) + " stamps/s")
		bar.Set64(int64(b.Minted))
	}
	if err := c.call(ctx, show, &b); err != nil {
		bar.leave()
		return b, err
	}
	bar.Describe("minted " + number(rate(b)) + " stamps/s")
	return b, bar.done()
}

// goesOn says what becomes of a batch that is still minting.
func (c *client) goesOn() string {
	if c.local {
		return "it goes on by itself when the data directory is opened again, by serve or any other command"
	}
	return "it goes on at the server; see its state with: mintmark show BATCH"
}
