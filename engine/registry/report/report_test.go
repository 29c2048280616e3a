package report

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"mintmark/engine/registry"
)

func id(s string) registry.Meta { return registry.Meta{ID: s} }

// village is a small registry whose figures can be counted by hand.
func village() []registry.Record {
	return []registry.Record{
		&registry.Organisation{Meta: id("union"), Type: registry.Union, NameVI: "Liên hiệp", Members: 9, Capital: 1},
		&registry.Organisation{Meta: id("coop"), Type: registry.Cooperative, NameVI: "HTX Một", NameEN: "Coop One", Members: 10, Capital: 100, Founded: "2020-01-01"},
		&registry.Organisation{Meta: id("coop2"), Type: registry.Cooperative, NameVI: "HTX Hai", Members: 5, Capital: 50, CapitalOver: true, Founded: "2026-03-01"},
		&registry.Organisation{Meta: id("gone"), Type: registry.Cooperative, NameVI: "HTX Ba", Members: 7, Capital: 70, Dissolved: "2026-01-01"},
		&registry.Organisation{Meta: id("firm"), Type: registry.Company, NameVI: "Công ty", Capital: 1000},
		&registry.Organisation{Meta: id("house"), Type: registry.Household, NameVI: "Hộ"},
		&registry.Scheme{Meta: id("scheme"), From: "2020-01-01", ValidityMonths: 36},
		&registry.Product{Meta: id("rice"), Organisation: "coop", NameVI: "Gạo", NameEN: "Rice", GTIN: "09521234543213"},
		&registry.Product{Meta: id("salt"), Organisation: "coop", NameVI: "Muối", Key: true},
		&registry.Product{Meta: id("cake"), Organisation: "firm", NameVI: "Bánh"},
		&registry.Product{Meta: id("jam"), Organisation: "house", NameVI: "Mứt", Specialty: true},
		&registry.Product{Meta: id("tea"), Organisation: "house", NameVI: "Trà"},
		&registry.Recognition{Meta: id("r1"), Product: "rice", Scheme: "scheme", Stars: 3, Decision: "1", Decided: "2024-01-10"},
		&registry.Recognition{Meta: id("r2"), Product: "rice", Scheme: "scheme", Stars: 4, Decision: "2", Decided: "2026-02-01"},
		&registry.Recognition{Meta: id("r3"), Product: "salt", Stars: 5, Potential: true, Decision: "3", Decided: "2025-01-01", Until: "2026-07-01"},
		&registry.Recognition{Meta: id("r4"), Product: "cake", Scheme: "scheme", Stars: 3, Decision: "4", Decided: "2023-06-30"},
		&registry.Right{Meta: id("m1"), Type: registry.Trademark, Number: "m1", NameVI: "Nhãn", Owner: "coop", Products: []string{"rice", "salt"}, Granted: "2020-01-01", Until: "2030-01-01"},
		&registry.Right{Meta: id("m2"), Type: registry.CollectiveMark, Number: "m2", NameVI: "Nhãn tập thể", OwnerName: "Hội", Granted: "2016-08-01", Until: "2026-08-01"},
		&registry.Right{Meta: id("m3"), Type: registry.CertificationMark, Number: "m3", NameVI: "Nhãn chứng nhận", Granted: "2026-06-02"},
		&registry.Right{Meta: id("d1"), Type: registry.IndustrialDesign, Number: "d1", NameVI: "Kiểu dáng", Products: []string{"jam"}, Granted: "2025-01-01"},
		&registry.Right{Meta: id("p1"), Type: registry.Patent, Number: "p1", NameVI: "Sáng chế", Granted: "2025-01-01"},
		&registry.Right{Meta: id("p2"), Type: registry.UtilitySolution, Number: "p2", NameVI: "Giải pháp", Granted: "2025-01-01"},
		&registry.Right{Meta: id("g1"), Type: registry.Geographical, Number: "g1", NameVI: "Chỉ dẫn", Granted: "2025-01-01"},
		&registry.Right{Meta: id("a1"), Type: registry.Trademark, Number: "a1", NameVI: "Đơn"},
		&registry.Channel{Meta: id("c1"), Organisation: "coop", Type: "marketplace", Name: "Chợ A", Role: "seller", Since: "2025-01-01"},
		&registry.Channel{Meta: id("c2"), Organisation: "coop", Product: "rice", Type: "marketplace", Name: "Chợ A", Role: "seller"},
		&registry.Channel{Meta: id("c3"), Organisation: "firm", Type: "marketplace", Name: "Chợ B", Role: "seller", Since: "2026-06-02"},
		&registry.Channel{Meta: id("c4"), Organisation: "house", Type: "marketplace", Name: "Chợ B", Role: "supported"},
		&registry.Channel{Meta: id("c5"), Organisation: "coop", Type: "website", Name: "Trang", URL: "https://a.example", Role: "linked"},
		&registry.Channel{Meta: id("c6"), Organisation: "coop", Product: "rice", Type: "website", Name: "Trang", URL: "https://a.example", Role: "linked"},
		&registry.Programme{Meta: id("plan"), NameVI: "Kế hoạch", NameEN: "Plan"},
		target("t1", 2026, NewCooperatives, 1), target("t2", 2026, SupportedProducts, 3), target("t3", 2026, NewProducts, 2),
		target("t4", 2026, UpgradedProducts, 1), target("t5", 2026, CooperativeProducts, 2), target("t6", 2026, CooperativesWithProducts, 1),
		target("t7", 2026, IPSupportedPercent, 70), target("t8", 2025, NewCooperatives, 1), target("t9", 2027, NewCooperatives, 1),
		application("a1", "rice", "upgrade", 2026, "2026-01-05", ""),
		application("a2", "rice", "new", 2026, "", "open"),
		application("a3", "tea", "new", 2026, "2026-05-01", "recognised"),
		application("a4", "jam", "new", 2026, "2026-05-01", "withdrawn"),
		application("a5", "cake", "new", 2026, "2026-06-02", ""),
		application("a6", "salt", "new", 2025, "2025-06-02", ""),
		&registry.Support{Meta: id("s1"), Organisation: "coop", Product: "rice", Type: "ip_filing", On: "2025-05-01"},
		&registry.Support{Meta: id("s2"), Organisation: "coop", Product: "salt", Type: "ip_management", On: "2025-05-01"},
		&registry.Support{Meta: id("s3"), Organisation: "house", Type: "ip_filing", On: "2025-05-01"},
		&registry.Support{Meta: id("s4"), Organisation: "firm", Product: "cake", Type: "ip_filing", On: "2026-06-02"},
		&registry.Support{Meta: id("s5"), Organisation: "coop", Type: "training", On: "2025-05-01"},
		&registry.Check{Meta: id("k1"), Product: "rice", On: "2019-12-31", Result: "failed"},
		&registry.Check{Meta: id("k2"), Product: "rice", On: "2025-05-01", Result: "passed"},
		&registry.Check{Meta: id("k3"), Product: "salt", On: "2025-05-01", Result: "passed"},
		&registry.Check{Meta: id("k4"), Product: "salt", On: "2025-06-01", Result: "failed"},
		&registry.Check{Meta: id("k5"), Product: "salt", On: "2026-06-02", Result: "passed"},
	}
}

