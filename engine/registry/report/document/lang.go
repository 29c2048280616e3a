package document

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
)

// Lang is a language.
type Lang string

// The languages.
const (
	VI Lang = "vi"
	EN Lang = "en"
)

// ParseLang reads a language; empty is Vietnamese. Errors are Invalid, field
// "lang".
func ParseLang(s string) (Lang, error) {
	switch l := Lang(s); l {
	case "":
		return VI, nil
	case VI, EN:
		return l, nil
	}
	return "", fault.Field("lang", "is %q; use vi or en", s)
}

// pick returns the one text of two that is in the language.
func (l Lang) pick(vi, en string) string {
	if l == EN {
		return en
	}
	return vi
}

// say fills in the format of the language.
func (l Lang) say(vi, en string, args ...any) string { return fmt.Sprintf(l.pick(vi, en), args...) }

// name returns a name in the language, if it has one there.
func (l Lang) name(n report.Names) string {
	if l == EN && n.EN != "" {
		return n.EN
	}
	return n.VI
}

// whole is what figures are counted in.
type whole interface{ int | int64 | uint64 }

// Number writes a whole number in groups of three digits.
func (l Lang) Number(n any) string { return l.group(fmt.Sprint(n)) }

func (l Lang) group(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(l.pick(".", ","))
		}
		b.WriteRune(d)
	}
	return b.String()
}

// decimal writes a number that is not negative, with one decimal unless it is whole.
func (l Lang) decimal(v float64) string {
	units, tenths, _ := strings.Cut(strconv.FormatFloat(v, 'f', 1, 64), ".")
	if tenths == "0" {
		return l.group(units)
	}
	return l.group(units) + l.pick(",", ".") + tenths
}

func (l Lang) percent(v float64) string { return l.decimal(v) + l.percentSign() }

func (l Lang) percentSign() string { return l.pick("\u00a0%", "%") }

// count writes a number and what is counted; English has a plural.
func (l Lang) count(n int, vi, one, many string) string {
	return l.Number(n) + " " + l.pick(vi, plural(n, one, many))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// and joins a list.
func (l Lang) and(list []string) string {
	last := len(list) - 1
	if last <= 0 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:last], ", ") + l.pick(" và ", " and ") + list[last]
}

// day writes a date.
func (l Lang) day(d registry.Date) string {
	return d.Start().Format(l.pick("02/01/2006", "2 Jan 2006"))
}

func (l Lang) longDay(d registry.Date) string {
	return d.Start().Format(l.pick("02/01/2006", "2 January 2006"))
}

func (l Lang) month(m report.Month) string {
	return registry.Date(m + "-01").Start().Format(l.pick("01/2006", "Jan 2006"))
}

// asOf says what the figures are as of: a whole day, or a time of one that was not
// over.
func (l Lang) asOf(r *report.Report) string {
	start := r.AsOf.Start()
	if end := start.AddDate(0, 0, 1); r.MadeAt.Before(end.Add(-time.Second)) {
		return l.say("Số liệu đến %s ngày %s", "Figures up to %s on %s", r.MadeAt.In(start.Location()).Format("15:04"), l.longDay(r.AsOf))
	}
	return l.say("Số liệu đến hết ngày %s", "Figures up to the end of %s", l.longDay(r.AsOf))
}

// num is a cell of a whole number.
func num[N whole](l Lang, n N) Cell {
	return Cell{Text: l.Number(n), Kind: Whole, Number: float64(n)}
}

// around returns a cell with something before and behind its number.
func (c Cell) around(before, after string) Cell {
	c.Text, c.Before, c.After = before+c.Text+after, before, after
	return c
}

func word(s string) Cell { return Cell{Text: s} }

func (l Lang) date(d registry.Date) Cell { return Cell{Text: l.day(d), Kind: Day, Date: d} }

// words are what writers say.
var words = map[Lang]Words{
	VI: {Details: "Xem chi tiết", Left: "và %s dòng nữa không in ở đây", Page: "Trang %d/%s", None: "Không có.", Summary: "Tóm tắt", Annex: "Phụ lục: số liệu chi tiết",
		State: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Motto: "Độc lập – Tự do – Hạnh phúc",
		Agency: "CƠ QUAN BÁO CÁO", Number: "Số: ........../BC-..........", Place: ".................., ngày ..... tháng ..... năm ........",
		Signatures: []string{"NGƯỜI LẬP BÁO CÁO", "THỦ TRƯỞNG CƠ QUAN"}, SignHint: "(Ký, ghi rõ họ tên)"},
	EN: {Details: "Details", Left: "and %s more rows that are not shown here", Page: "Page %d of %s", None: "None.", Summary: "Summary", Annex: "Annex: details",
		State: "SOCIALIST REPUBLIC OF VIET NAM", Motto: "Independence – Freedom – Happiness",
		Agency: "REPORTING AGENCY", Number: "No.: ....................", Place: ".................., ...............................",
		Signatures: []string{"PREPARED BY", "HEAD OF THE AGENCY"}, SignHint: "(signature and full name)"},
}
