package server

import "mintmark/engine/store"

// phrase is what one verdict says: in a few words, in a sentence that claims
// only what is known, and what to do next.
type phrase struct{ title, text, next string }

// phrases speaks of the code, never of the product: nobody but the buyer sees
// what the stamp is stuck on. The text is in Unicode form NFC.
var phrases = [store.NumVerdicts][numLanguages]phrase{
	store.Malformed: {
		{"Mã chưa đúng", "Nội dung vừa nhập không có dạng của một mã tem.",
			"Hãy quét lại tem, hoặc nhập đủ 20 ký tự in dưới mã QR."},
		{"Not a stamp code", "What was entered does not have the form of a stamp code.",
			"Scan the stamp again, or type all 20 characters printed under the symbol."},
	},
	store.UnknownCode: {
		{"Không có mã này", "Hệ thống không có mã tem này.",
			"Hãy kiểm tra lại từng ký tự. Nếu bạn quét thẳng từ tem, tem có thể là giả: hãy hỏi người bán và báo cho cơ quan quản lý thị trường."},
		{"This code is not known", "No stamp with this code is known here.",
			"Check the typing, character by character. If you scanned the stamp itself, it may be forged: ask the seller and tell the market authority."},
	},
	store.Mismatch: {
		{"Mã không khớp với đường dẫn", "Mã này có trong hệ thống, nhưng đường dẫn vừa quét ghi một sản phẩm hoặc lô khác với lúc in tem.",
			"Hãy so tên sản phẩm dưới đây với sản phẩm trên tay; nếu khác nhau, hãy hỏi người bán và báo cho cơ quan quản lý thị trường."},
		{"The code does not match the link", "This code was issued, but the link that was scanned names another product or lot than the one printed.",
			"Compare the product named below with the one in your hand; if they differ, ask the seller and tell the market authority."},
	},
	store.Revoked: {
		{"Mã này đã bị thu hồi", "Đơn vị phát hành đã thu hồi mã tem này.",
			"Đừng dựa vào tem này. Hãy hỏi người bán hoặc nhà sản xuất trước khi dùng sản phẩm."},
		{"This code was revoked", "The issuer has withdrawn the stamp with this code.",
			"Do not rely on this stamp. Ask the seller or the producer before you use the product."},
	},
	store.Spoiled: {
		{"Mã này thuộc tem hỏng", "Tem mang mã này đã được báo hỏng và lẽ ra không được dán lên sản phẩm nào.",
			"Đừng dựa vào tem này. Hãy hỏi người bán hoặc nhà sản xuất trước khi dùng sản phẩm."},
		{"This code is of a spoiled stamp", "The stamp with this code was reported spoiled and should not be on any product.",
			"Do not rely on this stamp. Ask the seller or the producer before you use the product."},
	},
	store.Expired: {
		{"Mã này đã hết hiệu lực", "Thời hạn của tem mang mã này đã qua. Đây không phải là hạn sử dụng của sản phẩm.",
			"Hãy xem hạn sử dụng in trên bao bì và hỏi người bán hoặc nhà sản xuất."},
		{"This code has expired", "The stamp with this code is past its time. This is not the use-by date of the product.",
			"Look at the use-by date on the package, and ask the seller or the producer."},
	},
	store.Suspended: {
		{"Mã này đang tạm ngưng", "Mã tem này đang được kiểm tra nên chưa thể xác nhận.",
			"Hãy quét lại sau, hoặc hỏi nhà sản xuất trước khi dùng sản phẩm."},
		{"This code is suspended", "The stamp with this code is under review and cannot be confirmed for now.",
			"Scan it again later, or ask the producer before you use the product."},
	},
	store.Inactive: {
		{"Mã này chưa được kích hoạt", "Mã có trong hệ thống, nhưng nhà sản xuất chưa báo đã dán tem này lên sản phẩm.",
			"Hãy hỏi người bán hoặc nhà sản xuất. Nếu sản phẩm đang được bày bán, tem có thể đã bị lấy trộm."},
		{"This code is not active", "The code was issued, but the producer has not reported this stamp as used on a product.",
			"Ask the seller or the producer. If the product is already on sale, the stamp may have been stolen."},
	},
	store.Suspicious: {
		{"Mã là thật, nhưng có thể đã bị sao chép", "Mã này đã được quét từ nhiều thiết bị hoặc nơi khác nhau, nên tem trên tay bạn có thể là bản sao.",
			"Hãy xem kỹ tem và bao bì, so với số lần quét dưới đây, và hỏi người bán nếu bạn là người đầu tiên mở sản phẩm."},
		{"The code is genuine but may have been copied", "This code was scanned from many different devices or places, so the stamp in your hand may be a copy.",
			"Look closely at the stamp and the package, consider the number of scans below, and ask the seller if you are the first to open the product."},
	},
	store.Genuine: {
		{"Mã này là thật", "Mã tem này do hệ thống phát hành và đã được kích hoạt.",
			"Hãy so tên sản phẩm dưới đây với sản phẩm trên tay. Nếu bạn là người đầu tiên mở sản phẩm mà mã đã được quét nhiều lần, hãy hỏi người bán."},
		{"This code is genuine", "The code was issued here and is active.",
			"Compare the product named below with the one in your hand. If you are the first to open it but the code was scanned many times, ask the seller."},
	},
}

// String returns the phrase as one text.
func (p phrase) String() string { return p.title + ". " + p.text + " " + p.next }

// messagesJSON is the member "messages" of each verdict's answer, with the
// comma before it.
var messagesJSON = func() (out [store.NumVerdicts][]byte) {
	for v := range out {
		b := []byte(`,"messages":{"vi":`)
		b = appendString(b, phrases[v][vietnamese].String())
		b = append(b, `,"en":`...)
		b = appendString(b, phrases[v][english].String())
		out[v] = append(b, '}')
	}
	return out
}()
