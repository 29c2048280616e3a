package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdpnet "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"mintmark/engine"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// browser is one Chromium, and what it complained of.
type browser struct {
	t     *testing.T
	ctx   context.Context
	site  *site
	shots string // directory for screenshots, "" for none

	mu       sync.Mutex
	requests []string
	wrong    []string
}

// newBrowser starts Chromium. Screenshots go to the directory that
// MINTMARK_SCREENSHOTS names.
func newBrowser(t *testing.T, s *site) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
			t.Fatal("chromium is not installed; .ci/install gets it")
		}
		t.Skip("SKIPPED: chromium is not installed, so no browser has opened the pages; .ci/install gets it")
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.Headless,
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-default-apps", true),
		chromedp.Flag("disable-extensions", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-color-profile", "srgb")}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	ctx, timeout := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(func() { timeout(); cancel(); stop() })
	b := &browser{t: t, ctx: ctx, site: s, shots: os.Getenv("MINTMARK_SCREENSHOTS")}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	_, err1 := chromedp.Call(ctx, cdpnet.Enable, cdpnet.EnableParams{})
	_, err2 := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	_, err3 := chromedp.Call(ctx, runtime.Enable, cdp.Empty{})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return b
}

// listen notes every request and complaint.
func (b *browser) listen(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *cdpnet.EventRequestWillBeSent:
		b.requests = append(b.requests, ev.Request.URL)
		if !strings.HasPrefix(ev.Request.URL, b.site.url+"/") {
			b.wrong = append(b.wrong, "a request to "+ev.Request.URL)
		}
	case *log.EventEntryAdded:
		b.wrong = append(b.wrong, fmt.Sprintf("%s: %s %s", ev.Entry.Level, ev.Entry.Text, ev.Entry.URL))
	case *runtime.EventConsoleAPICalled:
		b.wrong = append(b.wrong, "the console was written to")
	case *runtime.EventExceptionThrown:
		b.wrong = append(b.wrong, ev.ExceptionDetails.Text)
	}
}

// take returns what was noted since.
func (b *browser) take() (requests, wrong []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	requests, wrong = b.requests, b.wrong
	b.requests, b.wrong = nil, nil
	return requests, wrong
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// view sets up a screen.
func (b *browser) view(width int64, l language, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.run(chromedp.EmulateViewport(width, 800))
	_, err1 := chromedp.Call(b.ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent: "Mozilla/5.0 (Linux; Android 14) Chrome", AcceptLanguage: languageTags[l]})
	_, err2 := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err := errors.Join(err1, err2); err != nil {
		b.t.Fatal(err)
	}
}

