package server

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"mintmark/engine/registry"
	"mintmark/engine/store"
)

const testGTIN = "09520000000011"

var testPictures = []string{strings.Repeat("a1", 32), strings.Repeat("b2", 32), strings.Repeat("c3", 32)}

// at is a time in Viet Nam.
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, vietnamTime)
	if err != nil {
		panic(err)
	}
	return t
}

// fullRecords are those of a product about which everything is known, on any day.
func fullRecords() []registry.Record {
	meta := func(id string) registry.Meta { return registry.Meta{ID: id, Version: 1} }
	return []registry.Record{
		&registry.Organisation{Meta: meta("htx"), Type: registry.Cooperative, NameVI: "Hợp tác xã Dừa sáp Cầu Kè (minh họa)", NameEN: "Cau Ke Wax Coconut Cooperative (demonstration)",
			Address: "Ấp 3, xã Cầu Kè, tỉnh Vĩnh Long", GLN: "9520000000042", Phone: "0900 000 000", Email: "demo@htx.example", Website: "https://htx-duasap.example"},
		&registry.Scheme{Meta: meta("ocop"), NameVI: "OCOP", From: "2020-01-01", Levels: []string{"commune", "province"}, ValidityMonths: 36},
		&registry.Product{Meta: meta("DS-01"), GTIN: testGTIN, Organisation: "htx", NameVI: "Kẹo dừa sáp Cầu Kè", NameEN: "Cau Ke wax coconut candy", Pictures: testPictures,
			IngredientsVI: "Cơm dừa sáp 62 %, đường, mạch nha, nước cốt dừa, muối.", IngredientsEN: "Wax coconut 62 %, sugar, malt syrup, coconut milk, salt.",
			InstructionsVI: "Dùng trực tiếp. Bảo quản nơi khô ráo, tránh nắng.\nSau khi mở, dùng trong 7 ngày.", InstructionsEN: "Ready to eat. Keep dry and out of the sun.\nOnce opened, use within 7 days.",
			WarningsVI: "Có dừa. Không dùng cho trẻ dưới 3 tuổi vì có thể hóc.", WarningsEN: "Contains coconut. Not for children under 3: choking hazard.",
			ShelfLifeVI: "6 tháng kể từ ngày sản xuất", ShelfLifeEN: "6 months from production", Standard: "TCCS 01:2024/HTX", Brand: "Dừa sáp Cầu Kè", Model: "Hộp 250 g",
			Lot: "L12", MadeOn: "2026-04-19", Key: true, Specialty: true},
		&registry.Recognition{Meta: meta("r1"), Product: "DS-01", Scheme: "ocop", Stars: 4, Decision: "DEMO-417/QĐ-UBND", Level: "province", Decided: "2020-01-02", Until: "2199-12-31"},
		&registry.Right{Meta: meta("gi"), Type: registry.Geographical, Number: "DEMO-00099", NameVI: "Dừa sáp Cầu Kè", NameEN: "Cau Ke wax coconut", OwnerName: "Ủy ban nhân dân tỉnh", Products: []string{"DS-01"}, Granted: "2020-05-01"},
		&registry.Right{Meta: meta("tm"), Type: registry.CollectiveMark, Number: "DEMO-04211", NameVI: "Kẹo dừa Cầu Kè", Owner: "htx", Products: []string{"DS-01"}, Granted: "2020-05-01", Until: "2199-05-01"},
		&registry.Event{Meta: meta("e1"), Product: "DS-01", Lot: "L12", Type: "production", NameVI: "Thu hoạch dừa sáp", NameEN: "Wax coconuts harvested", Place: "Vườn số 7, xã Cầu Kè", PlaceCode: "9520000000059", At: at("2026-04-18 06:30"), To: "Xưởng kẹo HTX"},
		&registry.Event{Meta: meta("e2"), Product: "DS-01", Lot: "L12", Type: "processing", NameVI: "Nấu kẹo", NameEN: "Candy cooked", Place: "Xưởng kẹo HTX", PlaceCode: "9520000000066", At: at("2026-04-19 08:00"), From: "Vườn số 7"},
		&registry.Event{Meta: meta("e3"), Product: "DS-01", Lot: "L12", Type: "packing", Place: "Xưởng kẹo HTX", PlaceCode: "9520000000066", At: at("2026-04-19 15:40")},
		&registry.Event{Meta: meta("e4"), Product: "DS-01", Lot: "L99", Type: "shipping", Place: "another lot", At: at("2026-05-01 10:00")},
		&registry.Channel{Meta: meta("c1"), Organisation: "htx", Product: "DS-01", Type: "marketplace", Name: "Chợ nông sản", URL: "https://cho-nong-san.example/keo-dua-sap", Role: "seller"},
		&registry.Channel{Meta: meta("c2"), Organisation: "htx", Type: "website", Name: "Trang của hợp tác xã", URL: "https://htx-duasap.example/", Role: "linked"},
		&registry.Story{Meta: meta("s1"), Product: "DS-01", Pictures: testPictures[1:2], TitleVI: "Trái dừa không nghe tiếng nước", TitleEN: "The coconut you cannot hear",
			TextVI: "Cầu Kè có những **cây dừa** mà trái lắc không nghe tiếng nước: cơm dày, dẻo như sáp.\n\n## Một nghề của ba đời\n\nHợp tác xã gom trái từ 62 hộ, nấu trong ngày; [xem cách nấu](https://htx-duasap.example/cach-nau).",
			TextEN: "Cầu Kè has **palms** whose coconuts make no sound when shaken: the flesh fills them, soft as wax.\n\n## A craft of three generations\n\nThe cooperative collects from 62 households and cooks the same day; [see how](https://htx-duasap.example/cach-nau)."},
	}
}

