package labeltest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Tool returns the path of a program. Where it is missing the test is skipped, or
// fails if MINTMARK_TEST_NO_SKIP is set.
func Tool(t testing.TB, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
			t.Fatalf("%s is not installed; run .ci/install", name)
		}
		t.Skipf("SKIPPED: %s is not installed (apt-get install %s)", name, debian)
	}
	return path
}

// reader is a program that reads symbols.
type reader struct {
	name, debian string
	args         []string
	// parse returns what was read from each file by its base name.
	parse func(out []byte) (map[string][]string, error)
}

var readers = []reader{
	{"zbarimg", "zbar-tools", []string{"--quiet", "--xml", "--nodbus", "-Sdisable", "-Sqrcode.enable"}, parseZbar},
	{"ZXingReader", "zxing-cpp-tools", []string{"-1", "-format", "QRCode"}, parseZXing},
}

// filesPerCall is how many files a program gets at a time.
const filesPerCall = 250

// read has every reader read the files, and returns what each found in each file,
// by the readers' names.
func read(t testing.TB, dir string, names []string) map[string]map[string][]string {
	t.Helper()
	all := map[string]map[string][]string{}
	paths := make([]string, len(readers))
	for i, r := range readers {
		paths[i] = Tool(t, r.name, r.debian)
		all[r.name] = map[string][]string{}
	}
	var group sync.WaitGroup
	for i, r := range readers {
		found := all[r.name]
		group.Go(func() {
			for part := range slices.Chunk(names, filesPerCall) {
				if err := r.call(paths[i], dir, part, found); err != nil {
					t.Errorf("%s: %v", r.name, err)
				}
			}
		})
	}
	group.Wait()
	return all
}

// call reads some files and adds what was found. Both programs end with an error
// if a file holds nothing that they can read.
func (r *reader) call(path, dir string, names []string, found map[string][]string) error {
	cmd := exec.Command(path, append(slices.Clone(r.args), names...)...)
	cmd.Dir = dir
	var failures bytes.Buffer
	cmd.Stderr = &failures
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	if failures.Len() > 0 {
		return errors.New(failures.String())
	}
	read, err := r.parse(out)
	for name, texts := range read {
		found[name] = append(found[name], texts...)
	}
	return err
}

func parseZbar(out []byte) (map[string][]string, error) {
	var doc struct {
		Sources []struct {
			File    string   `xml:"href,attr"`
			Symbols []string `xml:"index>symbol>data"`
		} `xml:"source"`
	}
	if len(bytes.TrimSpace(out)) == 0 {
		return nil, nil
	}
	err := xml.Unmarshal(out, &doc)
	found := map[string][]string{}
	for _, s := range doc.Sources {
		found[filepath.Base(s.File)] = s.Symbols
	}
	return found, err
}

// parseZXing reads lines of a file's name, a format, and a text in quotes.
func parseZXing(out []byte) (map[string][]string, error) {
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		name, rest, _ := strings.Cut(line, " ")
		if _, text, ok := strings.Cut(strings.TrimSpace(rest), " \""); ok {
			name = filepath.Base(name)
			found[name] = append(found[name], strings.TrimSuffix(text, "\""))
		}
	}
	return found, nil
}
