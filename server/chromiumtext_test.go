package server

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// smallSign gives the width that is left in the circle for the sign of a verdict,
// in pixels.
const smallSign = `[...document.querySelectorAll('header svg')].filter(e => e.checkVisibility()).map(e => {
	const s = getComputedStyle(e); return parseFloat(s.width) - 2 * parseFloat(s.paddingLeft) - 2 * parseFloat(s.borderLeftWidth) })[0]`

// askew names facts whose name and value do not stand on one line.
const askew = `[...document.querySelectorAll('dt')].filter(e => e.checkVisibility()).filter(e => {
	const line = n => { const r = document.createRange(); r.selectNodeContents(n); const b = r.getClientRects()[0]; return (b.top + b.bottom) / 2 };
	return Math.abs(line(e) - line(e.nextElementSibling)) > 5 }).map(e => e.textContent).join(', ')`

// Text of twice the size, as phones can be set to show it, still fits, and the sign of
// the verdict is still seen (WCAG 2.2, 1.4.4).
func TestChromiumLargeText(t *testing.T) {
	s := newSite(t)
	paths := s.states()
	records := s.savePictures(fullRecords())
	for _, r := range records {
		if r, ok := r.(*registry.Recognition); ok {
			r.Stars = 5
		}
	}
	s.withRegistry(records...)
	b := newBrowser(t, s)
	for l := range numLanguages {
		b.view(360, l, false)
		for v := range store.NumVerdicts {
			b.run(chromedp.Navigate(s.url + paths[v]))
			eval[string](b, `document.documentElement.style.fontSize = '200%'`)
			if px := eval[float64](b, smallSign); px < 20 {
				t.Errorf("%s: %v pixels are left for the sign", v, px)
			}
			b.look(fmt.Sprintf("large-%s-%s", v, languageTags[l]))
		}
	}
}

// On a large screen each fact stands beside its name, the first one too.
func TestChromiumFacts(t *testing.T) {
	s := newSite(t)
	s.saveRegistry()
	paths := s.states()
	b := newBrowser(t, s)
	b.view(1280, vietnamese, false)
	for _, v := range []store.Verdict{store.Genuine, store.Revoked} {
		b.run(chromedp.Navigate(s.url + paths[v]))
		if names := eval[string](b, askew); names != "" {
			t.Errorf("%s: not on one line: %s", v, names)
		}
	}
}

// Stories that are full of HTML and links are shown, and do nothing.
func TestChromiumHostileStories(t *testing.T) {
	s := newSite(t)
	path := s.states()[store.Genuine]
	b := newBrowser(t, s)
	b.view(360, english, false)
	for i, text := range hostileStories {
		records := s.savePictures(fullRecords())
		for _, r := range records {
			if story, ok := r.(*registry.Story); ok {
				story.TextVI, story.TextEN = text, text
			}
		}
		s.withRegistry(records...)
		b.run(chromedp.Navigate(s.url + path))
		if n := eval[int](b, `[...document.querySelectorAll('.story')].filter(e => e.checkVisibility()).length`); n != 1 {
			t.Errorf("%d stories are shown of %.40q", n, text)
		}
		b.look(fmt.Sprint("hostile-story-", i))
	}
}
