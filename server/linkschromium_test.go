package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestChromiumLinks: a real browser shows the pages of a product, of a place and of
// links like those of stamps, and a link to a section shows that section.
func TestChromiumLinks(t *testing.T) {
	s := newSite(t)
	s.saveRegistry()
	b := newBrowser(t, s)
	product, place := "/01/"+testGTIN, "/414/9520000000042"
	for i, path := range []string{product, product + "/10/L12", place, product + "?linkType=linkset", place + "?linkType=all"} {
		for _, width := range []int64{360, 1280} {
			l := language(i) % numLanguages
			b.view(width, l, i%2 == 1)
			b.run(chromedp.Navigate(s.url + path))
			b.look(fmt.Sprintf("links-%d-%s-%d", i, languageTags[l], width))
		}
	}
	b.view(360, english, false)
	a := s.do("GET", product+"?linkType=gs1:traceability", "", "Accept-Language: en").want(t, 307)
	b.run(chromedp.Navigate(s.url + strings.TrimPrefix(a.header.Get("Location"), linkBase)))
	seen := `[...document.querySelectorAll('#stages')].filter(e => e.checkVisibility() && e.getBoundingClientRect().top < innerHeight / 2).length`
	if n := eval[int](b, seen); n != 1 || eval[float64](b, `scrollY`) == 0 {
		t.Error("the link does not lead to the stages")
	}
	b.look("links-stages")
}

// TestChromiumHostileLinks: nor do hostile records break these pages.
func TestChromiumHostileLinks(t *testing.T) {
	s := newSite(t)
	b := newBrowser(t, s)
	b.view(360, english, false)
	for i, text := range hostile {
		s.withRegistry(s.savePictures(hostileRecords(text, hostileStories[i%len(hostileStories)]))...)
		query := []string{"", "?linkType=linkset"}[i%2]
		a := s.do("GET", "/01/"+testGTIN+query, "", "Accept: text/html").want(t, 200)
		if len(a.body) > maxPageBytes {
			t.Errorf("%d%s: %d bytes", i, query, len(a.body))
		}
		b.run(chromedp.Navigate(s.url + "/01/" + testGTIN + query))
		b.look(fmt.Sprint("hostile-links-", i, query))
	}
}
