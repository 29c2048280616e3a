package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mintmark/engine"
	"mintmark/engine/export"
	"mintmark/engine/label/qr"
	"mintmark/engine/serial"
)

// maxLabels is the size of the print run that is measured.
const maxLabels = 1_000_000

// Labels measures exports as jobs, from the request to the manifest on disk, and
// symbols on one core against libqrencode.
func Labels(ctx context.Context, c Config) (figures []Figure, err error) {
	e, err := c.open(ctx, "labels")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	count := min(c.Stamps, maxLabels)
	b, err := mint(ctx, e, count)
	if err != nil {
		return nil, err
	}
	for _, r := range []struct {
		name    string
		target  string
		request export.Request
	}{
		{"A4 PDF", "target 30 s for a million", export.Request{Format: "pdf", Layout: "a4-24", Split: 250_000}},
		{"CSV", "target 1 s for a million", export.Request{Format: "csv"}},
	} {
		took, size, peak, err := c.exportRounds(ctx, e, b.ID, r.request)
		if err != nil {
			return nil, err
		}
		figures = append(figures,
			Figure{r.name + ", to the manifest on disk", took, "s", fmt.Sprintf("median of %d rounds of %d labels; %s", c.Rounds, count, r.target)},
			Figure{r.name + ", bytes a label", float64(size) / float64(count), "bytes", ""},
			Figure{r.name + ", resident peak", peak / (1 << 20), "MiB", "of the whole process, its store included"})
	}
	symbols, err := c.symbols(ctx, e, b.ID)
	return append(figures, symbols...), err
}

// exportRounds makes an export anew in each round. It returns the median time in
// seconds, the bytes of all files, and the highest resident peak in bytes.
func (c *Config) exportRounds(ctx context.Context, e *engine.Engine, id string, r export.Request) (took float64, size int64, peak float64, err error) {
	var times []float64
	for i := range c.Rounds {
		resetPeak()
		start := time.Now()
		x, _, err := e.CreateExport(ctx, engine.ExportRequest{Batch: id, Request: r, By: engine.Actor{Name: "bench"}})
		if err == nil {
			x, err = e.WaitExport(ctx, id, x.ID)
		}
		if err == nil && x.State != engine.ExportComplete {
			err = errors.New(x.Error)
		}
		if err != nil {
			return 0, 0, 0, err
		}
		times = append(times, time.Since(start).Seconds())
		peak, size = max(peak, status("VmHWM:")), 0
		for _, f := range x.Files {
			size += f.Size
		}
		fmt.Fprintf(c.Out, "round %d: %s in %.2f s\n", i+1, r.Format, times[i])
		if err := e.DeleteExport(ctx, id, x.ID); err != nil {
			return 0, 0, 0, err
		}
	}
	return median(times), size, peak, nil
}

// resetPeak makes the resident peak start anew (Linux, proc(5)); elsewhere it is
// that of the process.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peerSource is the program that drives libqrencode, from the module's root.
var peerSource = filepath.FromSlash("engine/label/qr/testdata/peer/qrencode.c")

// symbols measures symbols with full mask choice on one core, and libqrencode on
// stamps of the same shape.
func (c *Config) symbols(ctx context.Context, e *engine.Engine, id string) ([]Figure, error) {
	peer, missing := c.buildPeer(ctx)
	codes, err := codesOf(e, id, 1, 1, 1024)
	if err != nil {
		return nil, err
	}
	var ours, theirs []float64
	for range c.Rounds {
		rate, err := c.encodeRound(codes)
		if err != nil {
			return nil, err
		}
		ours = append(ours, rate)
		if missing == "" {
			if rate, err = peerRound(ctx, peer); err != nil {
				return nil, err
			}
			theirs = append(theirs, rate)
		}
	}
	out := []Figure{{"symbols, eight masks, one core", median(ours), "symbols/s", cmp.Or(missing, "target 200,000")}}
	if missing == "" {
		out = append(out, Figure{"libqrencode", median(theirs), "symbols/s", "its start counted"},
			Figure{"symbols / libqrencode", median(ours) / median(theirs), "ratio", "target 15"})
	}
	return out, nil
}

// encodeRound makes symbols for the time of a round.
func (c *Config) encodeRound(codes []serial.Code) (float64, error) {
	link := serial.Link{Base: "https://tem.example.vn"}
	enc, err := qr.NewEncoder(qr.Config{Parts: qr.LinkParts(&link, false), Level: qr.M, MinVersion: 1})
	if err != nil {
		return 0, err
	}
	var urls [][]byte
	for _, code := range codes {
		urls = append(urls, link.Append(nil, code, nil))
	}
	var s qr.Symbol
	n, start := 0, time.Now()
	for time.Since(start) < c.Duration {
		for _, url := range urls {
			if err := enc.Encode(&s, url); err != nil {
				return 0, err
			}
		}
		n += len(urls)
	}
	return float64(n) / time.Since(start).Seconds(), nil
}

// peerSymbols is how many symbols the peer makes in a round.
const peerSymbols = 20_000

func peerRound(ctx context.Context, peer string) (float64, error) {
	start := time.Now()
	if out, err := exec.CommandContext(ctx, peer, "encode", strconv.Itoa(peerSymbols)).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("libqrencode: %w\n%s", err, out)
	}
	return peerSymbols / time.Since(start).Seconds(), nil
}

// buildPeer compiles the peer, or says why there is none.
func (c *Config) buildPeer(ctx context.Context) (peer, missing string) {
	if _, err := os.Stat(peerSource); err != nil {
		return "", "libqrencode is not measured: run this at the root of the source tree"
	}
	peer = filepath.Join(c.Dir, "qrencode")
	if err := exec.CommandContext(ctx, "gcc", "-O2", "-o", peer, peerSource, "-lqrencode").Run(); err != nil {
		return "", "libqrencode is not measured: apt-get install gcc libc6-dev libqrencode-dev"
	}
	return peer, ""
}

// status returns a figure of /proc/self/status in bytes, 0 where there is none.
func status(name string) float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	lines := strings.Split(string(data), "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, name) })
	if i < 0 {
		return 0
	}
	kb, _ := strconv.ParseFloat(strings.Fields(lines[i])[1], 64)
	return kb * 1024
}