func target(name string, year int64, measure string, goal int64) *registry.Target {
	return &registry.Target{Meta: id(name), Programme: "plan", Year: year, Measure: measure, Goal: goal}
}

func application(name, product, kind string, year int64, opened registry.Date, outcome string) *registry.Application {
	return &registry.Application{Meta: id(name), Product: product, Type: kind, Stars: 3, Year: year, Opened: opened, Outcome: outcome}
}

func on(day registry.Date) *Report {
	return Build(registry.NewSnapshot(village()), StampFigures{}, day.Start().Add(12*time.Hour))
}

func TestTotals(t *testing.T) {
	r := on("2026-06-01")
	got := []int64{int64(r.Unions), int64(r.Cooperatives), r.Members, r.Capital, int64(r.OCOP), int64(r.Trademarks), int64(r.CollectiveMarks), int64(r.CertificationMarks),
		int64(r.Designs), int64(r.Inventions), int64(r.Geographical), int64(r.Pending), int64(r.Sellers), int64(r.Sites), int64(r.Supported)}
	if want := []int64{1, 2, 15, 150, 3, 2, 1, 0, 1, 2, 1, 1, 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !r.CapitalOver || r.Demo || r.AsOf != "2026-06-01" {
		t.Errorf("%+v", r)
	}
	if want := map[string]int{"5_potential": 1, "4": 1, "3": 1}; !reflect.DeepEqual(r.ByStars, want) {
		t.Error(r.ByStars)
	}
	if want := map[registry.OrganisationKind]int{"cooperative": 1, "company": 1, "enterprise": 0, "household": 0}; !reflect.DeepEqual(r.ByHolder, want) {
		t.Error(r.ByHolder)
	}
	if m := r.Matrix[0]; m.Holders != 1 || m.Products != 2 || m.ByStars["4"] != 1 || m.ByStars["5_potential"] != 1 {
		t.Errorf("%+v", m)
	}
	if want := []MarketplaceRow{{"Chợ A", 1, 0}, {"Chợ B", 0, 1}}; !slices.Equal(r.Marketplaces, want) {
		t.Error(r.Marketplaces)
	}
}

// TestAsOf looks at days around each change.
func TestAsOf(t *testing.T) {
	figures := map[string]func(*Report) int{
		"cooperatives": func(r *Report) int { return r.Cooperatives }, "ocop": func(r *Report) int { return r.OCOP },
		"4 stars": func(r *Report) int { return r.ByStars["4"] }, "marks": func(r *Report) int { return r.Trademarks },
		"sellers": func(r *Report) int { return r.Sellers }, "over": func(r *Report) int { return map[bool]int{true: 1}[r.CapitalOver] },
	}
	for _, c := range []struct {
		what string
		day  registry.Date
		want int
	}{
		{"cooperatives", "2019-12-31", 1}, {"cooperatives", "2020-01-01", 2}, {"cooperatives", "2025-12-31", 2}, {"cooperatives", "2026-01-01", 1}, {"cooperatives", "2026-03-01", 2},
		{"over", "2026-02-28", 0}, {"over", "2026-03-01", 1},
		{"4 stars", "2026-01-31", 0}, {"4 stars", "2026-02-01", 1}, {"4 stars", "2029-02-01", 1}, {"4 stars", "2029-02-02", 0},
		{"ocop", "2026-06-30", 3}, {"ocop", "2026-07-01", 2}, {"ocop", "2026-07-02", 1}, {"ocop", "2023-06-29", 0},
		{"marks", "2026-06-01", 2}, {"marks", "2026-06-02", 3}, {"marks", "2026-08-01", 3}, {"marks", "2026-08-02", 2}, {"marks", "2030-01-02", 1},
		{"sellers", "2026-06-01", 1}, {"sellers", "2026-06-02", 2},
	} {
		if got := figures[c.what](on(c.day)); got != c.want {
			t.Errorf("%s on %s: %d, want %d", c.what, c.day, got, c.want)
		}
	}
	lone := []registry.Record{&registry.Recognition{Meta: id("r"), Product: "p", Stars: 3, Decision: "DEMO-1"}}
	if !Build(registry.NewSnapshot(lone), nil, time.Now()).Demo {
		t.Error("made-up records are not told")
	}
}

func TestIPProgress(t *testing.T) {
	got := on("2026-06-01").IP
	want := IPProgress{Eligible: 4, Supported: 2, Protected: 3, Controlled: 1, Reached: 1, Percent: 25, Missing: []IPMissing{
		{"cake", Names{VI: "Bánh"}, Names{VI: "Công ty"}, LacksSupport},
		{"jam", Names{VI: "Mứt"}, Names{VI: "Hộ"}, LacksSupport},
		{"salt", Names{VI: "Muối"}, Names{"HTX Một", "Coop One"}, LacksPass},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := on("2026-06-02").IP; got.Reached != 3 || got.Percent != 75 || got.Controlled != 2 {
		t.Errorf("a day later %+v", got)
	}
	if got := on("2025-05-31").IP; got.Reached != 2 || got.Percent != 50 {
		t.Errorf("before the check that failed %+v", got)
	}
	if got := on("2019-01-01").IP; got.Eligible != 2 || got.Reached != 0 {
		t.Errorf("%+v", got)
	}
	if got := ipProgress(registry.NewSnapshot(nil), "2026-01-01"); got.Percent != 0 {
		t.Errorf("%+v", got)
	}
}

// TestPercent keeps 70 from being shown too early.
func TestPercent(t *testing.T) {
	var records []registry.Record
	for i := range 1000 {
		p := id(fmt.Sprint("p", i))
		records = append(records, &registry.Product{Meta: p, Key: true})
		if i < 699 {
			records = append(records, &registry.Support{Meta: p, Product: p.ID, Type: "ip_filing", On: "2026-01-01"})
		}
	}
	if got := ipProgress(registry.NewSnapshot(records), "2026-01-01"); got.Percent != 69.9 || len(got.Missing) != 301 {
		t.Error(got.Percent, len(got.Missing))
	}
}

func TestTargets(t *testing.T) {
	var got []string
	for _, row := range on("2026-06-01").Targets {
		got = append(got, fmt.Sprintln(row.Year, row.Measure, row.Value, "of", row.Goal, row.State))
	}
	want := []string{
		"2027 new_cooperatives 0 of 1 open\n",
		"2026 new_cooperatives 1 of 1 met\n", "2026 supported_products 2 of 3 open\n", "2026 new_products 2 of 2 met\n", "2026 upgraded_products 1 of 1 met\n",
		"2026 cooperative_products 1 of 2 open\n", "2026 cooperatives_with_products 1 of 1 met\n", "2026 ip_supported_percent 25 of 70 open\n",
		"2025 new_cooperatives 0 of 1 missed\n",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	for _, row := range on("2027-02-01").Targets {
		if row.ID == "t2" && (row.Value != 3 || row.State != TargetMet) || row.ID == "t5" && row.State != TargetMissed || row.ID == "t7" && row.Value != 66.6 {
			t.Errorf("after the year %+v", row)
		}
	}
	if s := on("2026-06-01").Supports; s[1] != (SupportRow{"training", 1, 1, 0}) || s[2] != (SupportRow{"ip_filing", 2, 2, 1}) {
		t.Error(s)
	}
}

func TestLapses(t *testing.T) {
	var got []string
	r := on("2026-06-01")
	for _, l := range r.Lapses {
		got = append(got, fmt.Sprint(l.Kind, " ", l.ID, " ", l.Type, " ", l.LastDay, " ", l.VI, " ", l.Holder.VI))
	}
	want := []string{"recognitions r4 3 2026-06-30 Bánh Công ty", "recognitions r3 5_potential 2026-07-01 Muối HTX Một", "rights m2 collective_mark 2026-08-01 Nhãn tập thể Hội"}
	if !slices.Equal(got, want) || r.LapseCount != 3 {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for day, n := range map[registry.Date]int{"2026-04-01": 1, "2026-04-02": 2, "2026-07-01": 2, "2026-07-02": 1, "2026-08-01": 1, "2026-08-02": 0} {
		if got := on(day).LapseCount; got != n {
			t.Errorf("%s: %d, want %d", day, got, n)
		}
	}
}

func TestStamps(t *testing.T) {
	f := StampFigures{}
	rice, plain := Goods{Product: "rice"}, Goods{Name: "Dừa"}
	f.Add(rice, "2026-05", Count{Issued: 100})
	f.Add(rice, "2026-05", Count{Activated: 10})
	f.Add(rice, "2026-06", Count{Activated: 20, Scans: 7, Scanned: 5})
	f.Add(plain, "2026-06", Count{Issued: 50})
	f.Add(Goods{}, "2026-06", Count{Scans: 1})
	r := Build(registry.NewSnapshot(village()), f, registry.Date("2026-06-30").Start())
	if r.Issued != 150 || r.Activated != 30 || r.Scans != 8 || r.Scanned != 5 {
		t.Errorf("%+v", r)
	}
	if want := []MonthRow{{"2026-05", Count{100, 10, 0, 0}}, {"2026-06", Count{50, 20, 8, 5}}}; !slices.Equal(r.Stamps.ByMonth, want) {
		t.Error(r.Stamps.ByMonth)
	}
	want := []ProductRow{
		{StampProduct{"rice", Names{"Gạo", "Rice"}, false}, Names{"HTX Một", "Coop One"}, Count{100, 30, 7, 5}},
		{StampProduct{"", Names{VI: "Dừa"}, false}, Names{}, Count{Issued: 50}},
		{StampProduct{}, Names{}, Count{Scans: 1}},
	}
	if !slices.Equal(r.Stamps.ByProduct, want) {
		t.Errorf("%+v", r.Stamps.ByProduct)
	}
	if rows := r.Stamps.Rows; len(rows) != 4 || rows[1].Month != "2026-06" || rows[1].Activated != 20 {
		t.Errorf("%+v", rows)
	}
	if m := MonthOf(time.Date(2026, 5, 31, 17, 0, 0, 0, time.UTC)); m != "2026-06" {
		t.Error(m)
	}
}

// TestBounds fills every list beyond its bound: the totals still count all.
func TestBounds(t *testing.T) {
	var records []registry.Record
	f := StampFigures{}
	for i := range MaxRows + 5 {
		m := id(fmt.Sprint("x", i))
		records = append(records, &registry.Organisation{Meta: m, Type: registry.Household}, &registry.Product{Meta: m, Organisation: m.ID, Key: true},
			&registry.Recognition{Meta: m, Product: m.ID, Stars: 3, Decided: "2026-01-01", Until: "2026-02-01"},
			&registry.Channel{Meta: m, Organisation: m.ID, Type: "marketplace", Name: m.ID, Role: "seller"}, target(m.ID, 2026, NewProducts, 1))
		f.Add(Goods{Product: m.ID}, "2026-01", Count{Issued: uint64(i + 1)})
	}
	r := Build(registry.NewSnapshot(records), f, registry.Date("2026-01-15").Start())
	if len(r.Lapses) != MaxRows || len(r.IP.Missing) != MaxRows || len(r.Marketplaces) != MaxRows || len(r.Targets) != MaxRows {
		t.Error(len(r.Lapses), len(r.IP.Missing), len(r.Marketplaces), len(r.Targets))
	}
	if n := MaxRows + 5; r.LapseCount != n || r.OCOP != n || r.Sellers != n || r.IP.Eligible != n || r.Issued != uint64(n*(n+1)/2) {
		t.Errorf("%d %d %d %d %d", r.LapseCount, r.OCOP, r.Sellers, r.IP.Eligible, r.Issued)
	}
	last := r.Stamps.ByProduct[MaxRows]
	if len(r.Stamps.ByProduct) != MaxRows+1 || !last.Others || last.Issued != 1+2+3+4+5 {
		t.Errorf("%+v", last)
	}
}

// TestKeys pins the names that other programs read.
func TestKeys(t *testing.T) {
	data, err := json.Marshal(on("2026-06-01"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"unions", "cooperatives", "cooperative_members", "charter_capital_vnd", "ocop_products", "ocop_by_stars", "ocop_by_holder", "trademarks",
		"collective_marks", "industrial_designs", "inventions", "stamps_issued", "stamps_activated", "marketplace_sellers", "linked_sites", "supported_enterprises"} {
		if got[key] == nil {
			t.Errorf("no %q in %s", key, data)
		}
	}
	back := new(Report)
	if err := json.Unmarshal(data, back); err != nil || !reflect.DeepEqual(back, on("2026-06-01")) {
		t.Errorf("%v: read back as\n%+v", err, back)
	}
}
