package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"mintmark/engine/fault"
)

// client talks to the HTTP API, over the network or inside the process.
type client struct {
	http  *http.Client
	base  string // scheme and host
	token string // "" inside the process, which is admitted as admin
	local bool
	close func() error
}

// request is one call of the API.
type request struct {
	method string
	path   string // with query, escaped
	header http.Header
	body   any     // sent as JSON unless nil
	file   *upload // sent in its place unless nil
}

// upload is a body that is sent as it is.
type upload struct {
	kind string // content type
	data []byte
	bar  io.Writer // gets what was sent, unless nil
}

// reader returns the body, from its start each time.
func (u *upload) reader() (io.ReadCloser, error) {
	if len(u.data) == 0 {
		return http.NoBody, nil // any other is sent in chunks
	}
	r := io.Reader(bytes.NewReader(u.data))
	if u.bar != nil {
		r = io.TeeReader(r, u.bar)
	}
	return io.NopCloser(r), nil
}

// send makes a request and returns an answer of status 2xx, whose body the
// caller closes. Any other answer is an error of the kind that it stands for;
// a server that cannot be reached is Busy.
func (c *client) send(ctx context.Context, r request) (*http.Response, error) {
	res, err := c.do(ctx, r)
	if err == nil && res.StatusCode >= 300 {
		defer res.Body.Close()
		return nil, problemOf(res)
	}
	return res, err
}

// do makes a request and returns the answer of whatever status.
func (c *client) do(ctx context.Context, r request) (*http.Response, error) {
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		r.file = &upload{kind: "application/json", data: data}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, nil)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "make the request")
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	if r.file != nil {
		req.Header.Set("Content-Type", r.file.kind)
		req.ContentLength, req.GetBody = int64(len(r.file.data)), r.file.reader
		req.Body, _ = req.GetBody()
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	return res, nil
}

// unreachable says that no answer came. The cause of an interrupt is kept.
func (c *client) unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &fault.Error{Kind: fault.Busy, Field: "server", Msg: "no answer from " + c.base + "; is it running?", Err: err}
}

// call makes a request and decodes the JSON answer into out.
func (c *client) call(ctx context.Context, r request, out any) error {
	res, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return c.decode(res, out)
}

// decode reads the JSON of an answer.
func (c *client) decode(res *http.Response, out any) error {
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return fault.Wrap(fault.Corrupt, err, "the answer of %s does not decode; is it a Mintmark server of this version?", c.base)
	}
	return nil
}

// problem is an error of the API (RFC 9457).
type problem struct {
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Field     string `json:"field"`
	RequestID string `json:"request_id"`
}

// maxProblem bounds how much of an error is read, in bytes.
const maxProblem = 64 << 10

// problemOf turns an answer of status 3xx to 5xx into an error.
func problemOf(res *http.Response) error {
	var p problem
	data, err := io.ReadAll(io.LimitReader(res.Body, maxProblem))
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	e := &fault.Error{Kind: kindOf(res.StatusCode), Field: p.Field, Msg: p.Detail}
	switch {
	case err != nil:
		e.Msg = "the server answered " + res.Status
	case p.Detail == "":
		e.Msg = p.Title
	}
	// The detail repeats the field where the server made it of an error.
	e.Msg = strings.TrimPrefix(e.Msg, e.Field+": ")
	if e.Kind == fault.Internal && p.RequestID != "" {
		e.Msg += " (request " + p.RequestID + ")"
	}
	return e
}

// kindOf returns the kind of error that an HTTP status stands for.
func kindOf(status int) fault.Kind {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fault.Forbidden
	case http.StatusNotFound:
		return fault.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return fault.Conflict
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return fault.Busy
	}
	if status >= 500 {
		return fault.Internal
	}
	return fault.Invalid
}
