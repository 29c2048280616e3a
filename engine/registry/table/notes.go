package table

import (
	"fmt"
	"strings"
	"time"

	"mintmark/engine/registry"
)

// note tells what a column may hold, in both languages, a line each.
func note(k registry.Kind, f *registry.Field) string {
	t := title(k, f.Name)
	lines := []string{t.vi + " · " + t.en}
	for _, w := range append(typeWords(f.Value(registry.New(k)).Interface()), ruleWords(f)...) {
		lines = append(lines, w.vi+" · "+w.en)
	}
	return strings.Join(lines, "\n")
}

// typeWords say how values of the type of v are written.
func typeWords(v any) []words {
	switch v.(type) {
	case registry.Date:
		return []words{{"ngày, viết như 2026-01-31", "a day, like 2026-01-31"}}
	case time.Time:
		return []words{{"thời điểm kèm múi giờ, viết như 2026-01-31T08:00:00+07:00", "a time with its zone"}}
	case bool:
		return []words{{"yes, hoặc để trống", "yes, or empty"}}
	case int64:
		return []words{{"số nguyên, chỉ viết chữ số", "a whole number, digits alone"}}
	case []string:
		return []words{{"danh sách, cách nhau bằng dấu chấm phẩy", "a list, separated by semicolons"}}
	}
	return nil
}

// ruleNames are the rules that stand alone.
var ruleNames = map[string]words{
	"required": {"bắt buộc", "required"},
	"unique":   {"không được trùng", "no two may be alike"},
	"text":     {fmt.Sprintf("có thể nhiều dòng, tối đa %d ký tự", registry.MaxText), fmt.Sprintf("may have several lines, at most %d characters", registry.MaxText)},
	"gtin":     {"8 đến 14 chữ số, có số kiểm tra", "8 to 14 digits with the check digit"},
	"gln":      {"13 chữ số, có số kiểm tra", "13 digits with the check digit"},
	"lot":      {"tối đa 20 ký tự không dấu", "at most 20 characters without accents"},
	"url":      {"bắt đầu bằng https://", "begins with https://"},
	"email":    {"viết như ten@example.vn", "like name@example.vn"},
	"pictures": {"mã SHA-256 của ảnh đã lưu", "SHA-256 of saved pictures"},
}

// ruleParts are the rules that go on after their name.
var ruleParts = map[string]words{
	"ref ":        {"mã có trong trang ", "an id of the sheet "},
	"one of ":     {"một trong: ", "one of: "},
	"max ":        {"số ký tự tối đa: ", "most characters: "},
	"items ":      {"số mục tối đa: ", "most items: "},
	"from ":       {"từ ", "from "},
	"not before ": {"không trước ", "not before "},
}

// ruleWords say the rules of a field.
func ruleWords(f *registry.Field) (out []words) {
	for _, rule := range f.Rules {
		if w, ok := ruleNames[rule]; ok {
			out = append(out, w)
			continue
		}
		for name, w := range ruleParts {
			rest, ok := strings.CutPrefix(rule, name)
			switch {
			case !ok:
			case name == "one of ":
				out = append(out, words{w.vi + strings.Join(strings.Fields(rest), ", "), strings.TrimSpace(w.en)})
			default:
				out = append(out, words{w.vi + strings.Replace(rest, " to ", " đến ", 1), w.en + rest})
			}
		}
	}
	return out
}