// eval returns what a script gives. The page itself may run none; this is the
// browser's own.
func eval[T any](b *browser, script string) T {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// look fails on anything a page must not do, and photographs it.
func (b *browser) look(name string) {
	b.t.Helper()
	if wide := eval[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		b.t.Errorf("%s: %d pixels too wide", name, wide)
	}
	if out := eval[string](b, overflowing); out != "" {
		b.t.Errorf("%s: sticks out: %s", name, out)
	}
	if small := eval[string](b, tooSmall); small != "" {
		b.t.Errorf("%s: too small to hit: %s", name, small)
	}
	if _, wrong := b.take(); len(wrong) > 0 {
		b.t.Errorf("%s: %q", name, wrong)
	}
	if b.shots != "" {
		shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(b.shots, name+".png"), shot, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
}

// overflowing names what of the text goes beyond the window.
const overflowing = `[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
	.map(e => e.tagName + ' ' + e.textContent.slice(0, 40)).join(', ')`

// tooSmall names what is pressed and smaller than 24 by 24 pixels; links within a
// sentence or list are excepted (WCAG 2.2, 2.5.8).
const tooSmall = `[...document.querySelectorAll('.bar a, button, input, textarea, summary')].filter(e => e.checkVisibility() && e.type !== 'hidden')
	.filter(e => { const r = e.getBoundingClientRect(); return r.width < 24 || r.height < 24 }).map(e => e.outerHTML.slice(0, 80)).join(', ')`

// states makes a stamp for every verdict and returns their paths.
func (s *site) states() map[store.Verdict]string {
	s.t.Helper()
	id, paths := s.mint(`{"count":10,"gtin":"` + testGTIN + `","lot":"L12","form":"gs1"}`)
	change := func(op, body string) { s.call("POST", "/v1/batches/"+id+"/"+op, body).want(s.t, 200) }
	change("spoil", `{"ranges":["5"],"reason":"torn"}`)
	change("activate", `{"ranges":["1-4","6-8"]}`)
	change("suspend", `{"ranges":["1"],"reason":"check"}`)
	change("expire", `{"ranges":["2"]}`)
	change("revoke", `{"ranges":["3"],"reason":"stolen"}`)
	for i := range 12 {
		s.do("GET", paths[3], "", "User-Agent: phone "+fmt.Sprint(i))
	}
	return map[store.Verdict]string{store.Malformed: "/S/ABC", store.UnknownCode: "/S/" + strings.Repeat("7", 20),
		store.Mismatch: strings.Replace(paths[5], "/10/L12/", "/10/L9/", 1), store.Revoked: paths[2], store.Spoiled: paths[4], store.Expired: paths[1],
		store.Suspended: paths[0], store.Inactive: paths[8], store.Suspicious: paths[3], store.Genuine: paths[5]}
}

// picture draws a picture of a product, in one of some colours.
func picture(shade int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 480, 360))
	for y := range 360 {
		for x := range 480 {
			dx, dy := x-240, y-190
			c := color.RGBA{uint8(214 + y/12), uint8(228 - y/20 - shade*20), uint8(206 - y/10 + shade*20), 255}
			if d := dx*dx + dy*dy*5/4; d < 130*130 {
				c = color.RGBA{uint8(104 + dx/6), uint8(74 - dy/8), 48, 255}
				if d < 105*105 {
					c = color.RGBA{250, 247, uint8(238 - d/700), 255}
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // memory takes it
	}
	return b.Bytes()
}

// savePictures puts pictures that the server has in the place of the test's.
func (s *site) savePictures(records []registry.Record) []registry.Record {
	s.t.Helper()
	var ids []string
	for i := range testPictures {
		id, err := s.engine.SavePicture(context.Background(), picture(i), engine.Actor{Name: "test"})
		if err != nil {
			s.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, r := range records {
		switch r := r.(type) {
		case *registry.Product:
			r.Pictures = ids
		case *registry.Story:
			r.Pictures = ids[1:2]
		}
	}
	return records
}

// saveRegistry writes the full records, with pictures, to the site's registry.
func (s *site) saveRegistry() {
	s.t.Helper()
	var edits []registry.Edit
	for _, r := range s.savePictures(fullRecords()) {
		edits = append(edits, registry.Edit{Record: r})
	}
	_, problems, err := s.engine.EditRegistry(context.Background(), edits, "test", engine.Actor{Name: "test"}, false)
	if err != nil || len(problems) > 0 {
		s.t.Fatal(err, problems)
	}
}

// A real browser shows every verdict in both languages on a small and a large screen
// in both schemes: nothing sticks out, nothing is complained of, nothing comes from
// elsewhere.
func TestChromium(t *testing.T) {
	s := newSite(t)
	s.saveRegistry()
	paths := s.states()
	b := newBrowser(t, s)
	for _, width := range []int64{320, 360, 1280} {
		for l := range numLanguages {
			for _, dark := range []bool{false, true} {
				b.view(width, l, dark)
				for v := range store.NumVerdicts {
					chosen := v == store.Genuine || v == store.Suspicious || v == store.Revoked
					if dark && width != 360 || (dark || width == 320) && !chosen {
						continue
					}
					b.run(chromedp.Navigate(s.url + paths[v]))
					name := fmt.Sprintf("%s-%s-%d", v, languageTags[l], width)
					if dark {
						name += "-dark"
					}
					if got := eval[string](b, `[...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).map(e => e.textContent).join()`); got != phrases[v][l].title {
						t.Errorf("%s: the heading is %q", name, got)
					}
					b.look(name)
				}
			}
		}
	}
}

// The other language is a link away, and the server is asked for nothing: the scan
// is counted once.
func TestChromiumSwitch(t *testing.T) {
	s := newSite(t)
	s.saveRegistry()
	path := s.states()[store.Genuine]
	b := newBrowser(t, s)
	b.view(360, vietnamese, false)
	b.run(chromedp.Navigate(s.url + path))
	visible := `[...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).map(e => e.textContent).join()`
	if requests, _ := b.take(); len(requests) < 2 || !strings.HasSuffix(requests[0], path) {
		t.Fatal(requests)
	}
	for _, l := range []language{english, vietnamese, english} {
		b.run(chromedp.Click(chromedp.CSS(`article[lang=` + languageTags[1-l] + `] .bar a[lang=` + languageTags[l] + `]`)))
		if got := eval[string](b, visible); got != phrases[store.Genuine][l].title {
			t.Errorf("%s: the heading is %q", languageTags[l], got)
		}
		if top := eval[float64](b, `scrollY`); top != 0 {
			t.Error("scrolled to", top)
		}
	}
	requests, wrong := b.take()
	for _, r := range requests {
		if !strings.Contains(r, "/pictures/") && !strings.HasSuffix(r, "/favicon.ico") {
			t.Error("the switch asked for", r)
		}
	}
	if len(wrong) > 0 {
		t.Error(wrong)
	}
	if got := s.scansOf(path); got != 1 {
		t.Errorf("%d scans", got)
	}
	b.run(chromedp.Navigate("about:blank"), chromedp.Navigate(s.url+path+"#vi"))
	if got := eval[string](b, visible); got != phrases[store.Genuine][vietnamese].title {
		t.Errorf("an address with a language: %q", got)
	}
}

// Records that are full of HTML, long words and letters of other directions do not
// break the layout.
func TestChromiumHostile(t *testing.T) {
	s := newSite(t)
	path := s.states()[store.Genuine]
	b := newBrowser(t, s)
	for i, text := range hostile {
		s.withRegistry(s.savePictures(hostileRecords(text, hostileStories[i%len(hostileStories)]))...)
		b.view(360, language(i)%numLanguages, i%4 > 1)
		b.run(chromedp.Navigate(s.url + path))
		b.look(fmt.Sprint("hostile-", i))
	}
}

// A buyer reports a stamp; one whose photo is too large is told so.
func TestChromiumReport(t *testing.T) {
	s := newSite(t)
	path := s.states()[store.Genuine]
	b := newBrowser(t, s)
	large, small := filepath.Join(t.TempDir(), "large.jpg"), filepath.Join(t.TempDir(), "small.png")
	if err := errors.Join(os.WriteFile(large, make([]byte, 9<<20), 0o600), os.WriteFile(small, picture(0), 0o600)); err != nil {
		t.Fatal(err)
	}
	const form = `article[lang=vi] .report `
	b.view(360, vietnamese, false)
	b.run(chromedp.Navigate(s.url+path), chromedp.Click(chromedp.CSS(form+"summary")), chromedp.SendKeys(chromedp.CSS(form+"textarea"), "Tem bị dán lại"),
		chromedp.SetUploadFiles(chromedp.CSS(form+"[type=file]"), []string{large}))
	b.look("report-vi-360")
	b.run(chromedp.Click(chromedp.CSS(form+"button")), chromedp.WaitVisible(chromedp.CSS(`article.warn[lang=vi] h1`)))
	if got := eval[string](b, `document.querySelector('h1 + p').textContent`); got != reportProblems["photo"][vietnamese] {
		t.Error("a photo that is too large:", got)
	}
	b.take() // the browser notes the status
	b.look("report-failed-vi-360")
	b.run(chromedp.SendKeys(chromedp.CSS(form+"textarea"), "Tem bị dán lại"), chromedp.SetUploadFiles(chromedp.CSS(form+"[type=file]"), []string{small}),
		chromedp.Click(chromedp.CSS(form+"button")), chromedp.WaitVisible(chromedp.CSS(`article.good[lang=vi] h1`)))
	b.look("report-thanks-vi-360")
	if list := s.reported(""); len(list) != 1 || list[0]["text"] != "Tem bị dán lại" || list[0]["photo_bytes"] == nil {
		t.Error(list)
	}
}
