package chart

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// SVG writes a drawing as an element of an HTML page, as wide as the space it is
// put in. The id must be unique on the page. Nothing in it is a style or a script:
// the style sheet paints the classes "t0" to "t6" by Tone, shows one of the texts
// "narrow" and "wide", and texts have the colour of the text around them.
func (d *Drawing) SVG(id string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" role="img" aria-labelledby="%s-t %s-d" width="100%%" height="%s"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		id, id, pixels(d.Height), id, html.EscapeString(d.Title), id, html.EscapeString(d.Desc))
	for _, r := range d.Rects {
		fmt.Fprintf(&b, `<rect class="t%d" x="%s" y="%s" width="%s" height="%s"/>`, r.Tone, percent(r.X), pixels(r.Y), percent(r.W), pixels(r.H))
	}
	for _, t := range d.Texts {
		if t.Short == "" {
			t.svg(&b, "", t.Text)
			continue
		}
		t.svg(&b, ` class="narrow"`, t.Short)
		t.svg(&b, ` class="wide"`, t.Text)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

func (t *Text) svg(b *strings.Builder, attribute, text string) {
	if t.Muted {
		attribute += ` opacity=".8"`
	}
	fmt.Fprintf(b, `<text x="%s" dx="%s" y="%s" font-size="%s" fill="currentColor" text-anchor="%s"%s>%s</text>`,
		percent(t.X), pixels(t.Shift), pixels(t.Y), pixels(t.Size), [...]string{"start", "end"}[t.Anchor], attribute, html.EscapeString(text))
}

func pixels(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func percent(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v*100, 'f', 3, 64), "0"), ".") + "%"
}
