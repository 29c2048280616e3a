package keyring

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"mintmark/engine/fault"
)

func TestKeyFileContent(t *testing.T) {
	const (
		random = `{"format":"mintmark-key-1","id":"922b3f992fb1920e","key":"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="}`
		phrase = `{"format":"mintmark-key-1","id":"46e33e583b6fc2ed","argon2id":{"salt":"AAECAwQFBgcICQoLDA0ODw==","time":1,"memory_kib":8192,"threads":2}}`
	)
	tests := []struct {
		base, old, new string
		want           string // in the error; empty if the file is good
	}{
		{random, "", "", ""},
		{phrase, "", "", ""},
		{phrase, `"time":1`, `"time":16`, ""},
		{phrase, `8192`, `1048576`, ""},
		{phrase, `"threads":2`, `"threads":16`, ""},
		{random, random, ``, "not a key file"},
		{random, random, `null`, "format"},
		{random, random, `[]`, "not a key file"},
		{random, random, strings.Repeat(" ", 4097), "4096"},
		{random, `"}`, `"`, "not a key file"},
		{random, `="}`, `="} {}`, "something follows"},
		{random, `="}`, `="}}`, "something follows"},
		{random, `"key":`, `"note":"","key":`, `unknown field "note"`},
		{random, `key-1`, `key-2`, `format: "mintmark-key-2"`},
		{random, `"format":"mintmark-key-1",`, ``, "format"},
		{random, `"id":"922b3f992fb1920e",`, ``, "id: "},
		{random, `922b`, `922B`, "id: "},
		{random, `922b`, `922`, "id: "},
		{random, `922b`, `922b00`, "id: "},
		{random, `QEFC`, ``, "key: 29 bytes"},
		{random, `QEFC`, `****`, "not a key file"},
		{random, `"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="`, `null`, "key: "},
		{random, `"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="`, `""`, "key: 0 bytes"},
		{phrase, `"argon2id"`, `"key":"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=","argon2id"`, "key: "},
		{phrase, `AAEC`, ``, "argon2id.salt: 13 bytes"},
		{phrase, `"time":1`, `"time":0`, "argon2id.time"},
		{phrase, `"time":1`, `"time":17`, "argon2id.time"},
		{phrase, `"time":1`, `"time":-1`, "time"},
		{phrase, `"time":1`, `"time":1,"hash":"x"`, `unknown field "hash"`},
		{phrase, `8192`, `8191`, "argon2id.memory_kib"},
		{phrase, `8192`, `1048577`, "argon2id.memory_kib"},
		{phrase, `8192`, `99999999999`, "memory_kib"},
		{phrase, `"threads":2`, `"threads":0`, "argon2id.threads"},
		{phrase, `"threads":2`, `"threads":17`, "argon2id.threads"},
		{phrase, `"threads":2`, `"threads":256`, "threads"},
	}
	for _, c := range tests {
		content := strings.Replace(c.base, c.old, c.new, 1)
		if c.old != c.new && content == c.base {
			t.Fatalf("%q is not in %s", c.old, c.base)
		}
		f, err := parseKeyFile([]byte(content))
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", content, err)
			}
			continue
		}
		if !fault.Is(err, fault.Corrupt) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want corrupt and %q", content, err, c.want)
		}
		if f != nil {
			t.Errorf("%s: content returned with the error", content)
		}
	}
}

// TestContentErrorNamesTheFile opens a bad file by its path.
func TestContentErrorNamesTheFile(t *testing.T) {
	path := place(t, []byte(`{"format":"x"}`), 0o600)
	_, err := OpenKeyFile(path, nil)
	wantKind(t, err, fault.Corrupt, path, "format")
}

// FuzzKeyFile: what is accepted is within its bounds and survives writing and
// reading; what is refused is Corrupt.
func FuzzKeyFile(f *testing.F) {
	for _, name := range []string{"testdata/random.key.json", "testdata/passphrase.key.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parseKeyFile(data)
		if err != nil {
			wantKind(t, err, fault.Corrupt)
			return
		}
		if p := file.Argon2id; p == nil && len(file.Key) != 32 || p != nil && (p.Time > 16 || p.MemoryKiB > 1<<20 || p.Threads > 16 || p.Threads == 0) {
			t.Fatalf("accepted %+v", file)
		}
		written, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseKeyFile(written)
		if err != nil || !reflect.DeepEqual(file, again) {
			t.Fatalf("%s became %s, error %v", data, written, err)
		}
	})
}
