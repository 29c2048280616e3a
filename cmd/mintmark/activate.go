package main

import "github.com/spf13/cobra"

func newActivate(a *app) *cobra.Command {
	var product, lot string
	cmd := newChange(a, "activate", "activated", "Let stamps that are on goods answer \"genuine\"", func(c *change) {
		c.Product, c.Lot = product, lot
	})
	cmd.Flags().StringVar(&product, "product", "", "bind the stamps to this product")
	cmd.Flags().StringVar(&lot, "lot", "", "bind the stamps to this lot")
	return cmd
}
