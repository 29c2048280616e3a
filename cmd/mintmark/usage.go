package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mintmark/engine/fault"
)

// flagError says which flag is wrong and, if it is unknown, which may be meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			return fault.Field("-"+name, "is no flag of %q; see: %s --help", cmd.CommandPath(), cmd.CommandPath())
		}
		return fault.Field("--"+name, "is no flag of %q%s; see: %s --help",
			cmd.CommandPath(), suggest("--"+name, names), cmd.CommandPath())
	case errors.As(err, &invalid):
		return fault.Field("--"+invalid.GetFlag().Name, "%q: %v", invalid.GetValue(), errors.Unwrap(invalid))
	}
	return fault.Wrap(fault.Invalid, err, "usage")
}

// operands checks how many operands a command got; names are the names of the
// required ones. More are allowed only if rest is set.
func operands(rest bool, names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return fault.Field(names[len(args)], "is missing; usage: %s", cmd.UseLine())
		}
		if len(args) > len(names) && !rest {
			return fault.Field("arguments", "%q is one too many; usage: %s", args[len(names)], cmd.UseLine())
		}
		for i, name := range names {
			if args[i] == "" {
				return fault.Field(name, "is empty; usage: %s", cmd.UseLine())
			}
		}
		return nil
	}
}

// suggest returns "; did you mean ...?" with the name most like word, or "".
func suggest(word string, names []string) string {
	best, distance := "", max(2, len(word)/3)+1
	for _, name := range names {
		if d := editDistance(strings.ToLower(word), name); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// editDistance is the Levenshtein distance of two words, in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
