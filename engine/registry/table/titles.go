package table

import "mintmark/engine/registry"

// words says one thing in Vietnamese and in English.
type words struct{ vi, en string }

// titles name the columns for people, by field, or by kind and field where kinds
// mean different things by one name.
var titles = map[string]words{
	"id":                   {"Mã riêng của bản ghi", "Id of the record"},
	"address":              {"Địa chỉ", "Address"},
	"application":          {"Hồ sơ đề nghị", "Application"},
	"at":                   {"Thời điểm", "When"},
	"at_least":             {"Con số là mức tối thiểu", "The figure is a minimum"},
	"brand":                {"Thương hiệu, nhãn hiệu", "Brand"},
	"charter_capital_over": {"Vốn điều lệ lớn hơn con số đã ghi", "The capital is more than the figure"},
	"charter_capital_vnd":  {"Vốn điều lệ (đồng)", "Charter capital (đồng)"},
	"commune":              {"Xã, phường", "Commune"},
	"decided":              {"Ngày quyết định", "Day of the decision"},
	"decision":             {"Số quyết định", "Number of the decision"},
	"dissolved":            {"Ngày giải thể", "Day of its end"},
	"done":                 {"Ngày hoàn thành", "Day it was done"},
	"due":                  {"Hạn hoàn thành", "Day it is due"},
	"email":                {"Thư điện tử", "E-mail"},
	"founded":              {"Ngày thành lập", "Day it was founded"},
	"gln":                  {"Mã địa điểm toàn cầu (GLN)", "Global Location Number (GLN)"},
	"goal":                 {"Chỉ tiêu", "Figure to reach"},
	"granted":              {"Ngày cấp", "Day it was granted"},
	"gtin":                 {"Mã thương phẩm toàn cầu (GTIN)", "Global Trade Item Number (GTIN)"},
	"ingredients_en":       {"Thành phần, tiếng Anh", "Ingredients in English"},
	"ingredients_vi":       {"Thành phần", "Ingredients in Vietnamese"},
	"instructions_en":      {"Hướng dẫn sử dụng, tiếng Anh", "Instructions in English"},
	"instructions_vi":      {"Hướng dẫn sử dụng", "Instructions in Vietnamese"},
	"key":                  {"Sản phẩm chủ lực của tỉnh", "Key product of the province"},
	"level":                {"Cấp", "Level"},
	"levels":               {"Các cấp đánh giá, theo thứ tự", "Levels that assess, in order"},
	"lot":                  {"Số lô", "Lot"},
	"made_on":              {"Ngày sản xuất của lô", "Day the lot was made"},
	"measure":              {"Chỉ tiêu về", "What is measured"},
	"members":              {"Số thành viên", "Members"},
	"model":                {"Kiểu, mẫu", "Model"},
	"name":                 {"Tên sàn hoặc trang", "Name of the marketplace or site"},
	"name_en":              {"Tên tiếng Anh", "Name in English"},
	"name_vi":              {"Tên", "Name in Vietnamese"},
	"note":                 {"Ghi chú", "Note"},
	"number":               {"Số văn bằng", "Number of the title"},
	"on":                   {"Ngày", "Day"},
	"opened":               {"Ngày nộp", "Day it was handed in"},
	"organisation":         {"Tổ chức", "Organisation"},
	"outcome":              {"Kết quả hồ sơ", "Outcome"},
	"owner":                {"Chủ sở hữu", "Owner"},
	"owner_name":           {"Tên chủ sở hữu không có trong sổ", "Owner who is not in the registry"},
	"phone":                {"Điện thoại", "Phone"},
	"pictures":             {"Hình ảnh", "Pictures"},
	"place":                {"Địa điểm", "Place"},
	"place_code":           {"Mã địa điểm", "Code of the place"},
	"potential":            {"Sao cuối mới là tiềm năng", "The last star is potential"},
	"product":              {"Sản phẩm", "Product"},
	"products":             {"Các sản phẩm được bảo hộ", "Products covered"},
	"programme":            {"Chương trình, kế hoạch", "Programme"},
	"result":               {"Kết quả", "Result"},
	"right":                {"Quyền sở hữu trí tuệ", "Intellectual property"},
	"role":                 {"Vai trò", "Role"},
	"rural_industrial":     {"Sản phẩm công nghiệp nông thôn tiêu biểu", "Typical rural industrial product"},
	"scheme":               {"Quy định công nhận", "Scheme"},
	"shelf_life_en":        {"Hạn sử dụng, tiếng Anh", "Shelf life in English"},
	"shelf_life_vi":        {"Hạn sử dụng", "Shelf life in Vietnamese"},
	"since":                {"Từ ngày", "Since"},
	"specialty":            {"Sản phẩm đặc thù, đặc sản", "Specialty"},
	"standard":             {"Tiêu chuẩn áp dụng", "Standard applied"},
	"stars":                {"Số sao", "Stars"},
	"text_en":              {"Nội dung tiếng Anh (Markdown)", "Text in English (Markdown)"},
	"text_vi":              {"Nội dung (Markdown)", "Text in Vietnamese (Markdown)"},
	"title_en":             {"Tiêu đề tiếng Anh", "Title in English"},
	"title_vi":             {"Tiêu đề", "Title in Vietnamese"},
	"type":                 {"Loại", "Type"},
	"url":                  {"Địa chỉ trang", "Web address"},
	"valid_until":          {"Ngày hết hiệu lực (còn tính)", "Last day of validity"},
	"validity_months":      {"Hiệu lực, số tháng", "Months of validity"},
	"warnings_en":          {"Cảnh báo, tiếng Anh", "Warnings in English"},
	"warnings_vi":          {"Cảnh báo", "Warnings in Vietnamese"},
	"website":              {"Trang web", "Website"},
	"year":                 {"Năm", "Year"},

	"recognitions.level":       {"Cấp công nhận (để trống: cấp cuối của quy định)", "Level that decided (empty: the last of the scheme)"},
	"recognitions.scheme":      {"Quy định công nhận (để trống: quy định áp dụng vào ngày quyết định)", "Scheme (empty: the one in force on the day of the decision)"},
	"recognitions.valid_until": {"Ngày hết hiệu lực, còn tính (để trống: theo quy định)", "Last day of validity (empty: as the scheme says)"},

	"events.from":   {"Nhận từ (một bước trước)", "Came from (one step back)"},
	"events.to":     {"Giao cho (một bước sau)", "Went to (one step forward)"},
	"schemes.from":  {"Áp dụng từ ngày", "In force from"},
	"steps.number":  {"Thứ tự bước", "Number of the step"},
	"targets.year":  {"Năm kế hoạch", "Year of the plan"},
	"products.lot":  {"Số lô hiện tại", "Current lot"},
	"checks.on":     {"Ngày kiểm tra", "Day of the check"},
	"supports.type": {"Loại hỗ trợ", "Kind of help"},
}

// title returns what a column is called for people.
func title(k registry.Kind, field string) words {
	if w, ok := titles[string(k)+"."+field]; ok {
		return w
	}
	return titles[field]
}
