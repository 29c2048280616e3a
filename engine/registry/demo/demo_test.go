package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	_ "image/png"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"mintmark/engine/registry"
	"mintmark/engine/serial"
)

// days are an ordinary day, the first and the last of a year, and leap days.
var days = []time.Time{
	time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC),
	time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC), // 1 January in Viet Nam
	time.Date(2027, 12, 31, 16, 59, 0, 0, time.UTC),
	time.Date(2028, 2, 29, 1, 0, 0, 0, time.UTC),
	time.Date(2029, 3, 31, 1, 0, 0, 0, time.UTC),
}

// TestTotals counts the records, by hand, against the figures of the article.
func TestTotals(t *testing.T) {
	for _, now := range days {
		today := registry.DateOf(now)
		s := registry.NewSnapshot(Province(now))
		want := func(what string, got, want int64) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s is %d, want %d", today, what, got, want)
			}
		}
		var people, money, over int64
		kinds := map[registry.OrganisationKind]int64{}
		for _, o := range registry.All[registry.Organisation](s) {
			kinds[o.Type]++
			people, money = people+o.Members, money+o.Capital
			if o.CapitalOver {
				over++
			}
			if (o.Members > 0) != (o.Type == registry.Cooperative) || o.Founded > today || o.Dissolved != "" {
				t.Errorf("%+v", o)
			}
		}
		want("unions", kinds[registry.Union], 1)
		want("cooperatives", kinds[registry.Cooperative], 173)
		want("members", people, 29_139)
		want("capital", money, 171_606_000_000)
		want("organisations whose capital is over", over, 1)

		stars, held := map[string]int64{}, map[registry.OrganisationKind]map[string]bool{}
		products := map[string]bool{}
		for _, r := range registry.All[registry.Recognition](s) {
			if r.Decided > today || today > s.LastDay(r) {
				t.Errorf("%s: %s does not stand: decided %s, until %s", today, r.ID, r.Decided, s.LastDay(r))
			}
			key := string(rune('0' + r.Stars))
			if r.Potential {
				key += " potential"
			}
			stars[key]++
			products[r.Product] = true
			p := registry.Find[registry.Product](s, r.Product)
			o := registry.Find[registry.Organisation](s, p.Organisation)
			if held[o.Type] == nil {
				held[o.Type] = map[string]bool{}
			}
			held[o.Type][o.ID] = true
		}
		want("products", int64(len(products)), 80)
		want("potential five-star", stars["5 potential"], 5)
		want("four-star", stars["4"], 9)
		want("three-star", stars["3"], 66)
		want("kinds of stars", int64(len(stars)), 3)
		want("cooperatives with stars", int64(len(held[registry.Cooperative])), 8)
		want("companies with stars", int64(len(held[registry.Company])), 9)
		want("enterprises with stars", int64(len(held[registry.Enterprise])), 2)
		want("households with stars", int64(len(held[registry.Household])), 30)

		rights := map[registry.RightKind]int64{}
		for _, r := range registry.All[registry.Right](s) {
			rights[r.Type]++
			if !r.On(today) {
				t.Errorf("%s: %s does not stand: %s to %s", today, r.ID, r.Granted, r.Until)
			}
			if o := registry.Find[registry.Organisation](s, r.Owner); o != nil && r.Granted < o.Founded {
				t.Errorf("%s: granted %s to %s, which was founded %s", r.ID, r.Granted, o.ID, o.Founded)
			}
		}
		want("marks", rights[registry.Trademark]+rights[registry.CollectiveMark]+rights[registry.CertificationMark], 652)
		want("collective marks", rights[registry.CollectiveMark], 42)
		want("designs", rights[registry.IndustrialDesign], 28)
		want("inventions and utility solutions", rights[registry.Patent]+rights[registry.UtilitySolution], 11)

		roles := map[string]map[string]bool{"seller": {}, "linked": {}, "supported": {}}
		names := map[string]bool{}
		for _, c := range registry.All[registry.Channel](s) {
			key := c.Organisation
			if c.Type == "website" {
				key = c.URL
			} else {
				names[c.Role+" on "+c.Name] = true
			}
			roles[c.Role][key] = true
		}
		want("sellers", int64(len(roles["seller"])), 8)
		want("linked sites", int64(len(roles["linked"])), 14)
		want("supported units", int64(len(roles["supported"])), 18)
		want("marketplaces", int64(len(names)), 2)
	}
}

