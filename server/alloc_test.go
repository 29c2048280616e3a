package server

import "testing"

// The way of a scan through the server allocates nothing: HEAD goes all of it
// but for the scan log, whose allocations are the engine's and shared by a
// group.
func TestVisitAllocatesNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes pools forget")
	}
	s := newSite(t)
	s.saveRegistry()
	_, known := s.active(`{"count":1,"gtin":"` + testGTIN + `","lot":"L12"}`)
	_, paths := s.active(`{"count":1,"product":"Cà phê \"Buôn\"","gtin":"4006381333931","lot":"L1"}`)
	for _, path := range []string{known[0], paths[0], "/S/" + lastCode(paths[0]), "/S/77777777777777777777", "/S/nonsense"} {
		for _, accept := range []string{"application/json", "text/html"} {
			ctx := direct("HEAD", path, accept)
			n := testing.AllocsPerRun(500, func() {
				ctx.Response.Reset()
				s.server.handle(ctx)
			})
			if n != 0 {
				t.Errorf("%s as %s: %v allocations", path, accept, n)
			}
			if ctx.Response.StatusCode() != 200 || len(ctx.Response.Body()) < 500 {
				t.Fatal(ctx.Response.String())
			}
		}
	}
}
