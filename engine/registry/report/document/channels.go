package document

import (
	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/chart"
)

func (l Lang) channels(r *report.Report) Section {
	text := l.say("%s đang bán trên sàn thương mại điện tử; %s được hỗ trợ đăng ký lên sàn; %s của hợp tác xã và doanh nghiệp được liên kết.",
		"%s on an electronic marketplace; %s to register on one; %s linked.",
		l.count(r.Sellers, "đơn vị", "organisation sells", "organisations sell"),
		l.count(r.Supported, "đơn vị", "organisation was helped", "organisations were helped"),
		l.count(r.Sites, "trang web", "site is", "sites are"))
	rows := []row{{l.pick("Đơn vị bán trên sàn", "Marketplace sellers"), num(l, r.Sellers)},
		{l.pick("Đơn vị được hỗ trợ lên sàn", "Helped onto a marketplace"), num(l, r.Supported)},
		{l.pick("Trang web được liên kết", "Linked sites"), num(l, r.Sites)}}
	title := l.pick("Kênh bán hàng", "Sales channels")
	bars := chart.Bars{Title: title, Desc: l.pick("Số đơn vị và trang web; số liệu ở bảng dưới.", "Organisations and sites; the table below has the figures.")}
	for _, one := range rows {
		bars.Rows = append(bars.Rows, chart.Bar{Label: one.label, Figure: one.value.Text, Values: []float64{one.value.Number}})
	}
	places := Table{Title: l.pick("Theo từng sàn", "By marketplace"), Columns: []Column{{Title: l.pick("Sàn", "Marketplace")},
		{l.pick("Đơn vị bán", "Sellers"), true}, {l.pick("Được hỗ trợ", "Helped"), true}}}
	for _, m := range r.Marketplaces {
		places.Rows = append(places.Rows, []Cell{word(m.Name), num(l, m.Sellers), num(l, m.Supported)})
	}
	sites := Table{Title: l.pick("Trang web được liên kết", "Linked sites"), Detail: true, Left: r.Sites - len(r.SiteList),
		Columns: []Column{{Title: l.pick("Trang", "Site")}, {Title: l.pick("Địa chỉ", "Address")}, {Title: l.pick("Chủ thể", "Holder")}}}
	for _, one := range r.SiteList {
		sites.Rows = append(sites.Rows, []Cell{word(one.Name), word(one.URL), word(l.name(one.Holder))})
	}
	return Section{Title: l.pick("Thương mại điện tử", "Electronic commerce"), Text: []string{text},
		Blocks: []Block{{bars, l.figures(title, rows...)}, {Table: places}, {Table: sites}},
		Notes: []string{l.pick("Một đơn vị bán nhiều sản phẩm trên nhiều sàn được tính một lần.",
			"An organisation that sells several products on several marketplaces counts once.")}}
}
