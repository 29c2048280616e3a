package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// newLoadClient returns wrk with a script that asks for random paths of a
// file, in the form that accept names, or our own client where wrk is not installed.
func newLoadClient(dir, file string, paths []byte, accept string) (loadClient, error) {
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		return ownClient{bytes.Fields(paths), accept}, nil
	}
	script := filepath.Join(dir, "random.lua")
	return wrkClient{wrk, script, file, accept}, os.WriteFile(script, []byte(wrkScript), 0o600)
}

// What the clients ask for.
const (
	asJSON = "application/json"
	asPage = "text/html"
)

// cookieOf is what a browser sends that has been here before; programs send none.
func cookieOf(accept string) string {
	if accept == asPage {
		return "mm_session=0123456789abcdef0123456789abcdef"
	}
	return ""
}

// wrkScript builds all requests beforehand, so that the client costs as little
// as it can.
const wrkScript = `
local requests = {}
function init(args)
  for line in io.lines(args[1]) do
    requests[#requests+1] = wrk.format("GET", line, {["Accept"]=args[2], ["Cookie"]=args[3] ~= "" and args[3] or nil})
  end
  math.randomseed(os.time())
end
function request() return requests[math.random(#requests)] end
`

type wrkClient struct{ wrk, script, paths, accept string }

func (wrkClient) name() string { return "wrk" }

var (
	wrkRequests = regexp.MustCompile(`(\d+) requests in`)
	wrkRate     = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkP99      = regexp.MustCompile(`99%\s+([\d.]+)(us|ms|s)`)
	wrkFailed   = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)`)
)

func (w wrkClient) run(ctx context.Context, addr string, connections int, d time.Duration) (r loadResult, err error) {
	out, err := exec.CommandContext(ctx, w.wrk, "-t2", "-c"+strconv.Itoa(connections), "-d"+strconv.Itoa(max(1, int(d.Seconds())))+"s",
		"--latency", "-s", w.script, "http://"+addr+"/", "--", w.paths, w.accept, cookieOf(w.accept)).CombinedOutput()
	if err != nil {
		return r, fmt.Errorf("wrk: %w: %s", err, out)
	}
	if m := wrkFailed.Find(out); m != nil {
		return r, fmt.Errorf("wrk: %s", m)
	}
	number := func(re *regexp.Regexp) float64 {
		m := re.FindSubmatch(out)
		if m == nil {
			err = fmt.Errorf("wrk printed no %s: %s", re, out)
			return 0
		}
		n, _ := strconv.ParseFloat(string(m[1]), 64)
		if len(m) > 2 {
			n *= map[string]float64{"us": 0.001, "ms": 1, "s": 1000}[string(m[2])]
		}
		return n
	}
	r = loadResult{number(wrkRequests), number(wrkRate), number(wrkP99)}
	return r, err
}

// ownClient is one goroutine for each connection.
type ownClient struct {
	paths  [][]byte
	accept string
}

func (ownClient) name() string { return "built-in client (wrk is not installed)" }

func (o ownClient) run(ctx context.Context, addr string, connections int, d time.Duration) (r loadResult, err error) {
	host := &fasthttp.HostClient{Addr: addr, MaxConns: connections}
	defer host.CloseIdleConnections()
	end := time.Now().Add(d)
	lat := make([][]time.Duration, connections)
	errs := make([]error, connections)
	var wait sync.WaitGroup
	for i := range connections {
		wait.Go(func() { lat[i], errs[i] = o.connection(ctx, host, addr, uint64(i), end) })
	}
	wait.Wait()
	all := slices.Concat(lat...)
	slices.Sort(all)
	for _, e := range errs {
		if e != nil {
			return r, e
		}
	}
	p99 := float64(percentile(all, 0.99).Microseconds()) / 1000
	return loadResult{float64(len(all)), float64(len(all)) / d.Seconds(), p99}, nil
}

func (o ownClient) connection(ctx context.Context, host *fasthttp.HostClient, addr string, seed uint64, end time.Time) (lat []time.Duration, err error) {
	random := rand.New(rand.NewPCG(seed, 2))
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	req.Header.Set("Accept", o.accept)
	req.Header.Set("Cookie", cookieOf(o.accept))
	for last := time.Now(); last.Before(end) && ctx.Err() == nil; {
		req.SetRequestURI("http://" + addr + string(o.paths[random.IntN(len(o.paths))]))
		if err := host.Do(req, res); err != nil {
			return lat, err
		}
		if res.StatusCode() != fasthttp.StatusOK {
			return lat, fmt.Errorf("status %d: %s", res.StatusCode(), res.Body())
		}
		now := time.Now()
		lat = append(lat, now.Sub(last))
		last = now
	}
	return lat, ctx.Err()
}
