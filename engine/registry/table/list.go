package table

import "strings"

// joinList writes a list into one cell: items joined by "; ". Within an item a
// backslash stands before a backslash, a semicolon, and a space or tab at its ends;
// \n and \r are a line feed and a carriage return.
func joinList(items []string) string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = escapeItem(item)
	}
	return strings.Join(out, "; ")
}

var itemEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, "\n", `\n`, "\r", `\r`)

func escapeItem(s string) string {
	if core := strings.Trim(s, " \t"); core != s {
		lead := s[:len(s)-len(strings.TrimLeft(s, " \t"))]
		tail := s[len(lead)+len(core):]
		return escapeEach(lead) + itemEscapes.Replace(core) + escapeEach(tail)
	}
	return itemEscapes.Replace(s)
}

// escapeEach puts a backslash before every byte.
func escapeEach(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte('\\')
		b.WriteByte(s[i])
	}
	return b.String()
}

// splitList reads what joinList wrote, and what people write: items on lines of
// their own or behind semicolons, with blanks around them and with empty ones,
// which are left out. It says what is wrong, or "".
func splitList(s string) (items []string, wrong string) {
	var item strings.Builder
	solid := 0 // bytes of item up to the last that is no blank or is escaped
	end := func() {
		if solid > 0 {
			items = append(items, item.String()[:solid])
		}
		item.Reset()
		solid = 0
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ';' || c == '\n' || c == '\r':
			end()
		case (c == ' ' || c == '\t') && item.Len() == 0:
		case c == '\\':
			i++
			if i == len(s) || !strings.ContainsRune("\\;nr \t", rune(s[i])) {
				return nil, `has a \ that stands for nothing; write \\ for a backslash and \; for a semicolon`
			}
			item.WriteByte(unescape(s[i]))
			solid = item.Len()
		default:
			item.WriteByte(c)
			if c != ' ' && c != '\t' {
				solid = item.Len()
			}
		}
	}
	end()
	return items, ""
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	}
	return c
}
