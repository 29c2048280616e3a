package server

import (
	"github.com/valyala/fasthttp"

	"mintmark/engine/store"
)

// verdictSteps say, point by point, what a buyer does whose stamp is not as it
// should be.
var verdictSteps = [store.NumVerdicts][numLanguages][]string{
	store.UnknownCode: {
		{"Quét lại, hoặc nhập lại mã in dưới mã QR vào ô bên dưới.",
			"Nếu kết quả vẫn vậy: đừng mua hoặc dùng sản phẩm, giữ lại tem, bao bì và hóa đơn.",
			"Phản ánh về tem này bằng mẫu ở cuối trang, kèm ảnh nếu có."},
		{"Scan again, or type the code printed under the symbol into the box below.",
			"If the answer is the same: do not buy or use the product, and keep stamp, package and receipt.",
			"Report the stamp with the form at the end of this page, with a photo if you can."},
	},
	store.Revoked: {
		{"Nếu chưa mua: đừng mua. Nếu đã mua: đừng dùng, giữ lại tem, bao bì và hóa đơn.",
			"Hỏi người bán lấy hàng từ đâu; liên hệ nhà sản xuất theo thông tin dưới đây để biết vì sao mã bị thu hồi.",
			"Phản ánh về tem này bằng mẫu ở cuối trang: nơi mua, ngày mua, kèm ảnh nếu có."},
		{"If you have not bought it, do not. If you have, do not use it; keep stamp, package and receipt.",
			"Ask the seller where it came from, and the producer, named below, why the code was revoked.",
			"Report the stamp with the form at the end of this page: where and when you bought it, with a photo if you can."},
	},
	store.Spoiled: {
		{"Đừng dùng sản phẩm; giữ lại tem, bao bì và hóa đơn.",
			"Liên hệ nhà sản xuất theo thông tin dưới đây.",
			"Phản ánh về tem này bằng mẫu ở cuối trang, kèm ảnh nếu có."},
		{"Do not use the product; keep stamp, package and receipt.",
			"Ask the producer, named below.",
			"Report the stamp with the form at the end of this page, with a photo if you can."},
	},
	store.Suspicious: {
		{"Xem tem: có bị bóc ra dán lại, in mờ, hay là bản sao không?",
			"So tên, ảnh, nhà sản xuất và lô dưới đây với sản phẩm trên tay.",
			"Nếu có điều không khớp: đừng dùng sản phẩm, giữ lại bao bì và hóa đơn, hỏi người bán và nhà sản xuất.",
			"Phản ánh về tem này bằng mẫu ở cuối trang, kèm ảnh nếu có."},
		{"Look at the stamp: was it peeled off and stuck on again, is it blurred, is it a photocopy?",
			"Compare name, picture, producer and lot below with the product in your hand.",
			"If anything differs: do not use the product, keep package and receipt, ask the seller and the producer.",
			"Report the stamp with the form at the end of this page, with a photo if you can."},
	},
}

// words are the other texts of the pages.
type words struct {
	firstNow, scans, sessions, first, none, counted string
	enter, check, other, home, about, again         string
	requestID                                       string
	report, reportHint, reportText, reportPhoto     string
	send, thanks, thanksText, sent                  string
}

var texts = [numLanguages]words{
	{firstNow: "Đây là lần quét đầu tiên của mã này.", scans: "Số lần quét: ", sessions: "Số thiết bị: ", first: "Quét lần đầu: ",
		none: "Mã này chưa được quét lần nào.", counted: ". Mỗi lần mở lại trang này cũng được tính là một lần quét.",
		enter: "Nhập 20 ký tự in dưới mã QR", check: "Kiểm tra", other: "Kiểm tra mã tem khác", home: "Kiểm tra mã tem",
		about: "Quét mã QR trên tem bằng điện thoại, hoặc nhập mã vào đây. Trang này cho biết mã có thật hay không, thuộc sản phẩm nào và đã được quét bao nhiêu lần.",
		again: "Chưa kiểm tra được", requestID: "Mã yêu cầu",
		report: "Phản ánh về tem này", reportHint: "Tem có dấu hiệu bị dán lại hoặc sao chép? Sản phẩm không đúng như trang này ghi? Hãy cho đơn vị quản lý tem biết. Không cần ghi tên; nếu muốn được trả lời, hãy ghi cách liên lạc.",
		reportText: "Bạn thấy điều gì, ở đâu, khi nào?", reportPhoto: "Ảnh, nếu có (JPEG hoặc PNG, tối đa 4 MB)", send: "Gửi",
		thanks: "Đã nhận. Cảm ơn bạn.", thanksText: "Đơn vị quản lý tem sẽ xem phản ánh này. Hãy giữ lại tem, bao bì và hóa đơn.", sent: "Chưa gửi được"},
	{firstNow: "This is the first scan of this code.", scans: "Scans: ", sessions: "Phones or browsers: ", first: "First scan: ",
		none: "This code has not been scanned yet.", counted: ". Opening this page again counts as a scan too.",
		enter: "Type the 20 characters printed under the symbol", check: "Check", other: "Check the code of another stamp", home: "Check a stamp code",
		about: "Scan the symbol on the stamp with a phone, or type its code here. This page tells whether the code is genuine, which product it belongs to, and how often it was scanned.",
		again: "Not checked", requestID: "Request",
		report: "Report this stamp", reportHint: "Was the stamp stuck on again or copied, or is the product not what this page says? Tell those who run the stamps. You need not give a name; if you want an answer, write how to reach you.",
		reportText: "What did you see, where and when?", reportPhoto: "A photo, if you have one (JPEG or PNG, up to 4 MB)", send: "Send",
		thanks: "Received. Thank you.", thanksText: "Those who run the stamps will look at your report. Keep stamp, package and receipt.", sent: "Not sent"},
}

// notices are the errors that a browser may meet.
var notices = map[int][numLanguages]string{
	fasthttp.StatusTooManyRequests: {
		"Có quá nhiều mã sai từ mạng của bạn. Hãy chờ một phút rồi kiểm tra lại từng ký tự.",
		"Too many wrong codes came from your network. Wait a minute, then check the typing."},
	fasthttp.StatusServiceUnavailable: {
		"Hệ thống đang bận nên chưa kiểm tra được mã. Hãy thử lại sau vài giây.",
		"The server is busy and has not checked the code. Try again in a few seconds."},
	fasthttp.StatusUnauthorized: {
		"Phiên đăng nhập không còn hợp lệ. Hãy dùng mã truy cập mới.",
		"The token is not valid any more. Use a new one."},
	fasthttp.StatusInternalServerError: {
		"Có lỗi ở phía hệ thống nên chưa kiểm tra được mã. Hãy thử lại sau; nếu vẫn lỗi, hãy gửi mã yêu cầu dưới đây cho đơn vị vận hành.",
		"Something failed here and the code was not checked. Try again later; if it fails again, give the request number below to whoever runs this site."},
}
