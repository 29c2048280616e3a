package document

import (
	"strconv"

	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/chart"
)

// measure names a measure; the unit of its figures is "%" or nothing.
func (l Lang) measure(m string) (name, unit string) {
	switch m {
	case report.NewCooperatives:
		return l.pick("Hợp tác xã thành lập mới", "New cooperatives"), ""
	case report.SupportedProducts:
		return l.pick("Sản phẩm được hỗ trợ đăng ký", "Products helped to register"), ""
	case report.NewProducts:
		return l.pick("Sản phẩm đăng ký mới", "Products, newly registered"), ""
	case report.UpgradedProducts:
		return l.pick("Sản phẩm nâng hạng sao", "Products, for more stars"), ""
	case report.CooperativeProducts:
		return l.pick("Sản phẩm của hợp tác xã", "Products of cooperatives"), ""
	case report.CooperativesWithProducts:
		return l.pick("Hợp tác xã có sản phẩm", "Cooperatives with products"), ""
	}
	return l.pick("Sản phẩm đạt yêu cầu về SHTT", "Products reached in IP"), "%"
}

func (l Lang) state(s report.TargetState) string {
	switch s {
	case report.TargetMet:
		return l.pick("Đạt", "Met")
	case report.TargetMissed:
		return l.pick("Chưa đạt, đã hết năm", "Missed")
	}
	return l.pick("Đang thực hiện", "Under way")
}

func (l Lang) targets(r *report.Report) Section {
	met := 0
	for _, t := range r.Targets {
		if t.State == report.TargetMet {
			met++
		}
	}
	text := l.say("Các chương trình có %s, đã đạt %s.", "The programmes have %s, of which %s met.",
		l.count(len(r.Targets), "chỉ tiêu", "target", "targets"), l.count(met, "chỉ tiêu", "is", "are"))
	ip := l.say("Trong %s chủ lực, đặc thù hoặc có sao OCOP, %s đạt yêu cầu về sở hữu trí tuệ, bằng %s.",
		"Of %s that are key, specialty or hold OCOP stars, %s what the programme asks for in intellectual property: %s.",
		l.count(r.IP.Eligible, "sản phẩm", "product", "products"), l.count(r.IP.Reached, "sản phẩm", "has", "have"), l.percent(r.IP.Percent))
	notes := []string{
		l.pick("Đạt yêu cầu về SHTT: sản phẩm đã được hỗ trợ đăng ký bảo hộ, quản lý hoặc phát triển tài sản trí tuệ; nếu đã được bảo hộ thì lần kiểm tra nguồn gốc, chất lượng gần nhất kể từ ngày bảo hộ phải đạt. Tỷ lệ được làm tròn xuống.",
			"Reached in IP: the product was helped to register, manage or develop intellectual property, and where it is protected, the newest check of origin and quality since then has passed. The percentage is rounded down."),
		l.pick("Sản phẩm đăng ký tính theo hồ sơ của năm, mỗi sản phẩm một lần, trừ hồ sơ đã rút.",
			"Registered products are those of the year's applications that were not withdrawn, each once."),
	}
	return Section{Title: l.pick("Tiến độ chương trình", "Progress of programmes"), Text: []string{text, ip}, Notes: notes,
		Blocks: []Block{l.progress(r), l.ipSteps(r), l.ipMissing(r), l.supports(r)}}
}

func (l Lang) progress(r *report.Report) Block {
	t := Table{Title: l.pick("Chỉ tiêu và kết quả", "Targets and results"), Columns: []Column{{Title: l.pick("Năm", "Year")}, {Title: l.pick("Chỉ tiêu", "Target")},
		{l.pick("Mục tiêu", "Goal"), true}, {l.pick("Kết quả", "Result"), true}, {Title: l.pick("Trạng thái", "State")}, {Title: l.pick("Chương trình", "Programme")}}}
	c := chart.Progress{Title: t.Title, Desc: l.pick("Mỗi thanh là một chỉ tiêu, vạch đứng là mục tiêu; số liệu ở bảng dưới.",
		"A bar a target; the upright mark is its goal; the table below has the figures.")}
	years := map[int64]bool{}
	for _, one := range r.Targets {
		years[one.Year] = true
	}
	for _, one := range r.Targets {
		name, unit := l.measure(one.Measure)
		goal, value := num(l, one.Goal), Cell{Text: l.decimal(one.Value), Kind: Decimal, Number: one.Value}
		full, sign := 0.0, ""
		if unit != "" {
			full, sign = 100, l.percentSign()
		} else {
			value.Kind = Whole
		}
		value = value.around("", sign)
		step := chart.Step{Label: name, Figure: value.Text + " / " + goal.Text + sign, Value: one.Value, Goal: float64(one.Goal), Full: full}
		if one.AtLeast {
			goal = goal.around("≥ ", sign)
		} else {
			goal = goal.around("", sign)
		}
		year := strconv.FormatInt(one.Year, 10)
		if len(years) > 1 {
			step.Label = year + ": " + name
		}
		t.Rows = append(t.Rows, []Cell{word(year), word(name), goal, value, word(l.state(one.State)), word(l.name(one.Programme))})
		c.Rows = append(c.Rows, step)
	}
	if len(c.Rows) == 0 {
		return Block{Table: t}
	}
	return Block{c, t}
}

