package server

import "mintmark/engine/registry"

// productWords are the texts of the part of a page that tells of the product.
type productWords struct {
	name, issuedFor, picture, pictureBy             string
	maker, address, phone, email, website           string
	produced, lot, currentLot, code, productCode    string
	brand, shelfLife, standard, unknown             string
	stages, place, placeCode, from, to              string
	ingredients, instructions, warnings             string
	stars, potential, decision, by, until, proposed string
	rights, number, owner, buy, story, shortened    string
	storyPicture                                    string
	key, specialty, rural, disclaimer               string
}

var productTexts = [numLanguages]productWords{
	{name: "Tên sản phẩm", issuedFor: "Mã này được phát hành cho", picture: "Ảnh sản phẩm", pictureBy: "Ảnh sản phẩm, do nhà sản xuất cung cấp",
		maker: "Đơn vị sản xuất", address: "Địa chỉ", phone: "Điện thoại", email: "Email", website: "Trang web",
		produced: "Thời gian sản xuất", lot: "Lô", currentLot: "lô hiện nay; hãy so với lô in trên bao bì", code: "Mã truy xuất (số sê-ri)", productCode: "Mã sản phẩm",
		brand: "Nhãn hiệu, kiểu", shelfLife: "Hạn sử dụng", standard: "Tiêu chuẩn áp dụng", unknown: "chưa khai báo",
		stages: "Các công đoạn", place: "Nơi thực hiện", placeCode: "Mã địa điểm", from: "Nhận từ", to: "Giao cho",
		ingredients: "Thành phần", instructions: "Hướng dẫn sử dụng", warnings: "Cảnh báo",
		stars: "OCOP %d sao", potential: "Tiềm năng OCOP %d sao", decision: "Quyết định", by: "Cấp đánh giá", until: "Có giá trị đến hết ngày",
		proposed: "Đã được đề nghị, chưa được công nhận hạng này.",
		rights:   "Sở hữu trí tuệ", number: "Số", owner: "Chủ sở hữu", buy: "Nơi bán", story: "Câu chuyện sản phẩm", storyPicture: "Ảnh của câu chuyện", shortened: "(còn tiếp)",
		key: "Sản phẩm chủ lực", specialty: "Đặc sản", rural: "Công nghiệp nông thôn tiêu biểu",
		disclaimer: "Thông tin sản phẩm do nhà sản xuất và cơ quan quản lý khai báo. Trang này xác nhận mã tem, không kiểm nghiệm hàng hóa."},
	{name: "Product", issuedFor: "This code was issued for", picture: "Picture", pictureBy: "Picture of the product, from the producer",
		maker: "Producer", address: "Address", phone: "Telephone", email: "Email", website: "Website",
		produced: "Produced", lot: "Lot", currentLot: "the present lot; compare it with the one on the package", code: "Traceability code (serial)", productCode: "Product code",
		brand: "Brand, model", shelfLife: "Shelf life", standard: "Standard applied", unknown: "not declared",
		stages: "Stages", place: "Place", placeCode: "Place code", from: "Received from", to: "Passed to",
		ingredients: "Ingredients", instructions: "How to use", warnings: "Warnings",
		stars: "OCOP %d stars", potential: "Potential OCOP %d stars", decision: "Decision", by: "Assessed by", until: "Valid to the end of",
		proposed: "Proposed, and not yet awarded this rank.",
		rights:   "Intellectual property", number: "No.", owner: "Owner", buy: "Where to buy", story: "The product's story", storyPicture: "Picture of the story", shortened: "(shortened)",
		key: "Key product of the province", specialty: "Specialty", rural: "Typical rural industrial product",
		disclaimer: "Producer and authorities have declared what is said of the product. This page confirms the code; it does not test goods."},
}

// stageNames are the kinds of traceability events.
var stageNames = map[string][numLanguages]string{
	"production": {"Sản xuất", "Production"},
	"processing": {"Chế biến", "Processing"},
	"packing":    {"Đóng gói", "Packing"},
	"shipping":   {"Vận chuyển", "Shipping"},
}

// rightNames are the kinds of intellectual property.
var rightNames = map[registry.RightKind][numLanguages]string{
	registry.Trademark:         {"Nhãn hiệu", "Trademark"},
	registry.CollectiveMark:    {"Nhãn hiệu tập thể", "Collective mark"},
	registry.CertificationMark: {"Nhãn hiệu chứng nhận", "Certification mark"},
	registry.IndustrialDesign:  {"Kiểu dáng công nghiệp", "Industrial design"},
	registry.Patent:            {"Sáng chế", "Patent"},
	registry.UtilitySolution:   {"Giải pháp hữu ích", "Utility solution"},
	registry.Geographical:      {"Chỉ dẫn địa lý", "Geographical indication"},
}

// levelNames are the usual levels of assessment; others are shown as they are.
var levelNames = map[string][numLanguages]string{
	"commune":  {"xã", "commune"},
	"district": {"huyện", "district"},
	"province": {"tỉnh", "province"},
	"national": {"trung ương", "national"},
	"central":  {"trung ương", "national"},
}