// withRegistry makes the pages of a site tell what the records say.
func (s *site) withRegistry(records ...registry.Record) {
	var pictures []registry.Picture
	for _, id := range testPictures {
		pictures = append(pictures, registry.Picture{ID: id, Type: "image/png", Width: 480, Height: 360})
	}
	for _, r := range records {
		p, ok := r.(*registry.Product)
		for i := 0; ok && i < len(p.Pictures); i++ {
			if saved, known := s.engine.Registry().Picture(p.Pictures[i]); known {
				pictures = append(pictures, saved)
			}
		}
	}
	snapshot := registry.NewSnapshot(records).WithPictures(pictures)
	s.server.products.registry = func() *registry.Snapshot { return snapshot }
}

// articles returns the two articles of a page.
func articles(t *testing.T, page string) (first, second string) {
	t.Helper()
	parts := strings.Split(page, "<article ")
	if len(parts) != 3 {
		t.Fatalf("%d articles in %s", len(parts)-1, page)
	}
	return parts[1], parts[2]
}

// All ten items of Circular 02/2024/TT-BKHCN are there, and what else is known.
func TestFullProduct(t *testing.T) {
	s := newSite(t)
	s.withRegistry(fullRecords()...)
	_, paths := s.active(`{"count":2,"gtin":"` + testGTIN + `","lot":"L12","product":"another text"}`)
	vi, en := articles(t, s.do("GET", paths[0], "", html).want(t, 200).text)
	grouped := regexp.MustCompile(`(.{5})(.{5})(.{5})(.{5})`).ReplaceAllString(lastCode(paths[0]), "$1 $2 $3 $4")
	for _, part := range []string{
		`<p class="label">Tên sản phẩm</p><h2><bdi>Kẹo dừa sáp Cầu Kè</bdi></h2>`,
		`<img src="/pictures/` + testPictures[0] + `" width="480" height="360" alt="Ảnh sản phẩm: Kẹo dừa sáp Cầu Kè">`,
		`<dt>Đơn vị sản xuất<dd><bdi>Hợp tác xã Dừa sáp`, `<dt>Địa chỉ<dd><bdi>Ấp 3, xã Cầu Kè`,
		`<strong>Chế biến</strong>: <bdi>Nấu kẹo</bdi><br>08:00 19/04/2026 · <bdi>Xưởng kẹo HTX`, `Mã địa điểm <bdi>9520000000059`, `Mã sản phẩm <bdi>` + testGTIN,
		`<dt>Thời gian sản xuất<dd>19/04/2026`, `<dt>Mã truy xuất (số sê-ri)<dd><code>` + grouped + `</code>`,
		`<dt>Nhãn hiệu, kiểu<dd><bdi>Dừa sáp Cầu Kè · Hộp 250 g`, `<dt>Hạn sử dụng<dd><bdi>6 tháng`, `<dt>Tiêu chuẩn áp dụng<dd><bdi>TCCS 01:2024`,
		`<dt>Lô<dd><bdi>L12`, `<strong>OCOP 4 sao</strong>`, `DEMO-417/QĐ-UBND</bdi>, 02/01/2020`, `Có giá trị đến hết ngày 31/12/2199`, `Cấp đánh giá: <bdi>tỉnh`,
		`<strong>Chỉ dẫn địa lý</strong>: <bdi>Dừa sáp Cầu Kè`, `Chủ sở hữu <bdi>Hợp tác xã`, `Có dừa. Không dùng cho trẻ`, `Cơm dừa sáp 62`, "tránh nắng.\nSau khi mở",
		`<a rel="nofollow noopener" href="https://cho-nong-san.example/keo-dua-sap"><bdi>Chợ nông sản</bdi></a><span class="small"><bdi>cho-nong-san.example`,
		`<img src="/pictures/` + testPictures[1] + `" width="480" height="360" loading="lazy" alt="Ảnh sản phẩm 2">`, `alt="Ảnh của câu chuyện 1">`,
		`<h3><bdi>Trái dừa không nghe`, `<strong>cây dừa</strong>`, `<h4>Một nghề`, `<a href="https://htx-duasap.example/cach-nau" rel="nofollow noopener">xem cách nấu</a>`,
		`Sản phẩm chủ lực`, `không kiểm nghiệm`,
	} {
		if !strings.Contains(vi, part) {
			t.Errorf("%q is missing in %s", part, vi)
		}
	}
	for _, part := range []string{`<h2><bdi>Cau Ke wax coconut candy</bdi></h2>`, `alt="Picture: Cau Ke wax coconut candy"`, `<dt>Email<dd>`, `Owner <bdi>Cau Ke Wax Coconut Cooperative`, `Owner <bdi lang="vi">Ủy ban nhân dân tỉnh`,
		`<dt>Address<dd><bdi lang="vi">Ấp 3`, `<bdi lang="vi">Vườn số 7, xã Cầu Kè`, `Received from <bdi lang="vi">Vườn số 7`, `Passed to <bdi lang="vi">Xưởng kẹo HTX`, `OCOP 4 stars`, `Valid to the end of 31 December 2199`, `<bdi lang="vi">Kẹo dừa Cầu Kè`, `<strong>palms</strong>`} {
		if !strings.Contains(en, part) {
			t.Errorf("%q is missing in %s", part, en)
		}
	}
	if strings.Contains(vi+en, "another lot") {
		t.Error("a stage of another lot is shown")
	}
	checkTags(t, s.do("GET", paths[0], "", html).text)
}

