package main

import "github.com/spf13/cobra"

func newExpire(a *app) *cobra.Command {
	var at instant
	cmd := newChange(a, "expire", "given their expiry", "Let stamps expire now or at a time to come", func(c *change) {
		c.ExpiresAt = at.Time
	})
	cmd.Flags().Var(&at, "at", "when they expire: a date (its first moment), a time, or now (default now)")
	return cmd
}
