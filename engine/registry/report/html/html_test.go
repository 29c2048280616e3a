package html

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/document"
	"mintmark/engine/registry/report/reporttest"
)

func pageOf(t *testing.T, r *report.Report, l document.Lang, links ...Link) string {
	t.Helper()
	b, err := Page(document.New(r, l), links...)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPage looks at a page in both languages: it needs nothing from elsewhere, has no
// inline style and no script, and an awkward name stays text.
func TestPage(t *testing.T) {
	for _, l := range []document.Lang{document.VI, document.EN} {
		page := pageOf(t, reporttest.Sample(), l, Link{"?lang=en&format=pdf", "PDF <", "en"})
		for _, want := range []string{`<html lang="` + string(l) + `">`, `href="?lang=en&amp;format=pdf" lang="en">PDF &lt;</a>`, `role="img"`, `&lt;script&gt;`, `<th scope="col"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q", l, want)
			}
		}
		for _, never := range []string{"style=", "<script", "src=", "url(", "@import", "<img", "ZgotmplZ", "%!"} {
			if strings.Contains(page, never) {
				t.Errorf("%s: %q is in the page", l, never)
			}
		}
		seen := map[string]bool{}
		for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if seen[id[1]] {
				t.Errorf("%s: two elements have the id %s", l, id[1])
			}
			seen[id[1]] = true
		}
	}
}

// TestChartsHaveTables counts them: each chart stands before a table.
func TestChartsHaveTables(t *testing.T) {
	page := pageOf(t, reporttest.Sample(), document.VI)
	charts := strings.Count(page, "<svg")
	tables := regexp.MustCompile(`</svg>\s*<div class="scroll"`).FindAllString(page, -1)
	if charts != 8 || len(tables) != charts {
		t.Errorf("%d charts, %d with a table below", charts, len(tables))
	}
}

// TestStyleSource computes the hash as a browser does.
func TestStyleSource(t *testing.T) {
	page := pageOf(t, reporttest.Sample(), document.VI)
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	if want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; StyleSource != want {
		t.Errorf("%s, want %s", StyleSource, want)
	}
}

// TestEmpty looks at a report of nothing.
func TestEmpty(t *testing.T) {
	page := pageOf(t, reporttest.Empty(), document.VI)
	if !strings.Contains(page, "Không có.") || strings.Contains(page, "NaN") {
		t.Error(page)
	}
}
