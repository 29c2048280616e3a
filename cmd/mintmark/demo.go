package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/batch"
	"mintmark/engine/fault"
)

// demoProduct names the demonstration batch, and marks it.
const demoProduct = "Dừa sáp (minh hoạ)"

// demoCount is the stamps of the demonstration batch.
const demoCount = 1_000_000

const demoHelp = `Make a data directory with a batch of stamps to try things with.

What is there already is kept: run it as often as you like. The admin token is
written to admin-token in the data directory (mode 0600).`

// demoFlags is what demo makes.
type demoFlags struct {
	count   count
	baseURL string
	serve   bool
	server  *serveFlags
}

func newDemo(a *app) *cobra.Command {
	f := demoFlags{count: demoCount, server: defaultServe()}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Set up a demonstration: keys, a batch of a million active stamps, and a server",
		Long:  demoHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.onlyLocal(cmd); err != nil {
				return err
			}
			return a.demo(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.Var(&f.count, "count", "stamps of the demonstration batch")
	flags.StringVar(&f.baseURL, "base-url", engine.DefaultBaseURL, "base `URL` of a data directory that is not there yet")
	flags.BoolVar(&f.serve, "serve", false, "then serve, until interrupted")
	flags.StringVar(&f.server.listen, "listen", f.server.listen, "`address` to listen on with --serve")
	return cmd
}

// demonstration is what demo has made or found; --json prints it.
type demonstration struct {
	Data       string           `json:"data"`
	TokenFile  string           `json:"token_file"`
	AdminToken string           `json:"admin_token,omitempty"` // only when it was made now
	Created    bool             `json:"created"`               // the batch was minted now
	Batch      engine.BatchInfo `json:"batch"`
	Stamp      string           `json:"stamp"` // URL of one stamp
}

func (a *app) demo(ctx context.Context, f demoFlags) error {
	d := demonstration{Data: a.dataDir(), TokenFile: filepath.Join(a.dataDir(), "admin-token")}
	if err := a.demoInit(ctx, f.baseURL, &d); err != nil {
		return err
	}
	e, fatal, err := a.openToServe(f.server)
	if err != nil {
		return err
	}
	err = a.demoOn(ctx, e, f, fatal, &d)
	return errors.Join(err, e.Close())
}

// demoInit makes the data directory unless it is there.
func (a *app) demoInit(ctx context.Context, base string, d *demonstration) error {
	if engine.Initialized(d.Data) {
		return nil
	}
	dsn, err := a.dsn()
	if err != nil {
		return err
	}
	token, err := engine.Init(ctx, engine.InitConfig{Dir: d.Data, DSN: dsn, BaseURL: base, Actor: systemUser()})
	if err != nil {
		return err
	}
	return d.keepToken(token)
}

// keepToken writes an admin token to its file.
func (d *demonstration) keepToken(token string) error {
	d.AdminToken = token
	return fault.Wrap(fault.Internal, os.WriteFile(d.TokenFile, []byte(token+"\n"), 0o600), "keep the admin token")
}

// demoToken makes another admin token where none was kept: the directory is not
// from demo, or its first run was cut off.
func (c *client) demoToken(ctx context.Context, d *demonstration) error {
	if _, err := os.Stat(d.TokenFile); err == nil {
		return nil
	}
	t, err := c.createToken(ctx, tokenRequest{Name: "demo", Role: engine.Admin, Actor: systemUser()})
	if err != nil {
		return err
	}
	return d.keepToken(t.Secret)
}

// demoOn fills an open engine, and serves it if that is asked.
func (a *app) demoOn(ctx context.Context, e *engine.Engine, f demoFlags, fatal <-chan error, d *demonstration) error {
	c, err := a.inProcess(e)
	if err != nil {
		return err
	}
	err = c.demoToken(ctx, d)
	if err == nil {
		err = a.demoBatch(ctx, c, uint64(f.count), d)
	}
	if err = errors.Join(err, c.close()); err != nil {
		return err
	}
	if !f.serve {
		return a.printDemo(d, "")
	}
	return a.serve(ctx, e, f.server, fatal, func(url string) error { return a.printDemo(d, url) })
}

// demoBatch mints and activates the demonstration batch, or finishes the one
// that is there.
func (a *app) demoBatch(ctx context.Context, c *client, n uint64, d *demonstration) error {
	all, err := c.batches(ctx, "")
	if err != nil {
		return err
	}
	d.Created = true
	for _, b := range all {
		if b.Product == demoProduct {
			d.Batch, d.Created = b, false
		}
	}
	if d.Created {
		r := mintRequest{MintRequest: engine.MintRequest{Count: n, Product: demoProduct}, Actor: systemUser()}
		if d.Batch, _, err = c.createBatch(ctx, r, ""); err != nil {
			return err
		}
	}
	if d.Batch.State == batch.LifeMinting {
		if d.Batch, err = a.waitSealed(ctx, c, d.Batch); err != nil {
			return err
		}
	}
	if d.Batch.State == batch.LifeSealed {
		if err := c.demoActivate(ctx, &d.Batch); err != nil {
			return err
		}
	}
	d.Stamp, err = c.firstStamp(ctx, d.Batch.ID)
	return err
}

// demoActivate activates a whole batch.
func (c *client) demoActivate(ctx context.Context, b *engine.BatchInfo) error {
	var res changeResult
	body := change{Reason: "demonstration", Actor: systemUser()}
	err := c.call(ctx, request{method: http.MethodPost, path: batchPath(b.ID) + "/activate", body: body}, &res)
	if err != nil {
		return err
	}
	return c.call(ctx, request{method: http.MethodGet, path: batchPath(b.ID)}, b)
}

// printDemo tells what there is and what to try. serving is the server's URL,
// or "".
func (a *app) printDemo(d *demonstration, serving string) error {
	if a.json {
		return a.printLine(d)
	}
	b := &d.Batch
	if d.Created {
		fmt.Fprintf(a.out, "batch %s: %s, %s, now %s\n", b.ID, plural(b.Count, "stamp"), speed(*b), b.State)
	} else {
		fmt.Fprintf(a.out, "batch %s: %s, kept from an earlier run, %s\n", b.ID, plural(b.Count, "stamp"), b.State)
	}
	fmt.Fprintln(a.out, "one of its stamps:")
	if err := printQR(a.out, d.Stamp, isTerminal(a.out)); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "  %s\n\nverify it:    curl -s %s\n", d.Stamp, d.Stamp)
	if d.AdminToken != "" {
		fmt.Fprintf(a.out, "admin token:  %s\n", d.AdminToken)
	}
	fmt.Fprintf(a.out, "token file:   %s\n", d.TokenFile)
	if serving == "" {
		_, err := fmt.Fprintf(a.out, "serve it:     mintmark serve --data %s%s\n", d.Data, a.storeHint())
		return err
	}
	_, err := fmt.Fprintf(a.out, "serving:      %s (Ctrl-C stops it)\n", serving)
	return err
}