// What would vouch is shown only for codes that are genuine; nothing of ours for
// codes that are not ours.
func TestWhatPagesTell(t *testing.T) {
	s := newSite(t)
	s.withRegistry(fullRecords()...)
	id, paths := s.active(`{"count":2,"gtin":"` + testGTIN + `"}`)
	entry := s.entry(id)
	for v := range store.NumVerdicts {
		c := checkOf(v)
		if v != store.Malformed && v != store.UnknownCode {
			c.Entry = entry
		}
		page := string(s.server.appendPage(nil, &visit{check: c}))
		named := strings.Contains(page, "Kẹo dừa sáp")
		vouched := strings.Contains(page, "OCOP") || strings.Contains(page, "Chợ nông sản") || strings.Contains(page, "Chỉ dẫn địa lý")
		if named != (c.Entry != nil) || vouched != (v == store.Genuine || v == store.Suspicious) {
			t.Errorf("%s: names the product: %v, says what vouches: %v", v, named, vouched)
		}
		if strings.Contains(page, "0900 000 000") != named {
			t.Errorf("%s: whom to ask", v)
		}
		checkTags(t, page)
	}
	forged := s.do("GET", "/01/"+testGTIN+"/21/"+strings.Repeat("7", 20), "", html).want(t, 200)
	if strings.Contains(forged.text, "Kẹo") {
		t.Error("a forged code is lent the product of its link")
	}
	if plain := s.do("GET", "/S/"+lastCode(paths[0]), "", html); !strings.Contains(plain.text, "L12</bdi><span class=\"small\">(lô hiện nay") {
		t.Error("a stamp without a lot: ", plain.text)
	}
}