// TestPlan checks the plan's targets, and that its progress is real: begun and not
// done.
func TestPlan(t *testing.T) {
	for _, now := range days {
		today := registry.DateOf(now)
		s := registry.NewSnapshot(Province(now))
		goals := map[string]int64{}
		for _, target := range registry.All[registry.Target](s) {
			goals[target.Measure] = target.Goal
			if target.Year != int64(today.Start().Year()) || target.AtLeast != (target.Measure == "ip_supported_percent") {
				t.Errorf("%s: %+v", today, target)
			}
		}
		for what, goal := range map[string]int64{"new_cooperatives": 10, "supported_products": 144, "new_products": 121, "upgraded_products": 23,
			"cooperative_products": 26, "cooperatives_with_products": 20, "ip_supported_percent": 70} {
			if goals[what] != goal {
				t.Errorf("%s is %d, want %d", what, goals[what], goal)
			}
		}
		progress := progressOf(t, s, today)
		for what, goal := range goals {
			if progress[what] <= 0 || progress[what] >= goal {
				t.Errorf("%s: %s is %d of %d", today, what, progress[what], goal)
			}
		}
		done := 0
		for _, step := range registry.All[registry.Step](s) {
			if step.Done > today {
				t.Errorf("%s: %s is done on %s", today, step.ID, step.Done)
			}
			if step.Done != "" {
				done++
			}
		}
		if all := len(registry.All[registry.Step](s)); done < all/5 || done > all*4/5 {
			t.Errorf("%s: %d of %d steps are done", today, done, all)
		}
	}
}

// progressOf counts what has been reached of each target.
func progressOf(t *testing.T, s *registry.Snapshot, today registry.Date) map[string]int64 {
	out := map[string]int64{}
	cooperatives := map[string]bool{}
	for _, a := range registry.All[registry.Application](s) {
		if a.Opened == "" || a.Opened > today || a.Year != int64(today.Start().Year()) {
			t.Errorf("%s: %s was opened %s for %d", today, a.ID, a.Opened, a.Year)
		}
		p := registry.Find[registry.Product](s, a.Product)
		if now := s.Stars(p, today); (a.Type == "upgrade") != (now != nil) || now != nil && a.Stars != now.Stars+1 {
			t.Errorf("%s: %s of %s asks for %d stars, there are %v", today, a.Type, p.ID, a.Stars, now)
		}
		out["supported_products"]++
		out[map[string]string{"new": "new_products", "upgrade": "upgraded_products"}[a.Type]]++
		if o := registry.Find[registry.Organisation](s, p.Organisation); o.Type == registry.Cooperative {
			out["cooperative_products"]++
			cooperatives[o.ID] = true
		}
	}
	out["cooperatives_with_products"] = int64(len(cooperatives))
	for _, o := range registry.All[registry.Organisation](s) {
		if o.Founded >= registry.Date(today[:4]+"-01-01") {
			out["new_cooperatives"]++
		}
	}
	eligible, reached := 0, 0
	for _, p := range registry.All[registry.Product](s) {
		if !p.Key && !p.Specialty && s.Stars(p, today) == nil {
			continue
		}
		eligible++
		helped := slices.ContainsFunc(registry.Of[registry.Support](s, p), func(c *registry.Support) bool { return strings.HasPrefix(c.Type, "ip_") })
		passed := slices.ContainsFunc(registry.Of[registry.Check](s, p), func(c *registry.Check) bool { return c.Result == "passed" })
		if helped && (passed || len(registry.Of[registry.Right](s, p)) == 0) {
			reached++
		}
	}
	out["ip_supported_percent"] = int64(100 * reached / eligible)
	return out
}

// TestLapses checks that a few recognitions lapse within 90 days.
func TestLapses(t *testing.T) {
	for _, now := range days {
		today, n := registry.DateOf(now), 0
		s := registry.NewSnapshot(Province(now))
		for _, r := range registry.All[registry.Recognition](s) {
			if s.LastDay(r) <= today.AddDays(90) {
				n++
			}
			if after := registry.Find[registry.Scheme](s, r.Scheme).From; r.Decided < after {
				t.Errorf("%s was decided %s by a scheme from %s", r.ID, r.Decided, after)
			}
		}
		if n != len(lapsing) {
			t.Errorf("%s: %d lapse within 90 days, want %d", today, n, len(lapsing))
		}
	}
}

// TestNothingLiesAhead checks that what is told as done was done before.
func TestNothingLiesAhead(t *testing.T) {
	for _, now := range days {
		today, s := registry.DateOf(now), registry.NewSnapshot(Province(now))
		for _, p := range registry.All[registry.Product](s) {
			if classes["fresh"].keepVI == p.ShelfLifeVI && p.MadeOn < today.AddDays(-10) || p.MadeOn > today {
				t.Errorf("%s: %s was made %s", today, p.ID, p.MadeOn)
			}
		}
		for _, e := range registry.All[registry.Event](s) {
			if e.At.After(now) {
				t.Errorf("%s: %s was at %s", now, e.ID, e.At)
			}
		}
		for _, c := range registry.All[registry.Support](s) {
			if c.On > today {
				t.Errorf("%s: %s was on %s", today, c.ID, c.On)
			}
		}
		for _, c := range registry.All[registry.Check](s) {
			if right := registry.Find[registry.Right](s, c.Right); c.On > today || right == nil || c.On < right.Granted {
				t.Errorf("%s: %s was on %s, %v", today, c.ID, c.On, right)
			}
		}
		for _, c := range registry.All[registry.Channel](s) {
			if c.Since > today {
				t.Errorf("%s: %s is since %s", today, c.ID, c.Since)
			}
		}
	}
}

