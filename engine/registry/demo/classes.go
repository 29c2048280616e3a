package demo

const (
	seafoodVI = "Có tôm, cá hoặc nhuyễn thể: người dị ứng không dùng."
	seafoodEN = "Contains crustaceans, fish or molluscs: not for people with an allergy."
)

// classes are the kinds of goods, by name.
var classes = map[string]*class{
	"fresh": {
		"Rửa sạch, dùng tươi. Giữ nơi mát, hoặc ngăn mát tủ lạnh.", "Wash and eat fresh. Keep in a cool place or in the refrigerator.",
		"", "", "10 ngày từ ngày thu hoạch", "10 days from harvest",
		[3]string{"Thu hoạch tại vườn", "Phân loại, làm sạch", "Đóng thùng, dán tem"},
		[3]string{"Harvested in the orchard", "Sorted and cleaned", "Packed and stamped"}, true},
	"sweet": {
		"Dùng ngay sau khi mở gói. Giữ nơi khô mát.", "Eat soon after opening. Keep dry and cool.",
		"Có thể có vết của đậu phộng và sữa.", "May contain traces of peanuts and milk.", "6 tháng từ ngày sản xuất", "6 months from production",
		[3]string{"Thu mua nguyên liệu", "Sấy hoặc nấu", "Đóng gói, dán tem"},
		[3]string{"Raw material collected", "Dried or cooked", "Packed and stamped"}, false},
	"syrup": {
		"Dùng thay đường, hoặc pha với nước ấm. Đậy kín sau khi dùng.", "Use in place of sugar, or stir into warm water. Close tightly after use.",
		"Không dùng cho trẻ dưới 12 tháng tuổi.", "Not for children under 12 months.", "18 tháng từ ngày sản xuất", "18 months from production",
		[3]string{"Lấy mật", "Lọc, cô đặc", "Đóng hũ, dán tem"},
		[3]string{"Sap or honey collected", "Filtered and concentrated", "Filled and stamped"}, false},
	"sauce": {
		"Dùng làm gia vị. Lắc đều trước khi dùng.", "Use as a seasoning. Shake before use.",
		"", "", "12 tháng từ ngày sản xuất", "12 months from production",
		[3]string{"Thu mua nguyên liệu", "Nấu hoặc ủ", "Đóng chai, dán tem"},
		[3]string{"Raw material collected", "Cooked or fermented", "Bottled and stamped"}, false},
	"oil": {
		"Dùng nấu ăn hoặc dưỡng da. Dầu đông lại dưới 24 °C là bình thường.", "For cooking or skin care. It is normal that the oil sets below 24 °C.",
		"", "", "24 tháng từ ngày sản xuất", "24 months from production",
		[3]string{"Thu mua dừa", "Ép lạnh, lọc", "Đóng chai, dán tem"},
		[3]string{"Coconuts collected", "Cold-pressed and filtered", "Bottled and stamped"}, false},
	"rice": {
		"Vo nhẹ rồi nấu. Giữ nơi khô mát, đậy kín.", "Rinse lightly and cook. Keep dry, cool and closed.",
		"", "", "9 tháng từ ngày đóng gói", "9 months from packing",
		[3]string{"Gặt tại cánh đồng", "Sấy, xay xát", "Đóng túi, dán tem"},
		[3]string{"Harvested in the field", "Dried and milled", "Packed and stamped"}, false},
	"tea": {
		"Pha 5 g với 300 ml nước sôi, chờ 5 phút.", "Steep 5 g in 300 ml of boiling water for 5 minutes.",
		"", "", "12 tháng từ ngày sản xuất", "12 months from production",
		[3]string{"Thu hái", "Sấy, rang", "Đóng gói, dán tem"},
		[3]string{"Picked", "Dried and roasted", "Packed and stamped"}, false},
	"cake": {
		"Dùng trong ngày sau khi mở gói.", "Eat on the day it is opened.",
		"Có thể có vết của mè, đậu phộng và sữa.", "May contain traces of sesame, peanuts and milk.", "7 ngày; hút chân không: 30 ngày", "7 days; vacuum-packed: 30 days",
		[3]string{"Chọn nếp, gạo", "Gói, nấu chín", "Để nguội, dán tem"},
		[3]string{"Rice selected", "Wrapped and cooked", "Cooled and stamped"}, true},
	"seafood": {
		"Nấu chín hoặc dùng theo hướng dẫn trên bao bì. Giữ lạnh sau khi mở.", "Cook, or use as the package says. Refrigerate after opening.",
		seafoodVI, seafoodEN, "6 tháng từ ngày sản xuất", "6 months from production",
		[3]string{"Thu hoạch, thu mua", "Sơ chế, phơi sấy hoặc ủ", "Đóng gói, dán tem"},
		[3]string{"Caught or collected", "Prepared, dried or fermented", "Packed and stamped"}, false},
	"chilled": {
		"Nấu chín trước khi dùng. Giữ ở 0–4 °C.", "Cook before eating. Keep at 0–4 °C.",
		"Có thể có vết của cá, trứng và đậu nành.", "May contain traces of fish, egg and soya.", "30 ngày ở 0–4 °C", "30 days at 0–4 °C",
		[3]string{"Thu mua nguyên liệu", "Chế biến", "Đóng gói lạnh, dán tem"},
		[3]string{"Raw material collected", "Processed", "Packed cold and stamped"}, true},
	"nut": {
		"Dùng ngay sau khi mở gói. Giữ nơi khô mát.", "Eat soon after opening. Keep dry and cool.",
		"Có thể có vết của đậu phộng.", "May contain traces of peanuts.", "6 tháng từ ngày sản xuất", "6 months from production",
		[3]string{"Thu hoạch trên đất giồng", "Rang, sấy", "Đóng gói, dán tem"},
		[3]string{"Harvested on sandy ridges", "Roasted or fried", "Packed and stamped"}, false},
	"spirit": {
		"Uống có chừng mực.", "Drink in moderation.",
		"Không bán cho người dưới 18 tuổi. Đã uống rượu thì không lái xe. Phụ nữ mang thai không dùng.",
		"Not for sale to anyone under 18. Do not drink and drive. Not for pregnant women.", "36 tháng từ ngày sản xuất", "36 months from production",
		[3]string{"Chọn gạo, nếp", "Ủ men, chưng cất hoặc lọc", "Đóng chai, dán tem"},
		[3]string{"Rice selected", "Fermented, distilled or strained", "Bottled and stamped"}, false},
	"craft": {
		"Lau bằng khăn khô. Tránh ẩm và nắng gắt.", "Wipe with a dry cloth. Keep from damp and strong sun.",
		"", "", "Không giới hạn", "No limit",
		[3]string{"Thu hoạch, phơi nguyên liệu", "Đan, đẽo, hoàn thiện", "Kiểm tra, dán tem"},
		[3]string{"Material harvested and dried", "Woven, carved and finished", "Checked and stamped"}, false},
}
