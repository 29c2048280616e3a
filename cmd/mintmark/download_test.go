package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mintmark/engine"
	"mintmark/engine/export"
)

// exportServer serves a file as the only one of an export. It gives digest as its SHA-256,
// and breaks off after cut bytes of each answer, unless cut is negative.
func exportServer(t *testing.T, file, digest []byte, cut int) *client {
	return clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			json.NewEncoder(w).Encode(engine.ExportInfo{ID: "e", Batch: "b", State: engine.ExportComplete, Count: 1,
				Files: []export.File{{Name: "x.csv", First: 1, Last: 1, Size: int64(len(file)), SHA256: hex.EncodeToString(digest)}}})
			return
		case strings.HasSuffix(r.URL.Path, "/manifest"):
			sum := sha256.Sum256([]byte("manifest"))
			w.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
			http.ServeContent(w, r, "x.json", time.Time{}, strings.NewReader("manifest"))
			return
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(digest)+":")
		if cut < 0 || r.Method == http.MethodHead {
			http.ServeContent(w, r, "x.csv", time.Time{}, bytes.NewReader(file))
			return
		}
		var from int
		status := http.StatusOK
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
			status = http.StatusPartialContent
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(file)-from))
		w.WriteHeader(status)
		w.Write(file[from:min(from+cut, len(file))])
	})
}

// exportTo runs the command on a server.
func exportTo(t *testing.T, cl *client, out string, resume bool) error {
	a := &app{out: new(strings.Builder), err: new(strings.Builder)}
	return a.export(t.Context(), cl, "b", exportBody{Request: export.Request{Format: "csv"}}, exportTarget{path: out, resume: resume})
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestExportBreaksOff takes a file in pieces. Until the last one there is only
// the part.
func TestExportBreaksOff(t *testing.T) {
	file := bytes.Repeat([]byte("stamp\r\n"), 1000)
	digest := sha256.Sum256(file)
	cl := exportServer(t, file, digest[:], 3000)
	out := filepath.Join(t.TempDir(), "out.csv")
	for i, have := range []int{3000, 6000} {
		err := exportTo(t, cl, out, i > 0)
		if codeOf(err) != exitBusy || !strings.Contains(err.Error(), fmt.Sprintf("cut off after %d of 7000 bytes", have)) {
			t.Fatalf("piece %d: %v", i, err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Fatal("the file is there before it is whole")
		}
		if got := readFile(t, out+".part"); !bytes.Equal(got, file[:have]) {
			t.Fatalf("piece %d: the part has %d bytes", i, len(got))
		}
	}
	if err := exportTo(t, cl, out, true); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(readFile(t, out), file) {
		t.Error("the file is not the one that was served")
	}
	if _, err := os.Stat(out + ".part"); err == nil {
		t.Error("the part is still there")
	}
	if string(readFile(t, out+manifestExt)) != "manifest" {
		t.Error("the manifest is not there")
	}
}

// TestExportIsChecked serves bytes that are not those of the digest.
func TestExportIsChecked(t *testing.T) {
	other := sha256.Sum256([]byte("other"))
	out := filepath.Join(t.TempDir(), "out.csv")
	if err := exportTo(t, exportServer(t, []byte("file"), other[:], -1), out, false); codeOf(err) != exitCorrupt {
		t.Errorf("a wrong digest: %v", err)
	}
	if err := exportTo(t, exportServer(t, []byte("file"), other[:5], -1), out, false); codeOf(err) != exitCorrupt {
		t.Errorf("no digest: %v", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("the file is there")
	}
}

// TestExportResumesAnywhere starts from any part of the file, and from parts of
// other files.
func TestExportResumesAnywhere(t *testing.T) {
	dir := t.TempDir()
	file := bytes.Repeat([]byte("0123456789"), 50)
	digest := sha256.Sum256(file)
	cl := exportServer(t, file, digest[:], -1)
	rapid.Check(t, func(rt *rapid.T) {
		out := filepath.Join(dir, "out.csv")
		part := append([]byte(nil), file[:rapid.IntRange(0, len(file)).Draw(rt, "have")]...)
		if len(part) > 0 && rapid.Bool().Draw(rt, "damaged") {
			part[rapid.IntRange(0, len(part)-1).Draw(rt, "at")] ^= 1
		}
		damaged := !bytes.HasPrefix(file, part)
		if err := os.WriteFile(out+".part", part, 0o600); err != nil {
			rt.Fatal(err)
		}
		os.Remove(out)
		err := exportTo(t, cl, out, true)
		_, missing := os.Stat(out)
		if damaged && (codeOf(err) != exitCorrupt || missing == nil) {
			rt.Fatalf("a damaged part: %v", err)
		}
		if !damaged && (err != nil || !bytes.Equal(readFile(t, out), file)) {
			rt.Fatalf("a good part of %d bytes: %v", len(part), err)
		}
	})
}

func TestParseDigest(t *testing.T) {
	sum := sha256.Sum256([]byte("x"))
	good := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	for header, ok := range map[string]bool{
		good:                              true,
		"sha-512=:AAAA:, " + good:         true,
		"":                                false,
		"sha-256=:AAAA:":                  false,
		strings.TrimSuffix(good, ":"):     false,
		"sha-256=:*" + good[10:]:          false,
		strings.Replace(good, ":", "", 1): false,
	} {
		got, err := parseDigest(header)
		if (err == nil) != ok || ok && !bytes.Equal(got, sum[:]) {
			t.Errorf("%q: got %x, %v", header, got, err)
		}
	}
}

func FuzzParseDigest(f *testing.F) {
	f.Add("sha-256=:LXEWQrcmsEQBYnyp++rXyoMDjrUBCZFGTyAhVZqLN+0=:")
	f.Add("sha-512=:AAAA:, sha-256=:AAAA:")
	f.Fuzz(func(t *testing.T, header string) {
		sum, err := parseDigest(header)
		if err != nil {
			return
		}
		again, err := parseDigest("sha-256=:" + base64.StdEncoding.EncodeToString(sum) + ":")
		if err != nil || !bytes.Equal(sum, again) || len(sum) != sha256.Size {
			t.Errorf("%q: %x, then %x, %v", header, sum, again, err)
		}
	})
}
