package engine

import (
	"testing"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/demo"
	"mintmark/engine/registry/report"
	"mintmark/engine/store"
)

// enter writes records.
func (s *site) enter(records ...registry.Record) {
	s.t.Helper()
	var edits []registry.Edit
	for _, r := range records {
		edits = append(edits, putRecord(r))
	}
	s.edit(edits...)
}

func (s *site) report(day registry.Date) *report.Report {
	s.t.Helper()
	r, err := s.Report(s.t.Context(), day)
	noError(s.t, err)
	return r
}

// TestReportOfStamps takes stamps of several products through three months.
func TestReportOfStamps(t *testing.T) {
	s := newSite(t)
	s.enter(&registry.Organisation{Meta: registry.Meta{ID: "HTX"}, Type: registry.Cooperative, NameVI: "HTX Một"},
		&registry.Product{Meta: registry.Meta{ID: "GAO"}, Organisation: "HTX", NameVI: "Gạo", GTIN: "09521234543213"},
		&registry.Product{Meta: registry.Meta{ID: "TRA"}, Organisation: "HTX", NameVI: "Trà"})
	first := report.MonthOf(s.Now())
	rice := s.mint(MintRequest{Count: 1000, GTIN: "09521234543213", Product: "whatever"})
	plain := s.mint(MintRequest{Count: 500})
	other := s.mint(MintRequest{Count: 70, Product: "Dừa"})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: rice.ID, Ranges: span("1", "100")})
	s.scan(rice.ID, 1, 1)
	s.scan(rice.ID, 1, 2)
	end := registry.DateOf(s.Now())
	s.clock.Add(40 * 24 * time.Hour)
	second := report.MonthOf(s.Now())
	s.change(ChangeRequest{Op: store.OpActivate, Batch: rice.ID, Ranges: span("101", "150")})
	s.change(ChangeRequest{Op: store.OpRevoke, Batch: rice.ID, Ranges: span("1", "10")})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: plain.ID, Ranges: span("1", "20"), Product: "trà"})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: other.ID, Ranges: span("1", "3"), Product: "TRA"})
	s.scan(rice.ID, 2, 1)
	s.scan(plain.ID, 1, 1)
	s.scan(other.ID, 70, 1)

	r := s.report("")
	if r.Issued != 1570 || r.Activated != 173 || r.Scans != 5 || r.Scanned != 4 {
		t.Errorf("%+v", r)
	}
	want := map[string]report.Count{
		"GAO  " + string(first): {Issued: 1000, Activated: 100, Scans: 2, Scanned: 1}, "GAO  " + string(second): {Activated: 50, Scans: 1, Scanned: 1},
		"TRA  " + string(first): {Issued: 500}, "TRA  " + string(second): {Activated: 23, Scans: 1, Scanned: 1},
		" Dừa " + string(first): {Issued: 70}, " Dừa " + string(second): {Scans: 1, Scanned: 1},
	}
	for _, row := range r.Stamps.Rows {
		key := row.ID + " " + map[bool]string{true: row.VI}[row.ID == ""] + " " + string(row.Month)
		if want[key] != row.Count {
			t.Errorf("%q: %+v, want %+v", key, row.Count, want[key])
		}
		delete(want, key)
	}
	if len(want) > 0 {
		t.Error("missing:", want)
	}
	if r := s.report(end); r.Issued != 1570 || r.Activated != 100 || r.Scans != 2 || r.Scanned != 1 || len(r.Stamps.ByMonth) != 1 {
		t.Errorf("before the second month: %+v", r)
	}
	if r := s.report(end.AddDays(-1)); r.Issued != 0 || r.Scans != 0 || r.Activated != 0 {
		t.Errorf("before the first batch: %+v", r)
	}
	if a, b := s.report(""), s.report(registry.DateOf(s.Now())); !a.MadeAt.Equal(b.MadeAt) || a.Scans != b.Scans {
		t.Errorf("today is not now: %v, %v", a.MadeAt, b.MadeAt)
	}
}

