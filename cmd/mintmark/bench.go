package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"mintmark/bench"
	"mintmark/engine/fault"
)

// newBench measures speed and memory.
func newBench(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure speed and memory against peers and limits"}
	for _, w := range bench.Workloads {
		cmd.AddCommand(a.newWorkload(w.Name, w.Text, func(ctx context.Context, c bench.Config) ([]bench.Figure, error) {
			return bench.Run(ctx, w, c)
		}))
	}
	cmd.AddCommand(a.newWorkload("all", "all of the above, each in a process of its own", a.measureAll), newScaleout(a), newCapacity(a))
	return cmd
}

// newWorkload is the command of one workload.
func (a *app) newWorkload(name, text string, run func(context.Context, bench.Config) ([]bench.Figure, error)) *cobra.Command {
	var c bench.Config
	cmd := &cobra.Command{
		Use:   name,
		Short: "Measure: " + text,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Out = a.err
			figures, err := run(cmd.Context(), c)
			if err != nil {
				return err
			}
			return a.printReport(map[string]any{"figures": figures}, bench.Table(figures))
		},
	}
	loadFlags(cmd, &c, bench.DefaultConnections)
	flags := cmd.Flags()
	flags.DurationVar(&c.Duration, "duration", bench.DefaultDuration, "length of one round of load")
	flags.IntVar(&c.Rounds, "rounds", bench.DefaultRounds, "rounds of each side")
	flags.Uint64Var(&c.Stamps, "stamps", bench.DefaultStamps, "stamps to mint in a round")
	flags.Uint64Var(&c.Scanned, "scanned", bench.DefaultScanned, "stamps to scan for the memory figure")
	flags.BoolVar(&c.Async, "async", false, "do not sync scans, to see what the processor alone would allow")
	return cmd
}

// loadFlags are the flags of everything that measures.
func loadFlags(cmd *cobra.Command, c *bench.Config, connections int) {
	flags := cmd.Flags()
	flags.StringVar(&c.Dir, "dir", "", "`directory` for scratch data (default: the system's temporary one)")
	flags.IntVar(&c.Connections, "connections", connections, "HTTP connections, to each node if there are several")
	flags.IntVar(&c.Callers, "callers", bench.DefaultCallers, "callers without HTTP, of each node")
}

// printReport prints a report as a document, or as the text for people.
func (a *app) printReport(doc any, text string) error {
	if a.json {
		return a.printJSON(doc)
	}
	_, err := io.WriteString(a.out, text)
	return err
}

// measureAll runs every workload in a process of its own, so that none finds the
// memory or the caches of another.
func (a *app) measureAll(ctx context.Context, c bench.Config) (all []bench.Figure, err error) {
	for _, w := range bench.Workloads {
		figures, err := a.measureApart(ctx, w.Name, c)
		if err != nil {
			return nil, err
		}
		all = append(all, figures...)
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

const scaleoutHelp = `Measure durable scans a second through a PostgreSQL that is started for it in a
temporary directory, with and without HTTP, by one node and by several in this
process, next to one statement a scan from pgbench, in turns; then everything
again with a synchronous standby on the same machine. Needs PostgreSQL
(apt-get install postgresql) and, better than the client built in, wrk.`

func newScaleout(a *app) *cobra.Command {
	var c bench.ScaleoutConfig
	var seconds int
	cmd := &cobra.Command{
		Use:   "scaleout",
		Short: "Measure: scans through PostgreSQL by several nodes, against pgbench",
		Long:  scaleoutHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Out, c.Duration = a.err, time.Duration(seconds)*time.Second
			report, err := bench.Scaleout(cmd.Context(), c)
			if err != nil {
				return err
			}
			return a.printReport(report, report.Table())
		},
	}
	loadFlags(cmd, &c.Config, bench.DefaultNodeConnections)
	cmd.Flags().IntVar(&seconds, "seconds", 5, "length of one round of load")
	cmd.Flags().IntVar(&c.Rounds, "rounds", bench.DefaultRounds, "rounds of each side")
	cmd.Flags().IntSliceVar(&c.Nodes, "nodes", []int{1, 2, 3}, "numbers of nodes")
	cmd.Flags().IntSliceVar(&c.Clients, "clients", bench.DefaultClients, "numbers of clients to try for pgbench")
	cmd.Flags().IntVar(&c.Lanes, "lanes", runtime.NumCPU(), "lanes of the store")
	return cmd
}

const capacityHelp = `Calculate what a load takes by a discrete-event simulation of nodes, lanes and
PostgreSQL servers (shards), from service times that are measured on this machine
first. Without --nodes or --shards it finds the fewest machines that keep p99
below a bound. The same seed and service times give the same result:

    mintmark bench capacity --json > plan.json
    mintmark bench capacity --service plan.json --rate 50000`

func newCapacity(a *app) *cobra.Command {
	var c bench.Config
	var service string
	var seconds int
	p := bench.Plan{Setup: bench.Setup{HTTP: true}}
	rtt := 500 * time.Microsecond
	cmd := &cobra.Command{
		Use:   "capacity",
		Short: "Calculate the nodes and databases that a load takes",
		Long:  capacityHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Out, c.Duration, p.RoundTrip = a.err, time.Duration(seconds)*time.Second, rtt.Seconds()
			given, err := readService(service)
			if err != nil {
				return err
			}
			report, err := bench.Capacity(cmd.Context(), c, p, given)
			if len(report.Tries) > 0 { // also where none of them will do
				err = errors.Join(err, a.printReport(report, report.Table()))
			}
			return err
		},
	}
	loadFlags(cmd, &c, bench.DefaultConnections)
	flags := cmd.Flags()
	flags.IntVar(&seconds, "seconds", 5, "length of one load of the calibration")
	flags.Float64Var(&p.Rate, "rate", 100_000, "scans a second")
	flags.IntVar(&p.Nodes, "nodes", 0, "nodes (default: as few as will do)")
	flags.IntVar(&p.Shards, "shards", 0, "PostgreSQL primaries that share the lanes (default: as few as will do)")
	flags.IntVar(&p.Lanes, "lanes", 0, "lanes in all (default: one for each processor of the shards)")
	flags.IntVar(&p.NodeCores, "node-cores", runtime.NumCPU(), "processors of a node, as fast as this machine's")
	flags.IntVar(&p.ShardCores, "shard-cores", runtime.NumCPU(), "processors of a shard, as fast as this machine's")
	flags.DurationVar(&rtt, "rtt", rtt, "round trip between node and database, and between primary and standby")
	flags.BoolVar(&p.Standby, "standby", false, "each shard has a synchronous standby")
	flags.DurationVar(&p.Bound, "p99", 50*time.Millisecond, "bound to the time that 99 of 100 scans take in the system")
	flags.DurationVar(&p.Length, "simulated", 3*time.Second, "time to simulate")
	flags.Uint64Var(&p.Seed, "seed", 1, "seed of the simulation")
	flags.StringVar(&service, "service", "", "`file` that an earlier run printed with --json, for its service times (default: measure them)")
	return cmd
}

// readService returns the service times of an earlier run, nil without a file.
func readService(path string) (*bench.Service, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Field("service", "cannot be read: %v", err)
	}
	var doc struct {
		Service bench.Service `json:"service"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fault.Field("service", "%s is not what bench capacity --json prints: %v", path, err)
	}
	return &doc.Service, nil
}
