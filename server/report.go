package server

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/photo"
	"mintmark/engine/scan"
)

const thanksPath = "/report/thanks"

// report takes the form of a page. It needs no proof that the form is ours: there is
// no login whose rights another site could borrow. The answer is the same for every
// code, so that it tells nobody which ones exist.
func (s *Server) report(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	f, err := readReportForm(ctx)
	l := f.language(ctx)
	if err == nil {
		err = s.saveReport(ctx, f, l)
	}
	if err != nil {
		s.failReport(ctx, f, l, err)
		return nil
	}
	// To load the page again sends nothing again.
	ctx.Response.Header.Set(fasthttp.HeaderLocation, thanksPath+"?lang="+languageTags[l])
	ctx.SetStatusCode(fasthttp.StatusSeeOther)
	return nil
}

func (s *Server) saveReport(ctx *fasthttp.RequestCtx, f reportForm, l language) error {
	net, now := scan.Coarse(s.clientOf(ctx).addr), ctx.Time()
	if wait := s.reports.refused(net, now); wait > 0 {
		return &problem{status: fasthttp.StatusTooManyRequests, field: "reports", retryAfter: wait,
			detail: "many reports came from your network; send it in an hour"}
	}
	s.reports.failed(net, now)
	_, err := s.engine.SaveBuyerReport(context.Background(), engine.NewReport{Code: f.code, Text: f.text, Photo: f.photo, Language: languageTags[l], Net: net})
	return err
}

// reportForm is the fields of the form.
type reportForm struct {
	code, text, lang string
	photo            []byte
}

// language is that of the form, else of the browser.
func (f *reportForm) language(ctx *fasthttp.RequestCtx) language {
	return languageOf([]byte("lang="+f.lang), ctx.Request.Header.Peek(fasthttp.HeaderAcceptLanguage))
}

// Bounds of the form's fields but the photo, in bytes.
const (
	maxFormText  = 4 * engine.MaxReportText
	maxFormField = 300
)

// readReportForm reads a form of the type multipart/form-data (RFC 7578). It refuses
// fields that are not ours or come twice. What was read before an error is returned
// with it.
func readReportForm(ctx *fasthttp.RequestCtx) (f reportForm, err error) {
	kind, params, err := mime.ParseMediaType(string(ctx.Request.Header.ContentType()))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return f, &problem{status: fasthttp.StatusUnsupportedMediaType, field: "Content-Type", detail: "Content-Type: must be multipart/form-data"}
	}
	// fasthttp would keep the body's memory for the next request.
	r := multipart.NewReader(bytes.NewReader(ctx.Request.SwapBody(nil)), params["boundary"])
	seen := map[string]bool{}
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return f, fault.Field("body", "is no form: %v", err)
		}
		name := part.FormName()
		if seen[name] {
			return f, fault.Field("body", "has a field twice")
		}
		seen[name] = true
		if err := f.read(name, part); err != nil {
			return f, err
		}
	}
}

// read reads one field.
func (f *reportForm) read(name string, part io.Reader) error {
	limit := maxFormField
	switch name {
	case "photo":
		limit = photo.MaxFile
	case "text":
		limit = maxFormText
	case "code", "lang":
	default:
		return fault.Field("body", "has a field that is not of this form")
	}
	data, err := io.ReadAll(io.LimitReader(part, int64(limit)+1))
	if err != nil {
		return fault.Field("body", "is no form: %v", err)
	}
	if len(data) > limit {
		return fault.Field(name, "has more than %d bytes", limit)
	}
	switch name {
	case "photo":
		f.photo = data
	case "text":
		f.text = string(data)
	case "code":
		f.code = string(data)
	case "lang":
		f.lang = string(data)
	}
	return nil
}

// failReport shows what is wrong above the form as it was filled in. Browsers keep
// no file, so a photo must be chosen again.
func (s *Server) failReport(ctx *fasthttp.RequestCtx, f reportForm, l language, err error) {
	p := s.failure(ctx, err)
	setPageHeaders(&ctx.Response.Header)
	h := reportProblem(p)
	ctx.SetBody(appendBoth(nil, l, "warn", h, requestID(ctx), func(b []byte, l language) []byte {
		b = appendReportForm(b, l, true, clip(f.text, maxFormText))
		b = appendClipped(b, f.code, maxFormField)
		return append(b, reportFormEnd...)
	}))
}

// reportProblem says what is wrong with a report to those who sent it.
func reportProblem(p *problem) (h headline) {
	text, known := reportProblems[p.field]
	if !known {
		text = reportProblems[""]
	}
	for l := range h {
		h[l].title, h[l].text = texts[l].sent, text[l]
	}
	return h
}

var reportProblems = map[string][numLanguages]string{
	"text": {"Hãy viết bạn đã thấy gì, tối đa 2.000 ký tự.", "Write what you saw, in at most 2,000 characters."},
	"photo": {"Ảnh phải là tệp JPEG hoặc PNG, tối đa 4 MB và 16 triệu điểm ảnh. Hãy chọn ảnh nhỏ hơn, hoặc gửi không kèm ảnh.",
		"The photo must be a JPEG or PNG file of at most 4 MB and 16 million pixels. Choose a smaller one, or send the report without it."},
	"reports": {"Hôm nay đã có quá nhiều phản ánh. Hãy gửi lại sau, hoặc gọi cho cơ quan quản lý thị trường.",
		"Too many reports came already. Send it later, or call the market authority."},
	"": {"Phản ánh chưa được lưu. Hãy thử gửi lại; nếu vẫn lỗi, hãy gửi mã yêu cầu dưới đây cho đơn vị vận hành.",
		"The report was not kept. Send it again; if it fails again, give the request number below to whoever runs this site."},
}

// thanks answers those who sent a report.
func (s *Server) thanks(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	_, raw := target(ctx)
	l := languageOf(raw, ctx.Request.Header.Peek(fasthttp.HeaderAcceptLanguage))
	setPageHeaders(&ctx.Response.Header)
	h := headlineOf(func(t *words) (string, string) { return t.thanks, t.thanksText })
	ctx.SetBody(appendBoth(nil, l, "good", h, requestID(ctx), nil))
	return nil
}
