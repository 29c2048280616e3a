package demo

import "mintmark/engine/registry"

// row is one unit and its products, as keys of goods with the stars after a colon
// if they are not 3; 5 are potential ones. What a cooperative works in is its field.
type row struct {
	kind  registry.OrganisationKind
	field string // of a cooperative
	place string
	goods string
}

const (
	htx = registry.Cooperative
	cty = registry.Company
	dn  = registry.Enterprise
	hkd = registry.Household
)

// holders hold the 80 products with stars: 8 cooperatives, 9 companies, 2 private
// enterprises and 30 household businesses.
var holders = []row{
	{htx, "Dừa sáp", "Cồn Nắng", "dua-sap:5 dua-soi:4 keo-dua"},
	{htx, "Lúa gạo", "Giồng Sen", "gao-huu-co:5 gao-thom gao-lut"},
	{htx, "Thuỷ sản", "Rạch Bần", "tom-kho:5 muoi-tom"},
	{htx, "Thuỷ sản", "Vàm Tôm", "ca-dua banh-phong-tom"},
	{htx, "Cây ăn trái", "Cồn Trái", "chom-chom:4 mang-cut"},
	{htx, "Lúa gạo", "Bến Lúa", "com-dep bun-gao"},
	{htx, "Rau màu", "Giồng Cát", "dau-phong hanh-tim"},
	{htx, "Cây ăn trái", "Láng Sen", "cam-sanh:4 quyt-duong"},

	{cty, "", "Cồn Phù Sa", "mat-hoa-dua:5 duong-hoa-dua:4 giam-hoa-dua"},
	{cty, "", "Vàm Dừa", "dau-dua:5 nuoc-mau-dua"},
	{cty, "", "Bãi Nắng", "tom-kho:4 banh-phong-tom"},
	{cty, "", "Kinh Mới", "gao-thom tra-gao-lut"},
	{cty, "", "Bến Cát Trắng", "ca-loc ca-dua"},
	{cty, "", "Đồng Muối Nhỏ", "mam-ruoi cha-ca"},
	{cty, "", "Giồng Mới", "ruou-nep-than:4 ruou-gao"},
	{cty, "", "Cái Dừa", "keo-dua"},
	{cty, "", "Rạch Hoa", "tra-mang-cau tra-sen"},

	{dn, "", "Bàu Súng", "lap-xuong:4 trung-muoi"},
	{dn, "", "Sóc Lúa", "com-dep banh-trang"},

	{hkd, "", "Xóm Bánh", "banh-tet:4 banh-it"},
	{hkd, "", "Rạch Dừa", "keo-dua mut-dua"},
	{hkd, "", "Giồng Ngang", "banh-trang"},
	{hkd, "", "Cồn Ngao", "ca-loc"},
	{hkd, "", "Bãi Bần", "mat-ong mam-ruoi"},
	{hkd, "", "Xóm Lác", "gio-lac:4 chieu-lac"},
	{hkd, "", "Gò Xoài", "xoai"},
	{hkd, "", "Vườn Sành", "cam-sanh"},
	{hkd, "", "Rạch Bưởi", "buoi"},
	{hkd, "", "Đất Giồng", "dau-phong hanh-tim"},
	{hkd, "", "Bến Dừa", "nuoc-mau-dua"},
	{hkd, "", "Xóm Nếp", "ruou-gao ruou-dua"},
	{hkd, "", "Cồn Bàng", "thanh-long"},
	{hkd, "", "Kinh Ba", "ca-loc"},
	{hkd, "", "Ruộng Sen", "tra-sen"},
	{hkd, "", "Mương Đào", "tom-chua"},
	{hkd, "", "Láng Tròn", "dua-luoi"},
	{hkd, "", "Xóm Cốm", "com-dep"},
	{hkd, "", "Bờ Đắp", "trung-muoi"},
	{hkd, "", "Vàm Mới", "muoi-tom ca-dua"},
	{hkd, "", "Ngã Tư Sông", "banh-ong"},
	{hkd, "", "Đầu Giồng", "lap-xuong"},
	{hkd, "", "Cây Bàng", "banh-it banh-trang"},
	{hkd, "", "Rạch Rô", "quyt-duong"},
	{hkd, "", "Xóm Chài", "tom-kho ca-loc"},
	{hkd, "", "Cầu Dừa", "gao-dua"},
	{hkd, "", "Hương Lúa", "bun-gao"},
	{hkd, "", "Giồng Mít", "mit-say"},
	{hkd, "", "Bàu Tràm", "mat-ong"},
	{hkd, "", "Cồn Gáo", "gao-dua dau-dua"},
}

// growing are the cooperatives beside the holders that the plan helps to register
// 21 products: 6 of them two, 9 of them one.
var growing = []row{
	{htx, "Dừa sáp", "Rạch Lá", "dua-sap mut-dua"},
	{htx, "Lúa gạo", "Đìa Sen", "gao-thom gao-lut"},
	{htx, "Thuỷ sản", "Bãi Đước", "tom-kho tom-chua"},
	{htx, "Cây ăn trái", "Cồn Sậy", "buoi xoai"},
	{htx, "Rau màu", "Kinh Ba", "hanh-tim dau-phong"},
	{htx, "Thuỷ sản", "Mũi Cồn", "ca-dua mam-ruoi"},
	{htx, "Lúa gạo", "Láng Nước", "com-dep"},
	{htx, "Cây ăn trái", "Cái Lá", "chom-chom"},
	{htx, "Chăn nuôi", "Kinh Xáng Nhỏ", "trung-muoi"},
	{htx, "Thủ công", "Vàm Cỏ Non", "gio-lac"},
	{htx, "Dừa sáp", "Xẻo Dừa", "dua-soi"},
	{htx, "Cây ăn trái", "Gò Xoài", "thanh-long"},
	{htx, "Thuỷ sản", "Cồn Ngao", "banh-phong-tom"},
	{htx, "Rau màu", "Kinh Mới", "dua-luoi"},
	{htx, "Lúa gạo", "Xóm Cốm", "gao-huu-co"},
}

// fields are what cooperatives work in, in Vietnamese and English.
var fields = [...][2]string{
	{"Nông nghiệp", "Agricultural"}, {"Lúa gạo", "Rice"}, {"Thuỷ sản", "Fishery"}, {"Dừa sáp", "Macapuno"},
	{"Cây ăn trái", "Fruit"}, {"Rau màu", "Vegetable"}, {"Chăn nuôi", "Livestock"}, {"Thủ công", "Handicraft"},
	{"Dịch vụ nông nghiệp", "Farm Service"},
}

// fieldEN returns the English name of a field.
func fieldEN(vi string) string {
	for _, f := range fields {
		if f[0] == vi {
			return f[1]
		}
	}
	panic("demo: no field " + vi)
}
