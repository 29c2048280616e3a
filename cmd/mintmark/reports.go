package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/fault"
)

const reportsHelp = `List what buyers have reported of stamps with the form of the page, the newest first.
The verdict is that of the code when the report came; nobody's name or address is kept.
What people write may be untrue: look before you act. The newest 5,000 reports are kept.`

// buyerReports is a page of the API's list.
type buyerReports struct {
	Reports []engine.BuyerReport `json:"reports"`
	Next    uint64               `json:"next,omitempty"`
}

func newReports(a *app) *cobra.Command {
	var before uint64
	var limit int
	cmd := &cobra.Command{
		Use:   "reports",
		Short: "List what buyers have reported of stamps, and get their photos",
		Long:  reportsHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(func(c *client) error {
				path := "/v1/reports?limit=" + strconv.Itoa(limit)
				if before > 0 {
					path += "&before=" + strconv.FormatUint(before, 10)
				}
				var list buyerReports
				if err := c.call(cmd.Context(), request{method: http.MethodGet, path: path}, &list); err != nil {
					return err
				}
				return a.printReports(list)
			})
		},
	}
	cmd.Flags().Uint64Var(&before, "before", 0, "only reports with lower `number`s than this")
	cmd.Flags().IntVar(&limit, "limit", 20, "how many at most, up to 1000")
	cmd.AddCommand(newReportsPhoto(a))
	return cmd
}

// printReports prints each report as some lines and its text.
func (a *app) printReports(list buyerReports) error {
	if a.json {
		return a.printJSON(list)
	}
	for _, r := range list.Reports {
		photo := ""
		if r.Photo > 0 {
			photo = fmt.Sprintf("%d bytes: mintmark reports photo %d", r.Photo, r.Number)
		}
		if err := a.printFields("report", strconv.FormatUint(r.Number, 10), "time", when(r.At), "serial", r.Serial, "verdict", r.Verdict,
			"batch", r.Batch, "product", r.Product, "network", r.Network, "photo", photo); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(a.out, "\n%s\n\n", r.Text); err != nil {
			return err
		}
	}
	if list.Next == 0 {
		return nil
	}
	_, err := fmt.Fprintf(a.err, "older ones: mintmark reports --before %d\n", list.Next)
	return err
}

// maxReportPhoto bounds a photo that is read, in bytes.
const maxReportPhoto = 1 << 20

func newReportsPhoto(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "photo NUMBER -o FILE.jpg",
		Short: "Write the photo of a report, as it was drawn anew",
		Args:  operands(false, "NUMBER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := strconv.ParseUint(args[0], 10, 63)
			if err != nil {
				return fault.Field("NUMBER", "%q is no number of a report", args[0])
			}
			if out == "" {
				return fault.Field("output", "is missing; name the JPEG file to write")
			}
			return a.with(func(c *client) error { return c.reportPhoto(cmd.Context(), number, out) })
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "JPEG `file` to write")
	return cmd
}

func (c *client) reportPhoto(ctx context.Context, number uint64, out string) error {
	res, err := c.send(ctx, request{method: http.MethodGet, path: fmt.Sprintf("/v1/reports/%d/photo", number)})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	part, err := openPart(out, false)
	if err != nil {
		return err
	}
	defer part.file.Close()
	if _, err := io.Copy(part.file, io.LimitReader(res.Body, maxReportPhoto)); err != nil {
		return fault.Wrap(fault.Internal, err, "write %s", out)
	}
	return part.finish()
}
