package server

import "strings"

// appendReportForm appends the form to report a stamp, folded unless there is reason
// to report, up to the code. Text is what was written already.
func appendReportForm(dst []byte, l language, open bool, text string) []byte {
	t := &texts[l]
	dst = append(dst, `<details class="report"`...)
	if open {
		dst = append(dst, ` open`...)
	}
	dst = append(dst, `><summary>`+t.report+`</summary><form action="/report" method="post" enctype="multipart/form-data"><p>`+t.reportHint+`</p>`+
		`<label>`+t.reportText+`<textarea name="text" rows="4" required maxlength="2000">`...)
	dst = appendHTML(dst, strings.ToValidUTF8(text, "\ufffd"))
	return append(dst, `</textarea></label>`+
		`<label>`+t.reportPhoto+`<input type="file" name="photo" accept="image/jpeg,image/png"></label>`+
		`<button>`+t.send+`</button><input type="hidden" name="lang" value="`+languageTags[l]+`"><input type="hidden" name="code" value="`...)
}

// reportFormEnd follows the code.
const reportFormEnd = `"></form></details>`
