package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
)

const epcisHelp = `Write the life of a batch as events of GS1 EPCIS 2.0 (JSON-LD): what was released,
activated, shipped, spoiled, returned, revoked and what has expired.

The file names every stamp by its address, so keep it like an export: whoever has it
can print the codes. --first and --last choose stamps, --from and --to the time of
events. The same command writes the same bytes until more has happened. The file is
written as FILE.part and renamed when it is whole and on disk.`

// epcisFlags says what to write and where.
type epcisFlags struct {
	first, last count
	from, to    instant
	out         string
}

func newEPCIS(a *app) *cobra.Command {
	var f epcisFlags
	cmd := &cobra.Command{
		Use:   "epcis BATCH",
		Short: "Write the life of a batch as EPCIS 2.0 events",
		Long:  epcisHelp,
		Args:  operands(false, "BATCH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmp.Or(f.out, args[0]+".epcis.jsonld")
			if out == "-" && a.json {
				return fault.Field("output", "is standard output, which does not take --json; name a file")
			}
			to := exportTarget{path: out}
			if err := to.check(); err != nil && out != "-" {
				return err
			}
			return a.with(func(c *client) error { return a.epcis(cmd.Context(), c, args[0], out, &f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "output", "o", "", "`file` to write, - for standard output (default: BATCH.epcis.jsonld)")
	flags.Var(&f.first, "first", "position of the first stamp (default 1)")
	flags.Var(&f.last, "last", "position of the last stamp (default: the batch's last)")
	flags.Var(&f.from, "from", "events from this `time` on")
	flags.Var(&f.to, "to", "events before this `time`")
	return cmd
}

// query returns the parameters of the request.
func (f *epcisFlags) query() string {
	q := url.Values{}
	for name, n := range map[string]count{"first": f.first, "last": f.last} {
		if n > 0 {
			q.Set(name, n.String())
		}
	}
	for name, t := range map[string]instant{"from": f.from, "to": f.to} {
		if !t.IsZero() {
			q.Set(name, t.UTC().Format(time.RFC3339Nano))
		}
	}
	return q.Encode()
}

// epcis downloads the events of a batch.
func (a *app) epcis(ctx context.Context, c *client, batch, out string, f *epcisFlags) error {
	res, err := c.send(ctx, request{method: http.MethodGet, path: batchPath(batch) + "/epcis?" + f.query()})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if out == "-" {
		return a.copyBody(a.out, res, "events")
	}
	part, err := openPart(out, false)
	if err != nil {
		return err
	}
	defer part.file.Close()
	if err := a.copyBody(part.file, res, "events"); err != nil {
		return err
	}
	if err := part.finish(); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"batch": batch, "file": out, "bytes": res.ContentLength})
	}
	_, err = fmt.Fprintf(a.out, "%s: %s bytes\n", out, number(uint64(res.ContentLength)))
	return err
}
