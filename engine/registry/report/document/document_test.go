package document

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/reporttest"
)

// all returns every text of a document but those of its tables.
func (d *Document) all() (out []string) {
	out = append(out, d.Title, d.Subtitle, d.Warning)
	for _, f := range d.Facts {
		out = append(out, f.Label, f.Figure)
	}
	for _, s := range d.Sections {
		out = append(append(append(out, s.Title), s.Text...), s.Notes...)
	}
	return out
}

func TestSentences(t *testing.T) {
	for l, wanted := range map[Lang][]string{
		VI: {"Số liệu đến 14:05 ngày 25/11/2026", "Số liệu minh hoạ",
			"Toàn tỉnh ghi nhận 1 liên hiệp hợp tác xã và 173 hợp tác xã đang hoạt động. Các hợp tác xã có 29.139 thành viên, vốn điều lệ cộng lại trên 171.606.000.000 đồng.",
			"80 sản phẩm OCOP đang được công nhận: 5 sản phẩm tiềm năng 5 sao, 9 sản phẩm 4 sao và 66 sản phẩm 3 sao. Các sản phẩm này thuộc 49 chủ thể: 8 hợp tác xã, 9 công ty, 2 doanh nghiệp tư nhân và 30 hộ kinh doanh.",
			"Đang được bảo hộ 652 nhãn hiệu, trong đó có 42 nhãn hiệu tập thể và 3 nhãn hiệu chứng nhận.", "bằng 72,3\u00a0%.", "đến hết ngày 23/02/2027"},
		EN: {"Figures up to 14:05 on 25 November 2026", "A demonstration",
			"The province counts 1 union of cooperatives and 173 cooperatives. The cooperatives have 29,139 members and a charter capital of over 171,606,000,000 đồng altogether.",
			"80 OCOP products hold a recognition that stands: 5 with potential 5 stars, 9 with 4 stars and 66 with 3 stars. They belong to 49 holders: 8 cooperatives, 9 companies, 2 private enterprises and 30 household businesses.",
			"652 marks are protected, among them 42 collective marks and 3 certification marks.", ": 72.3%.", "up to 23 February 2027"},
	} {
		text := strings.Join(New(reporttest.Sample(), l).all(), "\n")
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", l, want, text)
			}
		}
	}
}

// TestSound looks at what holds for every text and table, of a full report and of
// an empty one.
func TestSound(t *testing.T) {
	for _, r := range []*report.Report{reporttest.Sample(), reporttest.Empty()} {
		for _, l := range []Lang{VI, EN} {
			d := New(r, l)
			texts := d.all()
			for _, s := range d.Sections {
				for _, b := range s.Blocks {
					texts = append(texts, b.Table.Title)
					checkTable(t, &b.Table)
					if b.Chart != nil {
						for _, one := range b.Chart.Draw().Texts {
							texts = append(texts, one.Text)
						}
					}
				}
			}
			for i, text := range texts {
				if strings.Contains(text, "%!") || !norm.NFC.IsNormalString(text) || text == "" && i != 2 {
					t.Errorf("%s: text %d is %q", l, i, text)
				}
			}
		}
	}
}

func checkTable(t *testing.T, table *Table) {
	t.Helper()
	for _, row := range table.Rows {
		if len(row) != len(table.Columns) {
			t.Fatalf("%s: %d cells in %d columns", table.Title, len(row), len(table.Columns))
		}
		for i, c := range row {
			if number := c.Kind == Whole || c.Kind == Decimal; number != table.Columns[i].Figure || !strings.HasPrefix(c.Text, c.Before) || !strings.HasSuffix(c.Text, c.After) {
				t.Errorf("%s, %s: %+v", table.Title, table.Columns[i].Title, c)
			}
		}
	}
	if !table.Total {
		return
	}
	last := len(table.Rows) - 1
	for i := range table.Columns {
		sum := 0.0
		for _, row := range table.Rows[:last] {
			sum += row[i].Number
		}
		if strings.Contains("Hạng sao theo loại chủ thể Stars by kind of producer", table.Title) && sum != table.Rows[last][i].Number {
			t.Errorf("%s: column %d adds up to %v, not %v", table.Title, i, sum, table.Rows[last][i].Number)
		}
	}
}

func TestHolders(t *testing.T) {
	for k, want := range map[registry.OrganisationKind][3]string{
		registry.Union:       {"1 liên hiệp hợp tác xã", "1 union of cooperatives", "1,000 unions of cooperatives"},
		registry.Cooperative: {"1 hợp tác xã", "1 cooperative", "1,000 cooperatives"},
		registry.Company:     {"1 công ty", "1 company", "1,000 companies"},
		registry.Enterprise:  {"1 doanh nghiệp tư nhân", "1 private enterprise", "1,000 private enterprises"},
		registry.Household:   {"1 hộ kinh doanh", "1 household business", "1,000 household businesses"},
	} {
		if got := [3]string{VI.holders(1, k), EN.holders(1, k), EN.holders(1000, k)}; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		got, vi, en string
	}{
		{fmt.Sprint(VI.Number(0), "|", EN.Number(0)), "0", "0"},
		{fmt.Sprint(VI.Number(999), "|", EN.Number(999)), "999", "999"},
		{fmt.Sprint(VI.Number(1000), "|", EN.Number(1000)), "1.000", "1,000"},
		{fmt.Sprint(VI.Number(uint64(1_234_567)), "|", EN.Number(uint64(1_234_567))), "1.234.567", "1,234,567"},
		{fmt.Sprint(VI.decimal(72.3), "|", EN.decimal(72.3)), "72,3", "72.3"},
		{fmt.Sprint(VI.decimal(1200), "|", EN.decimal(1200)), "1.200", "1,200"},
		{fmt.Sprint(VI.count(1, "xã", "commune", "communes"), "|", EN.count(1, "xã", "commune", "communes")), "1 xã", "1 commune"},
		{fmt.Sprint(VI.and([]string{"a"}), "|", EN.and([]string{"a", "b", "c"})), "a", "a, b and c"},
		{VI.asOf(&report.Report{AsOf: "2026-02-28", MadeAt: time.Date(2026, 2, 28, 16, 59, 59, 999999000, time.UTC)}) + "|", "Số liệu đến hết ngày 28/02/2026", ""},
	} {
		if want := c.vi + "|" + c.en; c.got != want {
			t.Errorf("%q, want %q", c.got, want)
		}
	}
}

func TestParseLang(t *testing.T) {
	for text, want := range map[string]Lang{"": VI, "vi": VI, "en": EN} {
		if got, err := ParseLang(text); got != want || err != nil {
			t.Error(text, got, err)
		}
	}
	if _, err := ParseLang("fr"); fault.FieldOf(err) != "lang" || !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}
