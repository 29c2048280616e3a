package document

import (
	"strings"

	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/chart"
)

func (l Lang) rights(r *report.Report) Section {
	among := []string{l.count(r.CollectiveMarks, "nhãn hiệu tập thể", "collective mark", "collective marks")}
	if r.CertificationMarks > 0 {
		among = append(among, l.count(r.CertificationMarks, "nhãn hiệu chứng nhận", "certification mark", "certification marks"))
	}
	beside := []string{l.count(r.Designs, "kiểu dáng công nghiệp", "industrial design", "industrial designs"),
		l.count(r.Inventions, "sáng chế hoặc giải pháp hữu ích", "patent or utility solution", "patents and utility solutions")}
	if r.Geographical > 0 {
		beside = append(beside, l.count(r.Geographical, "chỉ dẫn địa lý", "geographical indication", "geographical indications"))
	}
	text := l.say("Đang được bảo hộ %s, trong đó có %s. Ngoài nhãn hiệu còn có %s.", "%s protected, among them %s. Beside the marks there are %s.",
		l.count(r.Trademarks, "nhãn hiệu", "mark is", "marks are"), l.and(among), l.and(beside))
	rows := []row{
		{l.pick("Nhãn hiệu thông thường", "Ordinary trademarks"), num(l, r.Trademarks-r.CollectiveMarks-r.CertificationMarks)},
		{l.pick("Nhãn hiệu tập thể", "Collective marks"), num(l, r.CollectiveMarks)},
		{l.pick("Nhãn hiệu chứng nhận", "Certification marks"), num(l, r.CertificationMarks)},
		{l.pick("Kiểu dáng công nghiệp", "Industrial designs"), num(l, r.Designs)},
		{l.pick("Sáng chế, giải pháp hữu ích", "Patents, utility solutions"), num(l, r.Inventions)},
		{l.pick("Chỉ dẫn địa lý", "Geographical indications"), num(l, r.Geographical)},
	}
	title := l.pick("Quyền sở hữu công nghiệp đang được bảo hộ", "Industrial property that is protected")
	bars := chart.Bars{Title: title, Desc: l.pick("Số quyền theo loại; số liệu ở bảng dưới.", "Rights by kind; the table below has the figures.")}
	for _, one := range rows {
		bars.Rows = append(bars.Rows, chart.Bar{Label: one.label, Figure: one.value.Text, Values: []float64{one.value.Number}})
	}
	table := l.figures(title, append([]row{{l.pick("Nhãn hiệu, tất cả", "Marks, all"), num(l, r.Trademarks)}}, rows...)...)
	if r.Pending > 0 {
		text += " " + l.say("%s chưa có ngày cấp nên chưa được tính.", "%s without a day of grant and not counted.",
			l.count(r.Pending, "hồ sơ", "application is", "applications are"))
	}
	note := l.pick("Cách tính: nhãn hiệu gồm nhãn hiệu thông thường, tập thể và chứng nhận; kiểu dáng, sáng chế và giải pháp hữu ích được tính riêng, không nằm trong số nhãn hiệu. "+
		"Nguồn của các con số ban đầu viết liền một mạch “652 nhãn hiệu, trong đó 42 nhãn hiệu tập thể, 28 kiểu dáng công nghiệp, 11 sáng chế/giải pháp hữu ích”, nên có thể bị hiểu là cả ba loại đều nằm trong 652.",
		"How it is counted: marks are ordinary, collective and certification marks; designs, patents and utility solutions are counted beside them, not among them. "+
			"The source of the first figures runs “652 marks, including 42 collective marks, 28 industrial designs, 11 inventions/utility solutions” together, which can be read as if all three were among the 652.")
	return Section{Title: l.pick("Sở hữu trí tuệ", "Intellectual property"), Text: []string{text}, Blocks: []Block{{bars, table}}, Notes: []string{note}}
}

// right names one right of a kind.
func (l Lang) right(k registry.RightKind) string {
	switch k {
	case registry.Trademark:
		return l.pick("Nhãn hiệu", "Trademark")
	case registry.CollectiveMark:
		return l.pick("Nhãn hiệu tập thể", "Collective mark")
	case registry.CertificationMark:
		return l.pick("Nhãn hiệu chứng nhận", "Certification mark")
	case registry.IndustrialDesign:
		return l.pick("Kiểu dáng công nghiệp", "Industrial design")
	case registry.Patent:
		return l.pick("Sáng chế", "Patent")
	case registry.UtilitySolution:
		return l.pick("Giải pháp hữu ích", "Utility solution")
	}
	return l.pick("Chỉ dẫn địa lý", "Geographical indication")
}

func (l Lang) lapses(r *report.Report) Section {
	end := l.longDay(r.AsOf.AddDays(r.LapseDays))
	text := l.say("Trong %d ngày tới, đến hết ngày %s, có %s hết hiệu lực.", "In the next %d days, up to %s, %s.",
		r.LapseDays, end, l.count(r.LapseCount, "công nhận hoặc quyền", "recognition or right lapses", "recognitions and rights lapse"))
	t := Table{Title: l.pick("Sắp hết hiệu lực", "About to lapse"), Left: r.LapseCount - len(r.Lapses), Columns: []Column{
		{Title: l.pick("Ngày cuối", "Last day")}, {Title: l.pick("Loại", "Kind")}, {Title: l.pick("Tên", "Name")},
		{Title: l.pick("Chủ thể", "Holder")}, {Title: l.pick("Số", "Number")}}}
	for _, one := range r.Lapses {
		kind := l.right(registry.RightKind(one.Type))
		if one.Kind == registry.Recognitions {
			kind = "OCOP, " + strings.ToLower(l.stars(one.Type))
		}
		t.Rows = append(t.Rows, []Cell{l.date(one.LastDay), word(kind), word(l.name(one.Names)), word(l.name(one.Holder)), word(one.Number)})
	}
	return Section{Title: l.pick("Sắp hết hiệu lực", "What lapses next"), Text: []string{text}, Blocks: []Block{{Table: t}}}
}
