package server

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"mintmark/engine"
	"mintmark/engine/registry"
	"mintmark/engine/registry/demo"
)

// A real browser shows the report of the demonstration province in both languages, on
// a small and a large screen, in both schemes. Wide tables scroll by themselves.
func TestChromiumProvinceReport(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.server.PublicReport = true })
	by := engine.Actor{Name: "test"}
	for _, p := range demo.Pictures() {
		if _, err := s.engine.SavePicture(context.Background(), p, by); err != nil {
			t.Fatal(err)
		}
	}
	var edits []registry.Edit
	for _, r := range demo.Province(s.engine.Now()) {
		edits = append(edits, registry.Edit{Record: r})
	}
	if _, problems, err := s.engine.EditRegistry(context.Background(), edits, "test", by, false); err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	_, paths := s.active(`{"count":40,"product":"Dừa sáp Cồn Nắng (minh hoạ)"}`)
	s.mint(`{"count":25,"product":"<script>alert(1)</script> Tên rất dài, rất dài, rất dài và không có trong sổ đăng ký"}`)
	for _, path := range paths[:9] {
		s.do("GET", path, "")
	}
	b := newBrowser(t, s)
	for _, width := range []int64{360, 1280} {
		for l := range numLanguages {
			for _, dark := range []bool{false, true} {
				b.view(width, l, dark)
				b.run(chromedp.Navigate(s.url + publicReportPath))
				b.lookReport(fmt.Sprintf("province-%s-%d-%v", languageTags[l], width, dark), l)
			}
		}
	}
}

// outside names what goes beyond the window, but for what is in a table that scrolls.
const outside = `[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.scroll *') && e.getBoundingClientRect().right > innerWidth + 1)
	.map(e => e.tagName + ' ' + e.textContent.slice(0, 40)).join(', ')`

// crowded names the labels of charts that run into each other.
const crowded = `[...document.querySelectorAll('svg')].flatMap(svg => {
	const boxes = [...svg.querySelectorAll('text')].filter(e => e.checkVisibility()).map(e => [e.textContent, e.getBoundingClientRect()]);
	return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([, q]) => p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 2 && q.top < p.bottom - 2).map(([b]) => a + ' | ' + b)) }).join(', ')`

// lookReport fails on what a report must not do, and photographs it.
func (b *browser) lookReport(name string, l language) {
	b.t.Helper()
	for what, script := range map[string]string{"sticks out": outside, "run into each other": crowded,
		"too small to hit":           `[...document.querySelectorAll('nav a, summary')].filter(e => e.getBoundingClientRect().height < 24).map(e => e.textContent).join(', ')`,
		"cannot be scrolled by keys": `[...document.querySelectorAll('.scroll')].filter(e => e.tabIndex != 0 || !e.ariaLabel).length || ''`,
		"is no picture":              `[...document.querySelectorAll('svg')].filter(e => e.getAttribute('role') != 'img' || !e.querySelector('title').textContent || e.getBoundingClientRect().width < 200).length || ''`,
	} {
		if got := eval[string](b, `String(`+script+`)`); got != "" {
			b.t.Errorf("%s: %s: %s", name, what, got)
		}
	}
	if lang, charts := eval[string](b, `document.documentElement.lang`), eval[int](b, `document.querySelectorAll('svg').length`); lang != languageTags[l] || charts != 8 {
		b.t.Errorf("%s: in %s, with %d charts", name, lang, charts)
	}
	if color := eval[string](b, `getComputedStyle(document.querySelector('.t0')).fill`); color == "rgb(0, 0, 0)" {
		b.t.Errorf("%s: the charts are not painted", name)
	}
	if _, wrong := b.take(); len(wrong) > 0 {
		b.t.Errorf("%s: %q", name, wrong)
	}
	if b.shots != "" {
		shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(b.shots, name+".png"), shot, 0o600)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
}
