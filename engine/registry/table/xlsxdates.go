package table

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
)

// Days of the serial number 0 (18.17.4.1). In the 1900 system that is two days
// before 1900 began, because it counts the 29 February that 1900 did not have.
var (
	epoch1900 = dayOf(1899, 12, 30)
	epoch1904 = dayOf(1904, 1, 1)
)

// dayOf numbers days from the first of January 1970.
func dayOf(y int, m time.Month, d int) int {
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsOfDay)
}

const secondsOfDay = 24 * 60 * 60

// Serial numbers below the first are before March 1900, where calendars differ;
// the last is the end of the year 9999.
const firstSerial, lastSerial = 61, 2_958_465

// dateText writes a serial number as a day, or as a day and a time without a zone.
func dateText(serial float64, epoch int) (string, bool) {
	if !(serial >= firstSerial && serial < lastSerial) {
		return "", false
	}
	day, part := math.Modf(serial)
	t := time.Unix((int64(epoch)+int64(day))*secondsOfDay+int64(math.Round(part*secondsOfDay)), 0).UTC()
	if part == 0 {
		return t.Format(time.DateOnly), true
	}
	return t.Format("2006-01-02T15:04:05"), true
}

// maxFormats bounds the cell formats of a workbook.
const maxFormats = 65_536

// dateFormats reads which cell formats show numbers as dates (18.8.10, 18.8.30).
func (b *book) dateFormats(part string) (dates []bool, err error) {
	custom := map[string]bool{}
	within := false
	err = b.walk(part, func(_ *xml.Decoder, t xml.Token) error {
		if e, ok := t.(xml.EndElement); ok && e.Name.Local == "cellXfs" {
			within = false
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "cellXfs":
			within = true
		case "numFmt":
			custom[attr(e, "numFmtId")] = showsDate(attr(e, "formatCode"))
		case "xf":
			if within {
				id := attr(e, "numFmtId")
				date, known := custom[id]
				dates = append(dates, known && date || !known && builtInDate(id))
			}
		}
		if len(dates) > maxFormats || len(custom) > maxFormats {
			return errFile("has more than %d cell formats; copy its cells to a new workbook", maxFormats)
		}
		return nil
	})
	return dates, err
}

// builtInDate reports whether a format that every workbook has shows a date.
func builtInDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58)
}

// showsDate reports whether a format code shows years or days: it has a y or d
// outside quotes and brackets.
func showsDate(code string) bool {
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case 'y', 'Y', 'd', 'D':
			return true
		case '\\', '_', '*': // the next character is shown, or left room for
			i++
		case '"':
			i = skipTo(code, i+1, '"')
		case '[':
			i = skipTo(code, i+1, ']')
		}
	}
	return false
}

// skipTo returns where the next c is from i on, or the end.
func skipTo(s string, i int, c byte) int {
	if i < len(s) {
		if n := strings.IndexByte(s[i:], c); n >= 0 {
			return i + n
		}
	}
	return len(s)
}

// attr returns an attribute of an element, or "".
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
