package document

import (
	"cmp"
	"slices"

	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/chart"
)

// How much of the stamps a chart shows; the tables have the rest.
const (
	chartMonths   = 24
	chartProducts = 8
)

func (l Lang) stamps(r *report.Report) Section {
	text := l.say("Đã phát hành %s tem và kích hoạt %s tem.", "%s stamps were issued and %s activated.", l.Number(r.Issued), l.Number(r.Activated))
	if r.Scans > 0 {
		text += l.say(" Người tiêu dùng đã quét %s lần, trên %s tem khác nhau.", " Consumers have scanned %s times, %s different stamps.",
			l.Number(r.Scans), l.Number(r.Scanned))
	} else {
		text += l.pick(" Chưa có lượt quét nào của người tiêu dùng.", " Consumers have not scanned any yet.")
	}
	notes := []string{l.pick("Phát hành: tem của các lô đã niêm phong. Kích hoạt: mỗi tem tính một lần, kể cả khi sau đó bị thu hồi. Lượt quét: chỉ tính người tiêu dùng, không tính kiểm tra viên và máy.",
		"Issued: stamps of batches that were sealed. Activated: each stamp once, even if it was revoked later. Scans: by consumers alone, not by inspectors or machines.")}
	return Section{Title: l.pick("Tem truy xuất nguồn gốc", "Traceability stamps"), Text: []string{text}, Notes: notes,
		Blocks: []Block{l.stampMonths(r), l.scanMonths(r), l.stampProducts(r), l.stampDetail(r)}}
}

// counts are the columns of a count.
func (l Lang) counts() []Column {
	return []Column{{l.pick("Phát hành", "Issued"), true}, {l.pick("Kích hoạt", "Activated"), true},
		{l.pick("Lượt quét", "Scans"), true}, {l.pick("Tem quét lần đầu", "Stamps first scanned"), true}}
}

func (l Lang) countCells(c report.Count) []Cell {
	return []Cell{num(l, c.Issued), num(l, c.Activated), num(l, c.Scans), num(l, c.Scanned)}
}

// columns is the chart of a table by month, or nil where there is nothing to show.
func (l Lang) columns(r *report.Report, t *Table, values func(report.Count) []float64) chart.Chart {
	rows := r.Stamps.ByMonth
	if !slices.ContainsFunc(rows, func(row report.MonthRow) bool { return values(row.Count)[0] > 0 }) {
		return nil
	}
	c := chart.Columns{Title: t.Title, Series: []string{t.Columns[1].Title, t.Columns[2].Title}, Number: func(v float64) string { return l.Number(int64(v)) },
		Desc: l.say("Mỗi cột là một tháng, %s tháng gần nhất có số liệu; bảng dưới có đủ số liệu.",
			"A column a month, the last %s that have figures; the table below has all of them.", l.Number(min(len(rows), chartMonths)))}
	for _, row := range rows[max(0, len(rows)-chartMonths):] {
		c.Groups = append(c.Groups, chart.Group{Label: string(row.Month[5:] + "/" + row.Month[2:4]), Values: values(row.Count)})
	}
	return c
}

// monthTable is two of the counts by month, with their sum.
func (l Lang) monthTable(r *report.Report, title string, from int) Table {
	pick := func(cells []Cell) []Cell { return cells[from : from+2] }
	t := Table{Title: title, Total: len(r.Stamps.ByMonth) > 1,
		Columns: append([]Column{{Title: l.pick("Tháng", "Month")}}, l.counts()[from:from+2]...)}
	for _, row := range r.Stamps.ByMonth {
		t.Rows = append(t.Rows, append([]Cell{word(l.month(row.Month))}, pick(l.countCells(row.Count))...))
	}
	if t.Total {
		t.Rows = append(t.Rows, append([]Cell{word(l.pick("Tổng", "Total"))}, pick(l.countCells(total(r)))...))
	}
	return t
}

func (l Lang) stampMonths(r *report.Report) Block {
	t := l.monthTable(r, l.pick("Tem phát hành và kích hoạt theo tháng", "Stamps issued and activated by month"), 0)
	return Block{l.columns(r, &t, func(c report.Count) []float64 { return []float64{float64(c.Issued), float64(c.Activated)} }), t}
}

// scanMonths stands apart, for scans are of another size than stamps.
func (l Lang) scanMonths(r *report.Report) Block {
	t := l.monthTable(r, l.pick("Lượt quét theo tháng", "Scans by month"), 2)
	return Block{l.columns(r, &t, func(c report.Count) []float64 { return []float64{float64(c.Scans), float64(c.Scanned)} }), t}
}

func total(r *report.Report) report.Count {
	return report.Count{Issued: r.Issued, Activated: r.Activated, Scans: r.Scans, Scanned: r.Scanned}
}

// goods names the product of a row.
func (l Lang) goods(p report.StampProduct) string {
	switch {
	case p.Others:
		return l.pick("Các sản phẩm khác", "Other products")
	case p.ID != "":
		return l.name(p.Names)
	case p.VI != "":
		return l.say("%s (chưa có trong sổ đăng ký)", "%s (not in the registry)", p.VI)
	}
	return l.pick("Chưa gắn sản phẩm", "No product yet")
}

func (l Lang) stampProducts(r *report.Report) Block {
	t := Table{Title: l.pick("Tem theo sản phẩm", "Stamps by product"), Total: len(r.Stamps.ByProduct) > 1,
		Columns: append([]Column{{Title: l.pick("Sản phẩm", "Product")}, {Title: l.pick("Chủ thể", "Holder")}}, l.counts()...)}
	bars := chart.Bars{Title: l.pick("Sản phẩm có nhiều tem được kích hoạt nhất", "Products with the most stamps activated"),
		Desc: l.say("Số tem đã kích hoạt, nhiều nhất %d sản phẩm; bảng dưới có đủ sản phẩm.", "Stamps activated, at most %d products; the table below has all of them.", chartProducts)}
	for _, row := range r.Stamps.ByProduct {
		name := l.goods(row.StampProduct)
		t.Rows = append(t.Rows, append([]Cell{word(name), word(l.name(row.Holder))}, l.countCells(row.Count)...))
		if len(bars.Rows) < chartProducts && row.Activated > 0 && !row.Others {
			bars.Rows = append(bars.Rows, chart.Bar{Label: name, Figure: l.Number(row.Activated), Values: []float64{float64(row.Activated)}})
		}
	}
	if t.Total {
		t.Rows = append(t.Rows, append([]Cell{word(l.pick("Tổng", "Total")), {}}, l.countCells(total(r))...))
	}
	if len(bars.Rows) == 0 {
		return Block{Table: t}
	}
	return Block{bars, t}
}

func (l Lang) stampDetail(r *report.Report) Block {
	t := Table{Title: l.pick("Tem theo sản phẩm và tháng", "Stamps by product and month"), Detail: true,
		Columns: append([]Column{{Title: l.pick("Mã sản phẩm", "Code")}, {Title: l.pick("Sản phẩm", "Product")}, {Title: l.pick("Tháng", "Month")}}, l.counts()...)}
	for _, row := range r.Stamps.Rows {
		t.Rows = append(t.Rows, append([]Cell{word(cmp.Or(row.ID, "–")), word(l.goods(row.StampProduct)), word(l.month(row.Month))}, l.countCells(row.Count)...))
	}
	return Block{Table: t}
}
