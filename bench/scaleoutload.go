package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"mintmark/server"
)

// engineLoad has callers verify random stamps in the first n nodes.
func (k *cluster) engineLoad(ctx context.Context, n int) (loadResult, error) {
	counts, latencies := make([]int, n), make([][]time.Duration, n)
	start := time.Now()
	var group errgroup.Group
	for i, e := range k.nodes[:n] {
		group.Go(func() (err error) {
			counts[i], latencies[i], err = load(ctx, e, k.codes, k.cfg.Callers, k.cfg.Duration)
			return err
		})
	}
	err := group.Wait()
	all := slices.Concat(latencies...)
	slices.Sort(all)
	r := loadResult{p99: float64(percentile(all, 0.99).Microseconds()) / 1000}
	for _, n := range counts {
		r.requests += float64(n)
	}
	r.rate = r.requests / time.Since(start).Seconds()
	return r, err
}

// httpLoad asks servers over the first n nodes for random stamps, with a client for
// each; they share the stamps out. The servers are shut down afterwards, so that
// everything they have taken is answered and logged when it returns.
func (k *cluster) httpLoad(ctx context.Context, n int) (sum loadResult, err error) {
	clients, err := k.clients(n)
	if err != nil {
		return sum, err
	}
	servers, addrs, err := k.startServers(n)
	if err == nil {
		sum, err = askAll(ctx, clients, addrs, k.cfg.Connections, k.cfg.Duration)
	}
	for _, s := range servers {
		err = errors.Join(err, s.Shutdown(ctx))
	}
	return sum, err
}

// clients makes n clients that ask for as many stamps together as one does:
// before it starts, each prepares all its requests.
func (k *cluster) clients(n int) (all []loadClient, err error) {
	for i := range n {
		var paths bytes.Buffer
		for j := i; j < clientPaths; j += n {
			paths.WriteString(path(k.codes[j*7919%len(k.codes)]) + "\n") // as newClient
		}
		file := filepath.Join(k.cfg.Dir, fmt.Sprint("paths", i))
		if err := os.WriteFile(file, paths.Bytes(), 0o600); err != nil {
			return nil, err
		}
		c, err := newLoadClient(k.cfg.Dir, file, paths.Bytes(), asJSON)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// askAll loads several servers at once and adds up what they answered.
func askAll(ctx context.Context, clients []loadClient, addrs []string, connections int, d time.Duration) (sum loadResult, err error) {
	results := make([]loadResult, len(addrs))
	var group errgroup.Group
	for i, addr := range addrs {
		group.Go(func() (err error) {
			results[i], err = clients[i].run(ctx, addr, connections, d)
			return err
		})
	}
	err = group.Wait()
	for _, r := range results {
		sum = loadResult{sum.requests + r.requests, sum.rate + r.rate, max(sum.p99, r.p99)}
	}
	return sum, err
}

func (k *cluster) startServers(n int) (servers []*server.Server, addrs []string, err error) {
	for _, e := range k.nodes[:n] {
		s, err := server.New(server.Config{Engine: e, Listen: "127.0.0.1:0"})
		if err != nil {
			return servers, addrs, err
		}
		addr, err := s.Listen()
		if err != nil {
			return servers, addrs, err
		}
		go s.Serve()
		servers, addrs = append(servers, s), append(addrs, addr)
	}
	return servers, addrs, nil
}