// TestSameForADay checks that a day always has the same records.
func TestSameForADay(t *testing.T) {
	first, err := json.Marshal(Province(days[0]))
	if err != nil {
		t.Fatal(err)
	}
	later, err := json.Marshal(Province(days[0].Add(13 * time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	next, err := json.Marshal(Province(days[0].Add(14 * time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, later) || bytes.Equal(first, next) {
		t.Error("the records must differ from day to day in Viet Nam, and not within one")
	}
}

var (
	marked = regexp.MustCompile(`minh hoạ|demonstration`)
	code   = regexp.MustCompile(`^DEMO-[A-Z0-9-]+$`)
	site   = regexp.MustCompile(`^https://[a-z0-9.-]+\.example(/|$)`)
)

// TestMarked checks that everything says what it is.
func TestMarked(t *testing.T) {
	records := Province(days[0])
	ids, names := map[string]bool{}, map[string]bool{}
	for _, r := range records {
		id := r.Head().ID
		if !code.MatchString(id) || ids[id] {
			t.Errorf("id %q", id)
		}
		ids[id] = true
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if !norm.NFC.IsNormal(data) {
			t.Errorf("%s is not in NFC", id)
		}
		var f map[string]any
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		checkMarks(t, r.Kind(), id, f)
		if r.Kind() == registry.Products || r.Kind() == registry.Organisations {
			for _, lang := range []string{"name_vi", "name_en"} {
				if name := strings.ToLower(f[lang].(string)); names[name] {
					t.Errorf("%s: a second %q", id, name)
				} else {
					names[name] = true
				}
			}
		}
	}
}

// TestApply checks that the registry takes all records, in one commit, as they are.
func TestApply(t *testing.T) {
	var pictures []registry.Picture
	for _, file := range Pictures() {
		pictures = append(pictures, registry.Picture{ID: registry.PictureID(sha256.Sum256(file))})
	}
	var edits []registry.Edit
	for _, r := range Province(days[0]) {
		edits = append(edits, registry.Edit{Record: r})
	}
	if len(edits) > registry.MaxEdits {
		t.Fatalf("%d records do not fit in one commit", len(edits))
	}
	s, changed, res, problems := registry.NewSnapshot(nil).WithPictures(pictures).Apply(edits, days[0], "test")
	if len(problems) > 0 {
		t.Fatalf("%d problems, the first: %+v", len(problems), problems[0])
	}
	if res.Created != len(edits) || Count(s) != len(edits) {
		t.Errorf("%d of %d records were created, %d are there", res.Created, len(edits), Count(s))
	}
	for i, r := range changed {
		*r.Head() = registry.Meta{ID: r.Head().ID}
		if !reflect.DeepEqual(r, edits[i].Record) {
			t.Errorf("cleaned from %+v to %+v", edits[i].Record, r)
		}
	}
}

// checkMarks checks one record, as JSON. Fixed names of steps and events are no
// records of anybody, and stories carry the mark in their text.
func checkMarks(t *testing.T, kind registry.Kind, id string, f map[string]any) {
	for _, lang := range []string{"name_vi", "name_en"} {
		if name, ok := f[lang].(string); ok && kind != registry.Steps && kind != registry.Events && !marked.MatchString(name) {
			t.Errorf("%s: %s %q is not marked", id, lang, name)
		}
	}
	if kind == registry.Stories && (!strings.Contains(f["text_vi"].(string), "minh hoạ") || !strings.Contains(f["text_en"].(string), "demonstration")) {
		t.Errorf("%s is not marked", id)
	}
	for _, field := range []string{"number", "decision", "lot", "model", "standard"} {
		if v, ok := f[field].(string); ok && !strings.HasPrefix(v, "DEMO-") {
			t.Errorf("%s: %s %q", id, field, v)
		}
	}
	for _, field := range []string{"website", "url"} {
		if v, ok := f[field].(string); ok && !site.MatchString(v) {
			t.Errorf("%s: %s %q", id, field, v)
		}
	}
	if v, ok := f["email"].(string); ok && !strings.HasSuffix(v, ".example") {
		t.Errorf("%s: %q", id, v)
	}
	if v, ok := f["gln"].(string); ok && (len(v) != 13 || !strings.HasPrefix(v, "952") || !valid(v)) {
		t.Errorf("%s: GLN %q", id, v)
	}
	if v, ok := f["gtin"].(string); ok {
		if again, err := serial.NormalizeGTIN(v); err != nil || again != v || !strings.HasPrefix(v, "0952") {
			t.Errorf("%s: GTIN %q", id, v)
		}
	}
	if _, ok := f["phone"]; ok {
		t.Errorf("%s has a telephone number, which might be somebody's", id)
	}
}

// TestFirstProduct checks that the stamp that newcomers see leads to everything.
func TestFirstProduct(t *testing.T) {
	s := registry.NewSnapshot(Province(days[0]))
	b := Batches(s, 1)
	if len(b) != 1 || b[0].Count != 1 || b[0].GS1 {
		t.Fatalf("%+v", b)
	}
	p := b[0].Product
	holder := registry.Find[registry.Organisation](s, p.Organisation)
	if s.Stars(p, registry.DateOf(days[0])) == nil || len(p.Pictures) == 0 || len(registry.Of[registry.Story](s, p)) != 1 ||
		len(registry.Of[registry.Right](s, p)) < 2 || len(registry.Of[registry.Event](s, p)) != 4 || len(registry.Of[registry.Channel](s, holder)) < 2 {
		t.Errorf("%+v leads to too little", p)
	}
	for i := range fieldsOf(p) {
		if f := fieldsOf(p)[i]; f == "" {
			t.Errorf("%s lacks text %d", p.ID, i)
		}
	}
	stories := registry.All[registry.Story](s)
	if len(stories) < 12 {
		t.Errorf("only %d stories", len(stories))
	}
	for _, one := range stories {
		if one.TitleVI == "" || one.TitleEN == "" || strings.Contains(one.TextVI+one.TextEN, "# ") {
			t.Errorf("%+v", one)
		}
	}
}

func fieldsOf(p *registry.Product) []string {
	return []string{p.NameVI, p.NameEN, p.IngredientsVI, p.IngredientsEN, p.InstructionsVI, p.InstructionsEN, p.ShelfLifeVI, p.ShelfLifeEN,
		p.Standard, p.Brand, p.Model, p.Lot, string(p.MadeOn), p.GTIN}
}

// TestBatches checks that stamps are divided without rest.
func TestBatches(t *testing.T) {
	s := registry.NewSnapshot(Province(days[0]))
	for _, n := range []uint64{1, 5, 80, 20_000, 1_040_000} {
		sum, gs1 := uint64(0), 0
		all := Batches(s, n)
		for i, b := range all {
			sum += b.Count
			if b.GS1 {
				gs1++
			}
			if b.Count == 0 || b.Producer == "" || i > 0 && b.Product.ID <= all[i-1].Product.ID {
				t.Errorf("%+v", b)
			}
		}
		if sum != n || n >= 20_000 && (len(all) != 80 || gs1 < 10) {
			t.Errorf("%d stamps: %d in %d batches, %d with GS1 links", n, sum, len(all), gs1)
		}
	}
	if got := Batches(registry.NewSnapshot(nil), 100); len(got) != 0 {
		t.Errorf("%d batches of no products", len(got))
	}
}

// TestPictures checks that every picture that a record names is there, and small.
func TestPictures(t *testing.T) {
	there := map[string]bool{}
	for i, file := range Pictures() {
		sum := sha256.Sum256(file)
		there[hex.EncodeToString(sum[:])] = true
		img, format, err := image.Decode(bytes.NewReader(file))
		if err != nil || format != "png" || len(file) > 64<<10 || len(file) < 1<<10 {
			t.Fatalf("picture %d: %s, %d bytes, %v", i, format, len(file), err)
		}
		colours := map[[3]uint32]bool{}
		for at := range img.Bounds().Dx() * img.Bounds().Dy() {
			r, g, b, _ := img.At(at%img.Bounds().Dx(), at/img.Bounds().Dx()).RGBA()
			colours[[3]uint32{r, g, b}] = true
		}
		if len(colours) < 20 {
			t.Errorf("picture %d shows nothing", i)
		}
	}
	used := map[string]bool{}
	for _, r := range Province(days[0]) {
		var names []string
		switch r := r.(type) {
		case *registry.Product:
			names = r.Pictures
		case *registry.Story:
			names = r.Pictures
		}
		for _, name := range names {
			used[name] = true
			if !there[name] {
				t.Errorf("%s names picture %s", r.Head().ID, name)
			}
		}
	}
	if len(used) != len(there) || len(used) != len(drawings) {
		t.Errorf("%d pictures are drawn, %d differ, %d are used", len(drawings), len(there), len(used))
	}
}
