// Package reporttest has a report for the tests of its writers: every part is
// filled, and one of each kind is awkward.
package reporttest

import (
	"fmt"
	"time"

	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
)

// Awkward is a name that must stay text: it is long, and means something in HTML,
// in tables and in PDF.
const Awkward = `=1+2 <script>alert("x")</script> & (Bưởi) \ 'quả' %d {{.}} rất dài, rất dài, rất dài, rất dài, rất dài, rất dài, rất dài`

// Empty returns a report of a registry without records, on the last moment of
// 2026-11-25.
func Empty() *report.Report {
	return report.Build(registry.NewSnapshot(nil), nil, registry.Date("2026-11-26").Start().Add(-time.Microsecond))
}

// Sample returns a report on 2026-11-25 of made-up figures.
func Sample() *report.Report {
	r := &report.Report{
		AsOf: "2026-11-25", MadeAt: time.Date(2026, 11, 25, 7, 5, 0, 0, time.UTC), Demo: true,
		Unions: 1, Cooperatives: 173, Members: 29_139, Capital: 171_606_000_000, CapitalOver: true,
		OCOP: 80, ByStars: map[string]int{"5_potential": 5, "4": 9, "3": 66},
		Trademarks: 652, CollectiveMarks: 42, CertificationMarks: 3, Designs: 28, Inventions: 11, Geographical: 2, Pending: 4,
		Issued: 1_251_000, Activated: 1_050_000, Scans: 48_211, Scanned: 30_102, Sellers: 8, Sites: 14, Supported: 18,
		Matrix: []report.HolderRow{
			{Holder: registry.Cooperative, Holders: 8, Products: 14, ByStars: map[string]int{"5_potential": 1, "4": 2, "3": 11}},
			{Holder: registry.Company, Holders: 9, Products: 22, ByStars: map[string]int{"5_potential": 3, "4": 5, "3": 14}},
			{Holder: registry.Enterprise, Holders: 2, Products: 4, ByStars: map[string]int{"3": 4}},
			{Holder: registry.Household, Holders: 30, Products: 40, ByStars: map[string]int{"5_potential": 1, "4": 2, "3": 37}},
		},
		Marketplaces: []report.MarketplaceRow{{Name: "Sàn A", Sellers: 8}, {Name: "Sàn B", Supported: 18}},
		IP: report.IPProgress{Eligible: 94, Supported: 72, Protected: 51, Controlled: 48, Reached: 68, Percent: 72.3, Missing: []report.IPMissing{
			{Product: "SP-1", Names: name("Dừa sáp", "Macapuno"), Holder: name("HTX Dừa", ""), Lacks: report.LacksCheck},
			{Product: "SP-2", Names: name(Awkward, ""), Holder: name("Hộ kinh doanh", ""), Lacks: report.LacksSupport},
			{Product: "SP-3", Names: name("Mứt dừa", "Coconut jam"), Holder: name("HTX Dừa", ""), Lacks: report.LacksPass},
		}},
		LapseDays: 90, LapseCount: 1200,
	}
	for i := range 14 {
		r.SiteList = append(r.SiteList, report.SiteRow{Name: fmt.Sprintf("Trang %d", i+1), URL: fmt.Sprintf("https://www.hop-tac-xa-so-%d.example", i+1), Holder: name("HTX", "")})
	}
	stamps(r)
	progress(r)
	for i := range 30 {
		l := report.Lapse{Kind: registry.Recognitions, ID: fmt.Sprint("CN-", i), Type: "3", Number: "DEMO-12/QĐ", LastDay: r.AsOf.AddDays(3 * i),
			Names: name("Bánh tét lá cẩm", "Purple rice cake"), Holder: name("Cơ sở bánh", "")}
		if i%3 == 1 {
			l.Kind, l.Type, l.Number = registry.Rights, string(registry.CollectiveMark), "DEMO-4-0123"
		}
		r.Lapses = append(r.Lapses, l)
	}
	return r
}

func name(vi, en string) report.Names { return report.Names{VI: vi, EN: en} }

// stamps has three products and as many months as a chart shows and more.
func stamps(r *report.Report) {
	products := []report.StampProduct{{ID: "SP-1", Names: name("Dừa sáp", "Macapuno")}, {Names: name(Awkward, "")}, {}, {Others: true}}
	for i := range 30 {
		month := report.MonthOf(time.Date(2024, time.Month(7+i), 2, 0, 0, 0, 0, time.UTC))
		c := report.Count{Issued: uint64(40_000 + 1000*(i*7%13)), Activated: uint64(30_000 + 1000*(i*5%11)), Scans: uint64(50 * i * i), Scanned: uint64(30 * i * i)}
		r.Stamps.ByMonth = append(r.Stamps.ByMonth, report.MonthRow{Month: month, Count: c})
		for _, p := range products[:2] {
			r.Stamps.Rows = append(r.Stamps.Rows, report.ProductMonthRow{StampProduct: p, Month: month, Count: c})
		}
	}
	for i, p := range products {
		r.Stamps.ByProduct = append(r.Stamps.ByProduct, report.ProductRow{StampProduct: p, Holder: name("HTX Dừa", ""),
			Count: report.Count{Issued: uint64(900_000 >> i), Activated: uint64(800_000 >> i), Scans: uint64(4000 >> i), Scanned: uint64(3000 >> i)}})
	}
}

func progress(r *report.Report) {
	plan := name("Kế hoạch hỗ trợ phát triển kinh tế tập thể", "Plan for cooperatives")
	for i, m := range []struct {
		measure string
		goal    int64
		value   float64
		state   report.TargetState
	}{
		{report.NewCooperatives, 10, 10, report.TargetMet}, {report.SupportedProducts, 144, 96, report.TargetOpen}, {report.NewProducts, 121, 81, report.TargetOpen},
		{report.UpgradedProducts, 23, 0, report.TargetMissed}, {report.CooperativeProducts, 26, 30, report.TargetMet},
		{report.CooperativesWithProducts, 20, 18, report.TargetOpen}, {report.IPSupportedPercent, 70, 72.3, report.TargetMet},
	} {
		r.Targets = append(r.Targets, report.TargetRow{ID: fmt.Sprint("CT-", i), Programme: plan, Decision: "DEMO-1/KH", Year: 2026, Measure: m.measure, Goal: m.goal,
			AtLeast: i == 6, Value: m.value, State: m.state})
	}
	for i, t := range []string{"advice", "training", "ip_filing", "ip_management", "marketplace", "story"} {
		r.Supports = append(r.Supports, report.SupportRow{Type: t, Cases: 10 * i, Organisations: 4 * i, Products: 3 * i})
	}
}
