package main

import "github.com/spf13/cobra"

func newReturn(a *app) *cobra.Command {
	return newChange(a, "return", "returned", "Take stamps that came back unused out of use for good", func(*change) {})
}
