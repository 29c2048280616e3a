package main

import (
	"context"
	"io"
	"net/http"
	"strings"

	"mintmark/engine/fault"
)

// firstRows is enough bytes of an export to hold the first row whole.
const firstRows = "bytes=0-1023"

// firstStamp returns the URL of the first stamp of a batch.
func (c *client) firstStamp(ctx context.Context, id string) (string, error) {
	header := http.Header{"Range": {firstRows}}
	res, err := c.send(ctx, request{method: http.MethodGet, path: batchPath(id) + "/export?format=csv", header: header})
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(data), "\r\n")
	if len(lines) < 2 || strings.Count(lines[1], ",") < 2 {
		return "", fault.New(fault.Corrupt, "the export of batch %s has no first row", id)
	}
	return strings.Split(lines[1], ",")[2], nil
}