// A recognition or right that has lapsed is gone the day after, by itself.
func TestLapsed(t *testing.T) {
	day := func(text string) time.Time { return at(text + " 12:00") }
	records := []registry.Record{
		&registry.Organisation{Meta: registry.Meta{ID: "o"}, NameVI: "HTX"},
		&registry.Product{Meta: registry.Meta{ID: "p"}, NameVI: "Gạo", Organisation: "o"},
		&registry.Recognition{Meta: registry.Meta{ID: "r"}, Product: "p", Stars: 5, Potential: true, Decision: "1/QĐ", Decided: "2022-04-19"},
		&registry.Right{Meta: registry.Meta{ID: "i"}, Type: registry.Trademark, Number: "1", NameVI: "Hạt ngọc", Products: []string{"p"}, Granted: "2020-01-01", Until: "2026-01-01"},
	}
	s := newSite(t)
	id, _ := s.active(`{"count":1,"product":"gạo"}`)
	s.withRegistry(records...)
	c := checkOf(store.Genuine)
	c.Entry, c.Product = s.entry(id), "gạo"
	for _, one := range []struct {
		day          string
		stars, right bool
	}{{"2022-04-18", false, true}, {"2022-04-19", true, true}, {"2025-04-19", true, true}, {"2025-04-20", false, true}, {"2026-01-01", false, true}, {"2026-01-02", false, false}} {
		p := s.server.products.find(&c, day(one.day))
		if p == nil {
			t.Fatal("no product")
		}
		vi := string(p.full[vietnamese].before) + string(p.full[vietnamese].after)
		if strings.Contains(vi, "Tiềm năng OCOP 5 sao") != one.stars || strings.Contains(vi, "Hạt ngọc") != one.right {
			t.Errorf("%s: %s", one.day, vi)
		}
		if one.stars && (strings.Count(vi, "<path") != 5 || strings.Count(vi, `class="hollow"`) != 1 || !strings.Contains(vi, "chưa được công nhận")) {
			t.Error("potential stars:", vi)
		}
		for _, item := range []string{"Địa chỉ", "Thời gian sản xuất", "Hạn sử dụng", "Tiêu chuẩn áp dụng", "Nhãn hiệu, kiểu"} {
			if !strings.Contains(vi, "<dt>"+item+`<dd><span class="unknown">chưa khai báo`) {
				t.Errorf("%s is not said to be undeclared", item)
			}
		}
	}
}

func TestProductsAreBounded(t *testing.T) {
	s := newSite(t)
	id, _ := s.active(`{"count":1,"gtin":"` + testGTIN + `"}`)
	s.withRegistry(fullRecords()...)
	c := checkOf(store.Genuine)
	c.Entry = s.entry(id)
	now := at("2026-05-01 12:00")
	p := &s.server.products
	first := p.find(&c, now)
	if p.find(&c, now) != first {
		t.Error("not kept")
	}
	most := 0
	for i := range 3000 {
		c.Lot = fmt.Sprint("lot ", i)
		p.find(&c, now)
		most = max(most, p.bytes)
	}
	if most > maxProductBytes || most < maxProductBytes/2 || len(p.ready) >= 3000 {
		t.Errorf("%d bytes, %d kept", most, len(p.ready))
	}
	c.Lot = ""
	if again := p.find(&c, now); again == first || string(again.full[0].before) != string(first.full[0].before) {
		t.Error("not written anew alike")
	}
	if p.find(&c, now.AddDate(0, 0, 1)); len(p.ready) != 1 {
		t.Error("yesterday's are kept")
	}
}
