package server

import (
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// verdictPages holds what is the same in every page of a verdict and language:
// the beginning up to the facts, and the end from the facts to the request id.
var verdictPages = func() (out [store.NumVerdicts][numLanguages]struct{ head, tail []byte }) {
	for v := range out {
		for l := range out[v] {
			out[v][l].head = pageHead(store.Verdict(v), language(l))
			out[v][l].tail = pageTail(store.Verdict(v), language(l))
		}
	}
	return out
}()

func pageHead(v store.Verdict, l language) []byte {
	p := &phrases[v][l]
	b := appendStart(nil, l, p.title, toneOf(v))
	b = append(b, `<p>`...)
	b = appendHTML(b, p.text)
	b = append(b, `</p><p class="next">`...)
	b = appendHTML(b, p.next)
	return append(b, `</p>`...)
}

// pageTail has the verdict in the other language too, ready to be unfolded: a
// link to another page would count as another scan.
func pageTail(v store.Verdict, l language) []byte {
	var b []byte
	if v == store.Malformed || v == store.UnknownCode {
		b = appendForm(b, l)
	}
	t, p := &texts[l], &phrases[v][1-l]
	b = append(b, `<details lang="`+t.otherTag+`"><summary>`+t.other+`</summary><h2>`...)
	b = appendHTML(b, p.title)
	b = append(b, `</h2><p>`...)
	b = appendHTML(b, p.text)
	b = append(b, `</p><p>`...)
	b = appendHTML(b, p.next)
	b = append(b, `</p></details>`...)
	return appendFooter(b, l)
}

// appendPage appends the page of one visit.
func (s *Server) appendPage(dst []byte, v *visit) []byte {
	page := &verdictPages[v.check.Verdict][v.lang]
	dst = append(dst, page.head...)
	if v.check.Entry != nil {
		dst = appendFacts(dst, &v.check, &texts[v.lang])
	}
	dst = append(dst, page.tail...)
	dst = append(dst, v.id[:]...)
	return append(dst, pageEnd...)
}

func appendFacts(dst []byte, c *engine.Check, t *words) []byte {
	dst = append(dst, `<dl>`...)
	if c.Product != "" {
		dst = appendHTML(appendTerm(dst, t.product), c.Product)
	}
	if c.Lot != "" {
		dst = appendHTML(appendTerm(dst, t.lot), c.Lot)
	}
	dst = appendTerm(dst, t.scans)
	dst = strconv.AppendUint(dst, uint64(c.State.Count), 10)
	dst = appendTerm(dst, t.first)
	if c.State.First == 0 {
		dst = append(dst, t.none...)
	} else {
		dst = time.UnixMicro(c.State.First).In(vietnamTime).AppendFormat(dst, "15:04 02/01/2006 (UTC-07)")
	}
	dst = append(appendTerm(dst, t.code), `<code>`...)
	dst = serial.AppendGrouped(dst, c.Target.Code)
	return append(dst, `</code></dl>`...)
}

// vietnamTime has no summer time.
var vietnamTime = time.FixedZone("", 7*60*60)

// appendTerm begins one fact. HTML needs no end tags here.
func appendTerm(dst []byte, name string) []byte {
	dst = append(dst, `<dt>`...)
	dst = append(dst, name...)
	return append(dst, `<dd>`...)
}

// appendNotice appends the page of an error.
func appendNotice(dst []byte, v *visit, p *problem) []byte {
	t := &texts[v.lang]
	dst = appendStart(dst, v.lang, t.again, "info")
	dst = append(dst, `<p>`...)
	text := notices[p.status]
	if text[v.lang] == "" {
		text = notices[fasthttp.StatusInternalServerError]
	}
	dst = appendHTML(dst, text[v.lang])
	dst = append(dst, `</p>`...)
	dst = appendFooter(dst, v.lang)
	dst = append(dst, v.id[:]...)
	return append(dst, pageEnd...)
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
