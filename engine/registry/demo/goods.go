package demo

// good is something that several units make.
type good struct {
	key            string // also of its story, if there is one
	vi, en         string
	class          string // see classes
	picture        string // see drawings
	is             string // letters: k a key product, s a specialty, r typical of rural industry
	madeVI, madeEN string // of what
}

// goods are what a coastal province of the Mekong delta makes.
var goods = []good{
	{"dua-sap", "Dừa sáp", "Macapuno coconut", "fresh", "coconut", "ks", "Quả dừa sáp tươi", "Fresh macapuno coconut"},
	{"dua-soi", "Dừa sáp sợi sấy", "Dried macapuno strips", "sweet", "pouch", "ksr", "Cơm dừa sáp 92 %, đường", "Macapuno flesh 92 %, sugar"},
	{"keo-dua", "Kẹo dừa sáp", "Macapuno candy", "sweet", "pouch", "kr", "Cơm dừa sáp, mạch nha, đường", "Macapuno flesh, malt, sugar"},
	{"mat-hoa-dua", "Mật hoa dừa", "Coconut blossom nectar", "syrup", "jar", "ksr", "Mật hoa dừa cô đặc 100 %", "Concentrated coconut blossom sap 100 %"},
	{"duong-hoa-dua", "Đường hoa dừa", "Coconut blossom sugar", "syrup", "pouch", "ks", "Mật hoa dừa 100 %", "Coconut blossom sap 100 %"},
	{"giam-hoa-dua", "Giấm hoa dừa", "Coconut blossom vinegar", "sauce", "oil", "r", "Mật hoa dừa lên men tự nhiên", "Naturally fermented coconut blossom sap"},
	{"dau-dua", "Dầu dừa ép lạnh", "Cold-pressed coconut oil", "oil", "oil", "kr", "Dầu dừa ép lạnh 100 %", "Cold-pressed coconut oil 100 %"},
	{"nuoc-mau-dua", "Nước màu dừa", "Coconut caramel", "sauce", "sauce", "s", "Nước dừa cô đặc, đường", "Reduced coconut water, sugar"},
	{"mut-dua", "Mứt dừa non", "Candied young coconut", "sweet", "pouch", "", "Cơm dừa non, đường, sữa", "Young coconut flesh, sugar, milk"},
	{"gao-dua", "Bộ chén gáo dừa", "Coconut-shell bowls", "craft", "shells", "r", "Gáo dừa, sáp ong", "Coconut shell, beeswax"},
	{"gao-huu-co", "Gạo hữu cơ", "Organic rice", "rice", "rice", "ks", "Gạo trắng hạt dài 100 %", "Long-grain white rice 100 %"},
	{"gao-thom", "Gạo thơm", "Fragrant rice", "rice", "rice", "k", "Gạo thơm hạt dài 100 %", "Fragrant long-grain rice 100 %"},
	{"gao-lut", "Gạo lứt đỏ", "Red brown rice", "rice", "rice", "k", "Gạo lứt đỏ 100 %", "Red brown rice 100 %"},
	{"tra-gao-lut", "Trà gạo lứt đậu đen", "Brown rice and black bean tea", "tea", "tea", "r", "Gạo lứt rang, đậu đen xanh lòng", "Roasted brown rice, black beans"},
	{"com-dep", "Cốm dẹp", "Flattened young rice", "cake", "pouch", "s", "Nếp non rang giã dẹp 100 %", "Young glutinous rice, roasted and pounded, 100 %"},
	{"bun-gao", "Bún gạo khô", "Dried rice noodles", "rice", "noodles", "r", "Gạo 98 %, muối, nước", "Rice 98 %, salt, water"},
	{"banh-trang", "Bánh tráng sữa", "Rice paper with milk", "cake", "pouch", "r", "Bột gạo, sữa, nước cốt dừa, mè", "Rice flour, milk, coconut milk, sesame"},
	{"tom-kho", "Tôm khô", "Dried shrimp", "seafood", "shrimp", "ks", "Tôm đất 97 %, muối", "Shrimp 97 %, salt"},
	{"muoi-tom", "Muối tôm", "Shrimp salt", "seafood", "jar", "r", "Muối, tôm khô 20 %, ớt, tỏi", "Salt, dried shrimp 20 %, chilli, garlic"},
	{"banh-phong-tom", "Bánh phồng tôm", "Prawn crackers", "seafood", "crackers", "r", "Bột năng, tôm 30 %, tiêu, muối", "Tapioca starch, prawn 30 %, pepper, salt"},
	{"ca-loc", "Khô cá lóc", "Dried snakehead fish", "seafood", "fish", "k", "Cá lóc 94 %, muối, đường, ớt", "Snakehead fish 94 %, salt, sugar, chilli"},
	{"ca-dua", "Khô cá dứa", "Dried silver catfish", "seafood", "fish", "k", "Cá dứa 96 %, muối", "Silver catfish 96 %, salt"},
	{"mam-ruoi", "Mắm rươi", "Ragworm sauce", "seafood", "sauce", "s", "Rươi 70 %, muối", "Ragworm 70 %, salt"},
	{"cha-ca", "Chả cá thát lát", "Knifefish cake", "chilled", "fish", "", "Cá thát lát 90 %, thì là, tiêu", "Knifefish 90 %, dill, pepper"},
	{"tom-chua", "Tôm chua", "Sour pickled shrimp", "seafood", "sauce", "s", "Tôm 60 %, đu đủ, riềng, nếp", "Shrimp 60 %, papaya, galangal, glutinous rice"},
	{"chom-chom", "Chôm chôm", "Rambutan", "fresh", "rambutan", "ks", "Quả chôm chôm tươi", "Fresh rambutan"},
	{"mang-cut", "Măng cụt", "Mangosteen", "fresh", "mangosteen", "k", "Quả măng cụt tươi", "Fresh mangosteen"},
	{"cam-sanh", "Cam sành", "King mandarin", "fresh", "citrus", "k", "Quả cam sành tươi", "Fresh king mandarin"},
	{"quyt-duong", "Quýt đường", "Sweet mandarin", "fresh", "citrus", "s", "Quả quýt đường tươi", "Fresh sweet mandarin"},
	{"buoi", "Bưởi da xanh", "Green-skinned pomelo", "fresh", "pomelo", "k", "Quả bưởi da xanh tươi", "Fresh green-skinned pomelo"},
	{"xoai", "Xoài cát", "Sweet mango", "fresh", "fruit", "", "Quả xoài tươi", "Fresh mango"},
	{"thanh-long", "Thanh long ruột đỏ", "Red-fleshed dragon fruit", "fresh", "dragon", "", "Quả thanh long tươi", "Fresh dragon fruit"},
	{"dua-luoi", "Dưa lưới", "Netted melon", "fresh", "melon", "", "Quả dưa lưới tươi", "Fresh netted melon"},
	{"mit-say", "Mít sấy", "Jackfruit chips", "sweet", "pouch", "r", "Mít 98 %, dầu dừa", "Jackfruit 98 %, coconut oil"},
	{"banh-tet", "Bánh tét", "Sticky rice roll", "cake", "roll", "s", "Nếp, đậu xanh, thịt heo, lá cẩm", "Glutinous rice, mung beans, pork, magenta leaf"},
	{"banh-it", "Bánh ít lá gai", "Ramie-leaf rice cake", "cake", "roll", "", "Bột nếp, lá gai, nhân dừa, đậu xanh", "Glutinous rice flour, ramie leaf, coconut, mung beans"},
	{"banh-ong", "Bánh ống lá dứa", "Pandan rice tubes", "cake", "pouch", "", "Bột gạo, dừa nạo, lá dứa, mè", "Rice flour, grated coconut, pandan, sesame"},
	{"dau-phong", "Đậu phộng rang muối", "Roasted salted peanuts", "nut", "peanut", "k", "Đậu phộng 98 %, muối", "Peanuts 98 %, salt"},
	{"hanh-tim", "Hành tím sấy", "Fried red shallots", "nut", "pouch", "", "Hành tím 85 %, dầu thực vật", "Red shallots 85 %, vegetable oil"},
	{"lap-xuong", "Lạp xưởng", "Dried pork sausage", "chilled", "sausage", "r", "Thịt heo 90 %, đường, muối, rượu", "Pork 90 %, sugar, salt, rice spirit"},
	{"trung-muoi", "Trứng vịt muối", "Salted duck eggs", "chilled", "eggs", "", "Trứng vịt, muối", "Duck eggs, salt"},
	{"ruou-gao", "Rượu gạo", "Rice spirit", "spirit", "oil", "", "Gạo, men lá, nước; 39 % vol", "Rice, herbal yeast, water; 39 % vol"},
	{"ruou-nep-than", "Rượu nếp than", "Black glutinous rice wine", "spirit", "bottle", "sr", "Nếp than, men, nước; 14 % vol", "Black glutinous rice, yeast, water; 14 % vol"},
	{"ruou-dua", "Rượu dừa", "Coconut spirit", "spirit", "oil", "", "Nếp, nước dừa, men; 29 % vol", "Glutinous rice, coconut water, yeast; 29 % vol"},
	{"tra-mang-cau", "Trà mãng cầu", "Soursop tea", "tea", "tea", "r", "Mãng cầu xiêm sấy 100 %", "Dried soursop 100 %"},
	{"tra-sen", "Trà lá sen", "Lotus leaf tea", "tea", "tea", "", "Lá sen sấy 100 %", "Dried lotus leaf 100 %"},
	{"mat-ong", "Mật ong hoa bần", "Mangrove apple honey", "syrup", "jar", "s", "Mật ong 100 %", "Honey 100 %"},
	{"gio-lac", "Giỏ lác", "Sedge basket", "craft", "basket", "r", "Cói lác, mây", "Sedge, rattan"},
	{"chieu-lac", "Chiếu lác", "Sedge mat", "craft", "mat", "r", "Cói lác, sợi đay", "Sedge, jute yarn"},
}

// goodOf returns a good by its key.
func goodOf(key string) *good {
	for i := range goods {
		if goods[i].key == key {
			return &goods[i]
		}
	}
	panic("demo: no good " + key)
}

// class is what goods have in common: how to keep and use them, and how they are
// made, in the steps of events.
type class struct {
	useVI, useEN   string
	warnVI, warnEN string
	keepVI, keepEN string // shelf life
	stepsVI        [3]string
	stepsEN        [3]string
	short          bool // they keep for days or weeks, so that the lot on sale is of this week
}
