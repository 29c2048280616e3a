package table

import (
	"encoding/xml"
	"errors"
	"strconv"
	"strings"
)

// maxStrings bounds the shared strings of a workbook.
const maxStrings = (maxRows + 1) * maxColumns

// sharedStrings reads the texts that cells name by number (18.4.8).
func (b *book) sharedStrings(part string) (out []string, err error) {
	err = b.walk(part, func(d *xml.Decoder, t xml.Token) error {
		if e, ok := t.(xml.StartElement); !ok || e.Name.Local != "si" {
			return nil
		}
		text, err := richText(d)
		if errors.Is(err, errLong) {
			err = errFile("holds a text of more than %d bytes, which no cell takes", maxCell)
		}
		if len(out) == maxStrings {
			return errFile("has more than %d different texts; split it", maxStrings)
		}
		out = append(out, text)
		return err
	})
	return out, err
}

var errLong = errors.New("too long")

// richText reads up to the end of an element that holds text in runs (18.4.8,
// 18.3.1.53), without phonetic hints. A text of more than maxCell bytes is errLong.
func richText(d *xml.Decoder) (string, error) {
	var b strings.Builder
	text, hint := 0, 0 // how deep we are in elements t and rPh
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch e := t.(type) {
		case xml.StartElement:
			depth++
			if text > 0 || e.Name.Local == "t" {
				text++
			}
			if hint > 0 || e.Name.Local == "rPh" {
				hint++
			}
		case xml.EndElement:
			depth, text, hint = depth-1, max(text-1, 0), max(hint-1, 0)
		case xml.CharData:
			if text > 0 && hint == 0 {
				b.Write(e)
			}
			if b.Len() > maxCell {
				return "", errLong
			}
		}
	}
	return unescapeX(b.String()), nil
}

// chars reads the text up to the end of an element.
func chars(d *xml.Decoder) (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch e := t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			b.Write(e)
			if b.Len() > maxCell {
				return "", errLong
			}
		}
	}
	return b.String(), nil
}

// unescapeX replaces _xHHHH_ by the UTF-16 unit that it stands for (ST_Xstring,
// 22.9.2.19). Half of a surrogate pair stays as it is written.
func unescapeX(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if c, ok := escapeAt(s[i:]); ok {
			b.WriteRune(c)
			i += len("_xHHHH_")
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

func escapeAt(s string) (rune, bool) {
	if len(s) < 7 || s[:2] != "_x" || s[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil || n >= 0xD800 && n <= 0xDFFF {
		return 0, false
	}
	return rune(n), true
}
