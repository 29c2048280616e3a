package export

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/label/sheet"
)

// custom is a layout file with room for n labels a row of a roll.
const custom = `name = "mine"
page_width = 60
page_height = 40
columns = 1
rows = 1
label_width = 50
label_height = 35
roll = true
`

func TestBadRequests(t *testing.T) {
	bomb := picture(t, 9000, 9000)
	for name, c := range map[string]struct {
		r     Request
		logo  []byte
		field string
	}{
		"no format":             {r: Request{}, field: "format"},
		"unknown format":        {r: Request{Format: "xls"}, field: "format"},
		"unknown layout":        {r: Request{Format: "pdf", Layout: "a5-1"}, field: "layout"},
		"no layout":             {r: Request{Format: "pdf"}, field: "layout"},
		"two layouts":           {r: Request{Format: "pdf", Layout: "a4-24", CustomLayout: custom}, field: "custom_layout"},
		"layout that is none":   {r: Request{Format: "pdf", CustomLayout: "name ="}, field: "name"},
		"layout with a typo":    {r: Request{Format: "pdf", CustomLayout: custom + "colour = 1\n"}, field: "colour"},
		"labels too small":      {r: Request{Format: "pdf", CustomLayout: strings.NewReplacer("50", "12", "35", "12").Replace(custom)}, field: "layout"},
		"labels beyond page":    {r: Request{Format: "pdf", CustomLayout: strings.Replace(custom, "50", "70", 1)}, field: "label_width"},
		"from beyond the batch": {r: Request{Format: "csv", From: 1001}, field: "from"},
		"count beyond":          {r: Request{Format: "csv", From: 991, Count: 11}, field: "count"},
		"count overflows":       {r: Request{Format: "csv", From: 2, Count: 1<<64 - 1}, field: "count"},
		"level of csv":          {r: Request{Format: "csv", Level: "M"}, field: "level"},
		"layout of csv":         {r: Request{Format: "csv", Layout: "a4-24"}, field: "layout"},
		"unknown level":         {r: Request{Format: "pdf", Layout: "a4-24", Level: "X"}, field: "level"},
		"start beyond sheet":    {r: Request{Format: "pdf", Layout: "a4-24", Start: 24}, field: "start"},
		"negative start":        {r: Request{Format: "pdf", Layout: "a4-24", Start: -1}, field: "start"},
		"start of png":          {r: Request{Format: "png", Layout: "a4-24", Start: 1}, field: "start"},
		"dpi of pdf":            {r: Request{Format: "pdf", Layout: "a4-24", DPI: 300}, field: "dpi"},
		"odd dpi":               {r: Request{Format: "png", Layout: "a4-24", DPI: 72}, field: "dpi"},
		"native pdf":            {r: Request{Format: "pdf", Layout: "a4-24", Native: true}, field: "native"},
		"zpl on sheets":         {r: Request{Format: "zpl", Layout: "a4-24"}, field: "layout"},
		"roll of sheets":        {r: Request{Format: "pdf", Layout: "a4-24", Roll: 10}, field: "roll"},
		"roll and split":        {r: Request{Format: "zpl", Layout: "roll-50x30", Roll: 10, Split: 10}, field: "roll"},
		"half rows":             {r: Request{Format: "zpl", Layout: "roll-40x30-2", Roll: 11}, field: "roll"},
		"stars":                 {r: Request{Format: "pdf", Layout: "a4-24", Stars: 6}, field: "stars"},
		"potential of nothing":  {r: Request{Format: "pdf", Layout: "a4-24", Potential: true}, field: "potential"},
		"logo that is none":     {r: Request{Format: "pdf", Layout: "a4-24"}, logo: []byte("hello"), field: "logo"},
		"logo that is a bomb":   {r: Request{Format: "pdf", Layout: "a4-24"}, logo: bomb, field: "logo"},
		"logo too large":        {r: Request{Format: "pdf", Layout: "a4-24"}, logo: make([]byte, MaxLogoBytes+1), field: "logo"},
		"logo of csv":           {r: Request{Format: "csv"}, logo: bomb, field: "logo"},
		"logo by another name":  {r: Request{Format: "pdf", Layout: "a4-24", Logo: "abc"}, field: "logo"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.logo != nil {
				c.r.Logo = LogoDigest(c.logo)
			}
			_, err := NewPlan(testBatch, c.r, c.logo, 1)
			wantError(t, err, fault.Invalid, c.field)
		})
	}
}

func TestTooManyFiles(t *testing.T) {
	b := testBatch
	b.Count = MaxFiles + 1
	_, err := NewPlan(b, Request{Format: "csv", Split: 1}, nil, 1)
	wantError(t, err, fault.Invalid, "split")
	_, err = NewPlan(b, Request{Format: "csv", Split: 2}, nil, 1)
	noError(t, err)
}

// TestSameRequests holds spellings of one request to one id.
func TestSameRequests(t *testing.T) {
	l, err := sheet.Parse([]byte(custom))
	noError(t, err)
	for _, same := range [][]Request{
		{{Format: "csv"}, {Format: "csv", From: 1}, {Format: "csv", Count: 1000}, {Format: "csv", Split: 1000}, {Format: "csv", Split: 5000}},
		{{Format: "pdf", Layout: "a4-24"}, {Format: "pdf", Layout: "a4-24", Level: "M"}},
		{{Format: "png", Layout: "a4-24"}, {Format: "png", Layout: "a4-24", DPI: 600}},
		{{Format: "zpl", CustomLayout: custom}, {Format: "zpl", CustomLayout: "# mine\n" + custom}, {Format: "zpl", CustomLayout: string(l.Format())}},
	} {
		first, err := NewPlan(testBatch, same[0], nil, 1)
		noError(t, err)
		if !IsID(first.ID) {
			t.Errorf("the id %q is none", first.ID)
		}
		for _, r := range same[1:] {
			p, err := NewPlan(testBatch, r, nil, 3)
			noError(t, err)
			if p.ID != first.ID {
				t.Errorf("%+v and %+v have two ids", same[0], r)
			}
		}
	}
}

// TestOtherRequests holds different requests to different ids, and the normal form
// to being its own.
func TestOtherRequests(t *testing.T) {
	seen := map[string]Request{}
	rapid.Check(t, func(t *rapid.T) {
		r := Request{
			Format: rapid.SampledFrom([]string{"pdf", "csv"}).Draw(t, "format"), From: rapid.Uint64Range(0, 3).Draw(t, "from"),
			Count: rapid.Uint64Range(0, 3).Draw(t, "count"), Split: rapid.Uint64Range(0, 3).Draw(t, "split"),
		}
		b := testBatch
		b.ID = rapid.SampledFrom([]string{"b7", "b8"}).Draw(t, "batch")
		if r.Format == "pdf" {
			r.Layout, r.Start = rapid.SampledFrom([]string{"a4-24", "a4-30"}).Draw(t, "layout"), rapid.IntRange(0, 2).Draw(t, "start")
		}
		normal, err := r.Normalize(&b)
		if err != nil {
			t.Fatal(err)
		}
		again, err := normal.Normalize(&b)
		if err != nil || again != normal {
			t.Fatalf("%+v is normalized to %+v, %v", normal, again, err)
		}
		id, err := normal.id(&b)
		if err != nil {
			t.Fatal(err)
		}
		key := id + b.ID
		if before, ok := seen[key]; ok && before != normal {
			t.Fatalf("%+v and %+v have one id", before, normal)
		}
		seen[key] = normal
	})
}
