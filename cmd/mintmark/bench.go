package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	"github.com/spf13/cobra"

	"mintmark/bench"
	"mintmark/engine/fault"
)

// newBench measures speed and memory.
func newBench(a *app) *cobra.Command {
	var c bench.Config
	cmd := &cobra.Command{
		Use:   "bench WORKLOAD|all",
		Short: "Measure speed and memory against peers and limits",
		Long:  "Measures one workload, or all of them, each in a process of its own:\n\n" + workloadList(),
		Args:  operands(false, "WORKLOAD"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Out = a.err
			figures, err := a.measure(cmd.Context(), args[0], c)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"figures": figures})
			}
			_, err = io.WriteString(a.out, bench.Table(figures))
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&c.Dir, "dir", "", "`directory` for scratch data (default: the system's temporary one)")
	flags.Uint64Var(&c.Stamps, "stamps", bench.DefaultStamps, "stamps to mint in a round")
	flags.Uint64Var(&c.Scanned, "scanned", bench.DefaultScanned, "stamps to scan for the memory figure")
	flags.IntVar(&c.Rounds, "rounds", bench.DefaultRounds, "rounds of each side")
	flags.DurationVar(&c.Duration, "duration", bench.DefaultDuration, "length of one round of load")
	flags.IntVar(&c.Connections, "connections", bench.DefaultConnections, "HTTP connections")
	flags.BoolVar(&c.Async, "async", false, "do not sync scans, to see what the processor alone would allow")
	flags.IntVar(&c.Callers, "callers", bench.DefaultCallers, "callers without HTTP")
	return cmd
}

func workloadList() (text string) {
	for _, w := range bench.Workloads {
		text += fmt.Sprintf("  %-9s %s\n", w.Name, w.Text)
	}
	return text
}

// measure runs one workload here, or all of them in a process each, so that
// none finds the memory or the caches of another.
func (a *app) measure(ctx context.Context, name string, c bench.Config) (all []bench.Figure, err error) {
	for _, w := range bench.Workloads {
		if w.Name == name {
			return bench.Run(ctx, w, c)
		}
		if name == "all" {
			figures, err := a.measureApart(ctx, w.Name, c)
			if err != nil {
				return nil, err
			}
			all = append(all, figures...)
		}
	}
	if name != "all" {
		return nil, fault.Field("WORKLOAD", "there is no workload %q; use one of these, or all:\n%s", name, workloadList())
	}
	return all, nil
}

func (a *app) measureApart(ctx context.Context, name string, c bench.Config) ([]bench.Figure, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(a.err, "%s:\n", name)
	cmd := exec.CommandContext(ctx, self, "bench", name, "--json", "--dir", c.Dir,
		"--stamps", strconv.FormatUint(c.Stamps, 10), "--scanned", strconv.FormatUint(c.Scanned, 10),
		"--rounds", strconv.Itoa(c.Rounds), "--duration", c.Duration.String(),
		"--connections", strconv.Itoa(c.Connections), "--callers", strconv.Itoa(c.Callers),
		"--async="+strconv.FormatBool(c.Async))
	cmd.Stderr = a.err
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("bench %s: %w", name, err)
	}
	var doc struct {
		Figures []bench.Figure `json:"figures"`
	}
	return doc.Figures, json.Unmarshal(out, &doc)
}
