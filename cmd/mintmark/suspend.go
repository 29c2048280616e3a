package main

import "github.com/spf13/cobra"

func newSuspend(a *app) *cobra.Command {
	return newChange(a, "suspend", "suspended", "Stop stamps from answering \"genuine\" until they are resumed", func(*change) {})
}
