package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"

	"mintmark/engine/fault"
)

// download is a file that the server makes, the same each time.
type download struct {
	client *client
	path   string
	etag   string
	size   int64  // bytes of the whole file
	sum    []byte // SHA-256 of the whole file, as the server gave it
	hash   hash.Hash
}

// head asks for the size and the digest of the file.
func (x *download) head(ctx context.Context) error {
	res, err := x.client.send(ctx, request{method: http.MethodHead, path: x.path})
	if err != nil {
		return x.explain(ctx, err)
	}
	res.Body.Close()
	x.size, x.etag, x.hash = res.ContentLength, res.Header.Get("ETag"), sha256.New()
	x.sum, err = parseDigest(res.Header.Get("Repr-Digest"))
	if err == nil && x.size < 0 {
		err = errors.New("no Content-Length")
	}
	return fault.Wrap(fault.Corrupt, err, "the server's answer does not describe the file")
}

// explain asks again with GET for the reason of an error, since an answer to
// HEAD has none.
func (x *download) explain(ctx context.Context, err error) error {
	if fault.Is(err, fault.Busy) || errors.Is(err, context.Canceled) {
		return err
	}
	res, full := x.client.send(ctx, request{method: http.MethodGet, path: x.path})
	if full != nil {
		return full
	}
	res.Body.Close()
	return err
}

// parseDigest reads the SHA-256 of a Repr-Digest header (RFC 9530).
func parseDigest(header string) ([]byte, error) {
	for item := range strings.SplitSeq(header, ",") {
		text, ok := strings.CutPrefix(strings.TrimSpace(item), "sha-256=:")
		if !ok {
			continue
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(text, ":"))
		if err == nil && len(sum) == sha256.Size && strings.HasSuffix(text, ":") {
			return sum, nil
		}
	}
	return nil, fmt.Errorf("no SHA-256 in Repr-Digest %q", header)
}

// to writes the whole file and checks it.
func (x *download) to(ctx context.Context, w io.Writer, bar *bar) error {
	if err := x.fetch(ctx, 0, io.MultiWriter(w, bar)); err != nil {
		bar.leave()
		return err
	}
	if err := x.check(); err != nil {
		bar.leave()
		return err
	}
	return bar.done()
}

// fetch writes the file from an offset on to w; the hash must hold what comes
// before.
func (x *download) fetch(ctx context.Context, from int64, w io.Writer) error {
	if from == x.size {
		return nil
	}
	header := http.Header{}
	want := http.StatusOK
	if from > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		header.Set("If-Range", x.etag)
		want = http.StatusPartialContent
	}
	res, err := x.client.send(ctx, request{method: http.MethodGet, path: x.path, header: header})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		return fault.New(fault.Conflict, "the server no longer has the file that was begun; start again without --resume")
	}
	n, err := io.Copy(io.MultiWriter(w, x.hash), res.Body)
	if err == nil && from+n < x.size {
		err = io.ErrUnexpectedEOF
	}
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case err != nil:
		return fault.Wrap(fault.Busy, err, "the export was cut off after %d of %d bytes", from+n, x.size)
	}
	return nil
}

// check compares what was written with the server's digest.
func (x *download) check() error {
	if sum := x.hash.Sum(nil); !bytes.Equal(sum, x.sum) {
		return fault.New(fault.Corrupt, "the file has SHA-256 %x and should have %x; start again without --resume", sum, x.sum)
	}
	return nil
}

// copyBody copies the whole of an answer and shows how far it is.
func (a *app) copyBody(w io.Writer, res *http.Response, what string) error {
	bar := a.newBar(res.ContentLength, what, true)
	n, err := io.Copy(io.MultiWriter(w, bar), res.Body)
	if err == nil && n < res.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	switch {
	case err == nil:
		return bar.done()
	case errors.Is(err, context.Canceled):
		bar.leave()
		return err
	}
	bar.leave()
	return fault.Wrap(fault.Busy, err, "the %s were cut off after %d bytes", what, n)
}
