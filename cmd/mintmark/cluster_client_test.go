package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// caller is one client. It uses each connection once: over one that was used
// before, Go's client sends a request again that had no answer.
type caller struct {
	t      *testing.T
	id     int
	record *record
	http   *http.Client
	batch  string
	token  string
}

func (c *cluster) caller(id int, r *record) *caller {
	return &caller{t: c.t, id: id, record: r, batch: c.batch, token: c.token,
		http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}}
}

// reply is what came back. One that is nothing came from a node that is not
// there, so that nothing was sent.
type reply struct {
	status  int // 0: no answer
	body    []byte
	nothing bool
}

// done reports whether the request was done.
func (r reply) done() bool { return r.status == http.StatusOK }

// refused reports whether the request was certainly not done: the API says so
// of every 503 but the one about a database that does not answer.
func (r reply) refused() bool {
	return r.nothing || r.status == http.StatusServiceUnavailable && !strings.Contains(string(r.body), "may or may not")
}

func (a *caller) ask(ctx context.Context, method, url, body string) reply {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		a.t.Error(err)
		return reply{nothing: true}
	}
	req.Header.Set("Accept", "application/json")
	if strings.Contains(url, "/v1/") {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := a.http.Do(req)
	if err != nil {
		var dial *net.OpError
		return reply{nothing: errors.As(err, &dial) && dial.Op == "dial"}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusServiceUnavailable {
		a.t.Errorf("%s %s: %s\n%s", method, url, res.Status, data)
	}
	return reply{status: res.StatusCode, body: data}
}

// do makes a request and records what is known of it. read takes what matters
// from an answer.
func (a *caller) do(ctx context.Context, o operation, method, url, body string, read func(*operation, []byte)) reply {
	o.client, o.call = a.id, a.record.now()
	r := a.ask(ctx, method, url, body)
	o.end, o.answered = a.record.now(), r.done()
	if r.refused() {
		return r
	}
	if o.answered {
		read(&o, r.body)
	}
	a.record.add(o)
	return r
}

// verify scans the stamp at a position.
func (a *caller) verify(ctx context.Context, n *node, position int, serial string) reply {
	o := operation{task: verifyStamp, first: position, last: position}
	return a.do(ctx, o, http.MethodGet, *n.url.Load()+"/S/"+serial, "", func(o *operation, body []byte) {
		var got scanned
		if err := json.Unmarshal(body, &got); err != nil {
			a.t.Errorf("%v in %s", err, body)
		}
		o.verdict, o.count = got.Verdict, got.Scans
	})
}

// look asks what is known of a stamp. That is no scan, and not recorded.
func (a *caller) look(ctx context.Context, n *node, serial string) reply {
	return a.ask(ctx, http.MethodGet, *n.url.Load()+"/v1/stamps/"+serial, "")
}

// change asks for a change of the stamps at positions first to last.
func (a *caller) change(ctx context.Context, n *node, t task, first, last int) reply {
	op := map[task]string{activateStamps: "activate", revokeStamps: "revoke"}[t]
	body := fmt.Sprintf(`{"ranges":["%d-%d"],"reason":"test"}`, first, last)
	url := *n.url.Load() + batchPath(a.batch) + "/" + op
	return a.do(ctx, operation{task: t, first: first, last: last}, http.MethodPost, url, body, func(*operation, []byte) {})
}

// changeUntilDone asks a random node after the other until one has done it. It
// reports false if the time was up first.
func (a *caller) changeUntilDone(ctx context.Context, nodes []*node, random *rand.Rand, t task, first, last int) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if a.change(ctx, nodes[random.IntN(len(nodes))], t, first, last).done() {
			return true
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
}
