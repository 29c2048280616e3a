package table

import "strings"

// formulaStarts are the characters that make some spreadsheet take a cell of CSV
// for a formula (OWASP, "CSV Injection"), and the apostrophe, so that guarding can
// be undone.
const formulaStarts = "=+-@\t\r\n＝＋－＠'"

// guard returns a text as CSV holds it: with an apostrophe before it if it begins
// with one of formulaStarts. Spreadsheets show the apostrophe.
func guard(s string) string {
	if strings.IndexAny(s, formulaStarts) == 0 {
		return "'" + s
	}
	return s
}

// unguard undoes guard. A text that guard would not have made stays as it is.
func unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && strings.IndexAny(rest, formulaStarts) == 0 {
		return rest
	}
	return s
}
