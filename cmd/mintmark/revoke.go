package main

import "github.com/spf13/cobra"

func newRevoke(a *app) *cobra.Command {
	var yes bool
	var spare instant
	cmd := newChange(a, "revoke", "revoked", "Revoke stamps for good; tells the effect only, until --yes", func(c *change) {
		c.DryRun, c.NotActivatedBefore = !yes, spare.Time
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "do it; it cannot be undone")
	cmd.Flags().Var(&spare, "not-activated-before", "spare the stamps that were activated before this time")
	return cmd
}
