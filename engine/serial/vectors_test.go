package serial

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"mintmark/engine/fault"
)

// vectors is testdata/vectors.json.
type vectors struct {
	About string `json:"about"`
	Good  []struct {
		Version   uint8       `json:"version"`
		Sealed    string      `json:"sealed"`
		Tag       string      `json:"tag"`
		Serial    string      `json:"serial"`
		Grouped   string      `json:"grouped"`
		Spellings []string    `json:"spellings"`
		URLs      []urlVector `json:"urls"`
	} `json:"good"`
	Bad []struct {
		Input string `json:"input"`
		Class string `json:"class"`
	} `json:"bad"`
}

type urlVector struct {
	Base    string `json:"base"`
	Form    string `json:"form"`
	GTIN    string `json:"gtin"`
	Lot     string `json:"lot"`
	Sig     string `json:"sig"`
	URL     string `json:"url"`
	Message string `json:"message"`
}

func readVectors(t testing.TB) vectors {
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Good) == 0 || len(v.Bad) == 0 {
		t.Fatal("no vectors")
	}
	return v
}

func hexNumber(t *testing.T, s string) uint64 {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestGoodVectors(t *testing.T) {
	for _, v := range readVectors(t).Good {
		c := Code{Version: v.Version, Sealed: hexNumber(t, v.Sealed), Tag: hexNumber(t, v.Tag)}
		if got := reference(c); got != v.Serial {
			t.Errorf("the vector %s contradicts arithmetic: %s", v.Serial, got)
		}
		if got := c.String(); got != v.Serial {
			t.Errorf("String = %s, want %s", got, v.Serial)
		}
		if got := string(AppendGrouped([]byte("x"), c)); got != "x"+v.Grouped {
			t.Errorf("AppendGrouped = %s, want x%s", got, v.Grouped)
		}
		for _, s := range v.Spellings {
			if got, err := Parse(s); got != c || err != nil {
				t.Errorf("Parse(%q) = %+v, %v; want %+v", s, got, err, c)
			}
		}
		for _, u := range v.URLs {
			checkURL(t, c, u)
		}
	}
}

func checkURL(t *testing.T, c Code, u urlVector) {
	form, err := ParseForm(u.Form)
	if err != nil {
		t.Fatal(err)
	}
	l := Link{Base: u.Base, Form: form, GTIN: u.GTIN, Lot: u.Lot}
	if err := l.Validate(); err != nil {
		t.Errorf("Validate(%+v): %v", l, err)
	}
	var sig *[64]byte
	if u.Sig != "" {
		raw, err := hex.DecodeString(u.Sig)
		if err != nil {
			t.Fatal(err)
		}
		sig = (*[64]byte)(raw)
	}
	if got := string(l.Append(nil, c, sig)); got != u.URL {
		t.Errorf("Append = %s\nwant     %s", got, u.URL)
	}
	if got := hex.EncodeToString(SigMessage(nil, &l, c)); got != u.Message {
		t.Errorf("SigMessage = %s\nwant         %s", got, u.Message)
	}
	checkTarget(t, u.URL, &l, c, sig)
}

func TestBadVectors(t *testing.T) {
	for _, v := range readVectors(t).Bad {
		var target Target
		err := ParseInput(v.Input, &target)
		if ClassOf(err) != v.Class {
			t.Errorf("ParseInput(%q): class %q, want %q (%v)", v.Input, ClassOf(err), v.Class, err)
		}
		want := fault.Invalid
		if v.Class == "path" {
			want = fault.NotFound
		}
		if !fault.Is(err, want) {
			t.Errorf("ParseInput(%q): kind %v, want %v", v.Input, fault.KindOf(err), want)
		}
	}
}