// TestReportOfThen changes what has no day of its own, and asks what it was.
func TestReportOfThen(t *testing.T) {
	s := newSite(t)
	year := int64(s.Now().Year())
	meta := func(id string) registry.Meta { return registry.Meta{ID: id} }
	coop := func(id string, members int64, over bool) *registry.Organisation {
		return &registry.Organisation{Meta: meta(id), Type: registry.Cooperative, NameVI: "HTX " + id, Members: members, Capital: members * 100, CapitalOver: over}
	}
	product := func(org string) *registry.Product {
		return &registry.Product{Meta: meta("SP"), Organisation: org, NameVI: "Dừa"}
	}
	key := func(key, specialty bool) *registry.Product {
		return &registry.Product{Meta: meta("TR"), Organisation: "B", NameVI: "Trà", Key: key, Specialty: specialty}
	}
	application := func(outcome string) *registry.Application {
		return &registry.Application{Meta: meta("HS"), Product: "SP", Type: "new", Stars: 3, Year: year, Outcome: outcome}
	}
	s.enter(coop("A", 10, true), coop("B", 1, false), product("A"), key(true, false), application("open"),
		&registry.Recognition{Meta: meta("CN"), Product: "SP", Stars: 3, Decision: "1", Decided: "2000-01-01", Until: "2199-01-01"},
		&registry.Programme{Meta: meta("KH"), NameVI: "Kế hoạch"},
		&registry.Target{Meta: meta("CT"), Programme: "KH", Year: year, Measure: report.CooperativeProducts, Goal: 1})
	first := registry.DateOf(s.Now())
	s.clock.Add(24 * time.Hour)
	s.enter(coop("A", 15, true))
	s.enter(coop("A", 20, false), coop("B", 2, false), key(false, true))
	second := registry.DateOf(s.Now())
	s.clock.Add(24 * time.Hour)
	s.enter(coop("A", 30, false), &registry.Organisation{Meta: meta("C"), Type: registry.Company, NameVI: "Công ty"}, product("C"), key(false, false), application("withdrawn"))
	for _, c := range []struct {
		day              registry.Date
		members, capital int64
		over             bool
		cooperatives     int // that hold stars
		eligible         int
		target           float64
	}{
		{first.AddDays(-1), 11, 1100, true, 1, 2, 1}, {first, 11, 1100, true, 1, 2, 1}, {second, 22, 2200, false, 1, 2, 1}, {"", 32, 3200, false, 0, 1, 0},
	} {
		r := s.report(c.day)
		if r.Members != c.members || r.Capital != c.capital || r.CapitalOver != c.over || r.ByHolder[registry.Cooperative] != c.cooperatives ||
			r.IP.Eligible != c.eligible || r.Targets[0].Value != c.target {
			t.Errorf("%s: %d members, %d đồng, over %v, held %v, %d eligible, targets %+v", c.day, r.Members, r.Capital, r.CapitalOver, r.ByHolder, r.IP.Eligible, r.Targets)
		}
	}
	// A cooperative that was deleted since cannot hold the product again.
	s.edit(registry.Edit{Record: coop("A", 0, false), Version: registry.AnyVersion, Delete: true})
	if r := s.report(first); r.Cooperatives != 1 || r.ByHolder[registry.Company] != 1 || r.Members != 1 {
		t.Errorf("after a deletion: %+v", r)
	}
}

func TestReportDays(t *testing.T) {
	s := newSite(t)
	for _, bad := range []registry.Date{"soon", "2026-13-01", "2026-1-5", "2026-02-30", "2026-01-01T00:00:00Z", registry.DateOf(s.Now()).AddDays(1), "9999-12-31"} {
		_, err := s.Report(t.Context(), bad)
		wantError(t, err, fault.Invalid, "as_of")
	}
	if r := s.report("0001-01-01"); r.Cooperatives != 0 || r.AsOf != "0001-01-01" {
		t.Errorf("%+v", r)
	}
}

// TestReportOfProvince holds the totals of the demonstration against the published
// ones that it is built around.
func TestReportOfProvince(t *testing.T) {
	s := newSite(t)
	for _, p := range demo.Pictures() {
		_, err := s.SavePicture(t.Context(), p, tester)
		noError(t, err)
	}
	s.enter(demo.Province(s.Now())...)
	r := s.report("")
	for what, c := range map[string]struct{ got, want int64 }{
		"unions": {int64(r.Unions), 1}, "cooperatives": {int64(r.Cooperatives), 173}, "members": {r.Members, 29_139}, "capital": {r.Capital, 171_606_000_000},
		"products": {int64(r.OCOP), 80}, "5 potential": {int64(r.ByStars["5_potential"]), 5}, "4": {int64(r.ByStars["4"]), 9}, "3": {int64(r.ByStars["3"]), 66}, "keys": {int64(len(r.ByStars)), 3},
		"holding cooperatives": {int64(r.ByHolder["cooperative"]), 8}, "companies": {int64(r.ByHolder["company"]), 9},
		"enterprises": {int64(r.ByHolder["enterprise"]), 2}, "households": {int64(r.ByHolder["household"]), 30},
		"marks": {int64(r.Trademarks), 652}, "collective": {int64(r.CollectiveMarks), 42}, "designs": {int64(r.Designs), 28}, "inventions": {int64(r.Inventions), 11},
		"sellers": {int64(r.Sellers), 8}, "sites": {int64(r.Sites), 14}, "supported": {int64(r.Supported), 18},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", what, c.got, c.want)
		}
	}
	if !r.CapitalOver || !r.Demo || len(r.Targets) == 0 || r.LapseCount == 0 || r.IP.Eligible < 80 {
		t.Errorf("over %v, demonstration %v, targets %d, lapses %d, IP %+v", r.CapitalOver, r.Demo, len(r.Targets), r.LapseCount, r.IP)
	}
}
