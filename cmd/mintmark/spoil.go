package main

import (
	"strings"

	"github.com/spf13/cobra"

	"mintmark/engine/batch"
)

func newSpoil(a *app) *cobra.Command {
	var code string
	cmd := newChange(a, "spoil", "spoiled", "Take spoiled labels out of use for good", func(c *change) { c.Code = code })
	cmd.Flags().StringVar(&code, "code", "", "`what` happened: "+strings.Join(batch.SpoilCodes(), ", "))
	return cmd
}
