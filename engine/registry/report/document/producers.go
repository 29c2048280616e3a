package document

import (
	"strings"

	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/chart"
)

func (l Lang) cooperatives(r *report.Report) Section {
	capital := num(l, r.Capital)
	if r.CapitalOver {
		capital = capital.around(l.pick("trên ", "over "), "")
	}
	text := l.say("Toàn tỉnh ghi nhận %s và %s đang hoạt động. Các hợp tác xã có %s, vốn điều lệ cộng lại %s đồng.",
		"The province counts %s and %s. The cooperatives have %s and a charter capital of %s đồng altogether.",
		l.count(r.Unions, "liên hiệp hợp tác xã", "union of cooperatives", "unions of cooperatives"),
		l.count(r.Cooperatives, "hợp tác xã", "cooperative", "cooperatives"),
		l.count(int(r.Members), "thành viên", "member", "members"), capital.Text)
	s := Section{Title: l.pick("Kinh tế tập thể", "Cooperatives"), Text: []string{text}}
	s.Blocks = []Block{{Table: l.figures(l.pick("Tổ chức kinh tế tập thể", "Cooperatives and unions"),
		row{l.pick("Liên hiệp hợp tác xã", "Unions of cooperatives"), num(l, r.Unions)},
		row{l.pick("Hợp tác xã", "Cooperatives"), num(l, r.Cooperatives)},
		row{l.pick("Thành viên hợp tác xã", "Members of cooperatives"), num(l, r.Members)},
		row{l.pick("Vốn điều lệ của các hợp tác xã (đồng)", "Charter capital of the cooperatives (đồng)"), capital})}}
	if r.CapitalOver {
		s.Notes = []string{l.pick("“Trên”: ít nhất một tổ chức chỉ kê khai mức vốn tối thiểu, nên tổng thật cao hơn con số này.",
			"“Over”: at least one organisation has stated a minimum only, so the true sum is higher.")}
	}
	return s
}

// row is one figure of a table of figures.
type row struct {
	label string
	value Cell
}

// figures is a table of names and numbers.
func (l Lang) figures(title string, rows ...row) Table {
	t := Table{Title: title, Columns: []Column{{Title: l.pick("Chỉ tiêu", "Figure")}, {Title: l.pick("Số lượng", "Number"), Figure: true}}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []Cell{word(r.label), r.value})
	}
	return t
}

// producers are the names of the kinds of producers.
var producers = map[registry.OrganisationKind]struct{ vi, one, many string }{
	registry.Union:       {"Liên hiệp hợp tác xã", "union of cooperatives", "Unions of cooperatives"},
	registry.Cooperative: {"Hợp tác xã", "cooperative", "Cooperatives"},
	registry.Company:     {"Công ty", "company", "Companies"},
	registry.Enterprise:  {"Doanh nghiệp tư nhân", "private enterprise", "Private enterprises"},
	registry.Household:   {"Hộ kinh doanh", "household business", "Household businesses"},
}

// holder names a kind of producer, in the plural where there is one.
func (l Lang) holder(k registry.OrganisationKind) string {
	return l.pick(producers[k].vi, producers[k].many)
}

// holders counts producers of a kind.
func (l Lang) holders(n int, k registry.OrganisationKind) string {
	name := producers[k]
	return l.count(n, strings.ToLower(name.vi), name.one, strings.ToLower(name.many))
}

// stars names a key of the report's stars.
func (l Lang) stars(key string) string {
	n, potential := strings.CutSuffix(key, "_potential")
	if potential {
		return l.say("Tiềm năng %s sao", "Potential %s stars", n)
	}
	return l.say("%s sao", "%s stars", n)
}

func (l Lang) ocop(r *report.Report) Section {
	keys := r.StarsKeys()
	var byStars, byHolder []string
	for _, key := range keys {
		name := strings.ToLower(l.stars(key))
		byStars = append(byStars, l.say("%s sản phẩm %s", "%s with %s", l.Number(r.ByStars[key]), name))
	}
	holders := 0
	for _, h := range r.Matrix {
		holders += h.Holders
		byHolder = append(byHolder, l.holders(h.Holders, h.Holder))
	}
	text := l.say("%s đang được công nhận: %s. Các sản phẩm này thuộc %s: %s.",
		"%s hold a recognition that stands: %s. They belong to %s: %s.",
		l.count(r.OCOP, "sản phẩm OCOP", "OCOP product", "OCOP products"), l.and(byStars),
		l.count(holders, "chủ thể", "holder", "holders"), l.and(byHolder))
	note := l.pick("Mỗi sản phẩm được tính một lần theo công nhận cao nhất còn hiệu lực; công nhận hết hạn tự động không được tính nữa.",
		"Each product counts once, by the highest recognition that stands; one that has lapsed no longer counts.")
	return Section{Title: l.pick("Sản phẩm OCOP", "OCOP products"), Text: []string{text}, Blocks: []Block{l.matrix(r, keys)}, Notes: []string{note}}
}

// matrix is stars by kind of producer.
func (l Lang) matrix(r *report.Report, keys []string) Block {
	t := Table{Title: l.pick("Hạng sao theo loại chủ thể", "Stars by kind of producer"), Total: true,
		Columns: []Column{{Title: l.pick("Chủ thể", "Producer")}, {l.pick("Số chủ thể", "Holders"), true}}}
	bars := chart.Bars{Title: t.Title, Desc: l.pick("Số sản phẩm của từng loại chủ thể, chia theo hạng sao; số liệu ở bảng dưới.",
		"Products of each kind of producer by stars; the table below has the figures.")}
	for _, key := range keys {
		t.Columns = append(t.Columns, Column{l.stars(key), true})
		bars.Series = append(bars.Series, l.stars(key))
	}
	t.Columns = append(t.Columns, Column{l.pick("Sản phẩm", "Products"), true})
	total, holders := []Cell{word(l.pick("Tổng", "Total")), {}}, 0
	for _, h := range r.Matrix {
		line, bar := []Cell{word(l.holder(h.Holder)), num(l, h.Holders)}, chart.Bar{Label: l.holder(h.Holder), Figure: l.Number(h.Products)}
		for _, key := range keys {
			line = append(line, num(l, h.ByStars[key]))
			bar.Values = append(bar.Values, float64(h.ByStars[key]))
		}
		t.Rows, bars.Rows = append(t.Rows, append(line, num(l, h.Products))), append(bars.Rows, bar)
		holders += h.Holders
	}
	total[1] = num(l, holders)
	for _, key := range keys {
		total = append(total, num(l, r.ByStars[key]))
	}
	t.Rows = append(t.Rows, append(total, num(l, r.OCOP)))
	return Block{bars, t}
}