// ipSteps is how the percentage comes about.
func (l Lang) ipSteps(r *report.Report) Block {
	rows := []row{
		{l.pick("Thuộc phạm vi", "In the programme's scope"), num(l, r.IP.Eligible)},
		{l.pick("Đã được hỗ trợ về SHTT", "Helped in IP"), num(l, r.IP.Supported)},
		{l.pick("Đã được bảo hộ", "Protected"), num(l, r.IP.Protected)},
		{l.pick("Được bảo hộ và kiểm soát", "Protected and controlled"), num(l, r.IP.Controlled)},
		{l.pick("Đạt yêu cầu", "Reached"), num(l, r.IP.Reached)},
	}
	title := l.pick("Sản phẩm chủ lực, đặc thù, OCOP", "Key, specialty and OCOP products")
	bars := chart.Bars{Title: title, Desc: l.pick("Số sản phẩm ở từng bước; số liệu ở bảng dưới.", "Products at each step; the table below has the figures.")}
	for _, one := range rows {
		bars.Rows = append(bars.Rows, chart.Bar{Label: one.label, Figure: one.value.Text, Values: []float64{one.value.Number}})
	}
	return Block{bars, l.figures(title, rows...)}
}

func (l Lang) ipMissing(r *report.Report) Block {
	t := Table{Title: l.pick("Sản phẩm chưa đạt và lý do", "Products not reached, and why"), Detail: true, Left: r.IP.Eligible - r.IP.Reached - len(r.IP.Missing),
		Columns: []Column{{Title: l.pick("Mã sản phẩm", "Code")}, {Title: l.pick("Sản phẩm", "Product")}, {Title: l.pick("Chủ thể", "Holder")}, {Title: l.pick("Còn thiếu", "What is lacking")}}}
	for _, m := range r.IP.Missing {
		why := map[report.Lack]string{
			report.LacksSupport: l.pick("hỗ trợ về SHTT", "help in IP"),
			report.LacksCheck:   l.pick("kiểm tra sau bảo hộ", "a check since it was protected"),
			report.LacksPass:    l.pick("lần kiểm tra gần nhất không đạt", "the newest check has failed"),
		}[m.Lacks]
		t.Rows = append(t.Rows, []Cell{word(m.Product), word(l.name(m.Names)), word(l.name(m.Holder)), word(why)})
	}
	return Block{Table: t}
}

func (l Lang) supports(r *report.Report) Block {
	names := map[string]string{
		"advice": l.pick("Tư vấn", "Advice"), "training": l.pick("Tập huấn", "Training"),
		"ip_filing":     l.pick("Đăng ký bảo hộ SHTT", "Filing for IP protection"),
		"ip_management": l.pick("Quản lý, phát triển tài sản trí tuệ", "Managing and developing IP"),
		"marketplace":   l.pick("Đưa lên sàn thương mại điện tử", "Marketplace"), "story": l.pick("Câu chuyện sản phẩm", "Product story"),
	}
	t := Table{Title: l.pick("Hỗ trợ đã thực hiện", "Help that was given"), Columns: []Column{{Title: l.pick("Loại hỗ trợ", "Help")},
		{l.pick("Lượt", "Cases"), true}, {l.pick("Đơn vị", "Organisations"), true}, {l.pick("Sản phẩm", "Products"), true}}}
	for _, s := range r.Supports {
		t.Rows = append(t.Rows, []Cell{word(names[s.Type]), num(l, s.Cases), num(l, s.Organisations), num(l, s.Products)})
	}
	return Block{Table: t}
}

// method says what the figures can and cannot know.
func (l Lang) method(*report.Report) Section {
	return Section{Title: l.pick("Cách tính số liệu", "How the figures are made"), Text: []string{
		l.pick("Một bản ghi được tính nếu theo ngày ghi trên chính nó, nó còn hiệu lực vào ngày báo cáo (giờ Việt Nam), căn cứ vào nội dung sổ đăng ký lúc lập báo cáo. Bản ghi đã xoá không được tính cho bất kỳ ngày nào. Số thành viên, vốn điều lệ, các dấu chủ lực, đặc thù, chủ thể của sản phẩm và kết quả hồ sơ không ghi ngày riêng nên được lấy theo nội dung bản ghi vào ngày báo cáo, hoặc nội dung đầu tiên nếu bản ghi được nhập sau ngày đó.",
			"A record counts if it stood on the day of the report (time of Viet Nam) by its own dates, as the registry knows it when the report is made. Deleted records count for no day. Members, capital, the flags key and specialty, whose a product is, and outcomes of applications have no day of their own: they are what the record said on the day, or first said if it was entered later."),
		l.pick("Số tem lấy từ nhật ký thay đổi, lượt quét lấy từ số liệu theo giờ; hai nguồn này không sửa được về sau.",
			"Stamps are counted from the change log and scans from the hourly figures; neither is changed afterwards."),
	}}
}
