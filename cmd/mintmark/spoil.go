package main

import "github.com/spf13/cobra"

func newSpoil(a *app) *cobra.Command {
	return newChange(a, "spoil", "spoiled", "Take spoiled labels out of use for good", func(*change) {})
}
