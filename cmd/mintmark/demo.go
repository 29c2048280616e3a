package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/fault"
)

// demoCount is the stamps of the demonstration: something over a million.
const demoCount = 1_040_000

const demoHelp = `Make a demonstration province to try things with: made-up organisations, products,
recognitions, intellectual property, stories and sales channels around a real
province's totals, and stamps of its products, printed and active.

What is there already is kept, and what an earlier run was cut off at is made: run
it as often as you like. The admin token is written to admin-token in the data
directory (mode 0600).`

// demoFlags is what demo makes.
type demoFlags struct {
	count   count
	baseURL string
	serve   bool
	server  *serveFlags
}

func newDemo(a *app) *cobra.Command {
	f := demoFlags{count: demoCount, server: defaultServe()}
	f.server.report = true // it is about nobody
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Set up a demonstration: a province, over a million active stamps, and a server",
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
	flags.Var(&f.count, "count", "stamps of all products together")
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
	Created    bool             `json:"created"`               // something was made now
	Records    int              `json:"records"`               // of the province
	Products   int              `json:"products"`              // that have stamps
	Stamps     uint64           `json:"stamps"`                // of these
	Batch      engine.BatchInfo `json:"batch"`                 // of the first product
	Stamp      string           `json:"stamp"`                 // URL of one of its stamps

	minted  uint64  // stamps that were minted now
	seconds float64 // how long that took, until they were active
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
func (d *demonstration) demoToken(ctx context.Context, e *engine.Engine) error {
	if file, err := os.Stat(d.TokenFile); err == nil && file.Size() > 0 {
		return nil
	}
	secret, _, err := e.CreateToken(ctx, engine.Token{Name: "demo", Role: engine.Admin}, demoActor())
	if err != nil {
		return err
	}
	return d.keepToken(secret)
}

func demoActor() engine.Actor { return engine.Actor{Name: systemUser()} }

// demoOn fills an open engine, and serves it if that is asked.
func (a *app) demoOn(ctx context.Context, e *engine.Engine, f demoFlags, fatal <-chan error, d *demonstration) error {
	err := d.demoToken(ctx, e)
	if err == nil {
		err = d.demoProvince(ctx, e)
	}
	if err == nil {
		err = a.demoStamps(ctx, e, uint64(f.count), d)
	}
	if errors.Is(err, context.Canceled) {
		return &exitError{exitInterrupted, "interrupted: run the same command again to make the rest"}
	}
	if err != nil {
		return err
	}
	if !f.serve {
		return a.printDemo(d, "")
	}
	return a.serve(ctx, e, f.server, fatal, func(url string) error { return a.printDemo(d, url) })
}

// news says what of the stamps was made now.
func (d *demonstration) news() string {
	switch d.minted {
	case 0:
		return "kept from an earlier run"
	case d.Stamps:
		return fmt.Sprintf("minted in %.1f s, now active", d.seconds)
	}
	return fmt.Sprintf("%s of them minted in %.1f s, all now active", number(d.minted), d.seconds)
}

// printDemo tells what there is and what to try. serving is the server's URL,
// or "".
func (a *app) printDemo(d *demonstration, serving string) error {
	if a.json {
		return a.printLine(d)
	}
	fmt.Fprintf(a.out, "province:     %s, made up around real totals\n", plural(uint64(d.Records), "record"))
	fmt.Fprintf(a.out, "stamps:       %s of %s, %s\n", number(d.Stamps), plural(uint64(d.Products), "product"), d.news())
	fmt.Fprintf(a.out, "one of them:  %s\n", d.Batch.Product)
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
	fmt.Fprintf(a.out, "report:       %s/report\n", serving)
	_, err := fmt.Fprintf(a.out, "serving:      %s (Ctrl-C stops it)\n", serving)
	return err
}
