package server

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/registry/linkset"
	"mintmark/engine/serial"
)

// The addresses /01/GTIN… and /414/GLN… that name no stamp, and those of a stamp with
// a wish for links, are answered here as the GS1-Conformant Resolver Standard has it.
// Nothing here is a scan: no code is looked at and nothing is said of one. See
// docs/decisions/013-links-are-no-scans.md.

const linksRoute = "links"

// isPlace reports whether a path begins like the address of a place.
func isPlace(path []byte) bool { return bytes.HasPrefix(path, []byte("/414/")) }

// isLink reports whether a path begins like a GS1 Digital Link of a product.
func isLink(path []byte) bool { return bytes.HasPrefix(path, []byte("/01/")) }

// wantsLinks reports whether a request for an address of a stamp asks for links
// instead: with the parameter linkType or the media type of linksets.
func wantsLinks(accept, query []byte) bool {
	if len(query) > 0 && bytes.Contains(query, []byte("linkType=")) && parameter(query, "linkType") != "" {
		return true
	}
	return bytes.Contains(accept, []byte("linkset")) && qualities(accept).linkset > 0
}

// accepted is the qualities, in thousandths, of the forms that links are answered
// in, as an Accept header names them.
type accepted struct{ html, json, ld, linkset int }

func qualities(accept []byte) (a accepted) {
	for len(accept) > 0 {
		var name []byte
		var q int
		name, q, accept = nextChoice(accept)
		switch strings.ToLower(string(name)) {
		case "text/html", "application/xhtml+xml":
			a.html = max(a.html, q)
		case "application/json":
			a.json = max(a.json, q)
		case linkset.MediaTypeLD:
			a.ld = max(a.ld, q)
		case linkset.MediaType:
			a.linkset = max(a.linkset, q)
		}
	}
	return a
}

// parameter returns the decoded value of the first parameter with a name, or "".
func parameter(query []byte, name string) string {
	for one := range bytes.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		if key, value, _ := bytes.Cut(one, []byte("=")); string(key) == name {
			text, err := url.QueryUnescape(string(value))
			if err != nil {
				return ""
			}
			return text
		}
	}
	return ""
}

// lookup is one request for links on its way.
type lookup struct {
	ctx      *fasthttp.RequestCtx
	query    []byte
	accept   accepted
	lang     language
	key      serial.Key
	registry *registry.Snapshot
	day      registry.Date
	links    linkset.Linkset
}

// page reports whether a browser asks.
func (l *lookup) page() bool {
	return l.accept.html > 0 && l.accept.html >= max(l.accept.json, l.accept.ld, l.accept.linkset)
}

// resolve answers a GS1 Digital Link with a page, JSON, links or a redirect.
func (s *Server) resolve(ctx *fasthttp.RequestCtx, path, query []byte) {
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderCacheControl, "no-store")
	h.Set(fasthttp.HeaderVary, "Accept, Accept-Language")
	h.Set(fasthttp.HeaderAccessControlAllowOrigin, "*")
	h.Set(fasthttp.HeaderAccessControlExposeHeaders, "Link, Location")
	l := &lookup{ctx: ctx, query: query, accept: qualities(ctx.Request.Header.Peek(fasthttp.HeaderAccept)),
		lang: languageOf(query, ctx.Request.Header.Peek(fasthttp.HeaderAcceptLanguage))}
	var err error
	switch {
	case ctx.IsGet() || ctx.IsHead():
		err = s.find(l, path)
	case ctx.IsOptions():
		h.Set(fasthttp.HeaderAllow, stampMethods)
		h.Set(fasthttp.HeaderAccessControlAllowMethods, stampMethods)
		ctx.SetStatusCode(fasthttp.StatusNoContent)
	default:
		h.Set(fasthttp.HeaderAllow, stampMethods)
		err = errMethod
	}
	if err != nil {
		s.failLookup(l, err)
	}
	s.metrics.request(linksRoute, ctx)
}

// find reads the key, looks it up and answers. Errors are those of ParseKey, and
// NotFound for what the registry does not know.
func (s *Server) find(l *lookup, path []byte) (err error) {
	if l.key, err = serial.ParseKey(path, l.query); err != nil {
		return err
	}
	l.registry = s.products.registry()
	l.day = registry.DateOf(s.engine.Now())
	if l.links = linkset.New(l.registry, s.engine.Base(), l.key, l.day); l.links == nil {
		return fault.New(fault.NotFound, "the registry knows nothing with this number; check it, digit by digit")
	}
	l.ctx.Response.Header.SetCanonical(keyLink, valueLinkset)
	switch linkType := parameter(l.query, "linkType"); linkType {
	case "":
		if l.accept.linkset > 0 && !l.page() {
			s.sendLinks(l, fasthttp.StatusOK, l.links, &linkTexts.all)
		} else {
			s.sendEntity(l)
		}
	case "linkset", "all":
		s.sendLinks(l, fasthttp.StatusOK, l.links, &linkTexts.all)
	default:
		s.follow(l, linkset.Expand(linkType))
	}
	return nil
}

// linksetLink leads from an answer to the links of the same address.
const linksetLink = `<?linkType=linkset>; rel="linkset"; type="` + linkset.MediaType + `"`

var (
	keyLink      = []byte("Link")
	valueLinkset = []byte(linksetLink)
)

// follow redirects to the link of a type. If there is none, all links are told; if
// the language does not choose between several, those.
func (s *Server) follow(l *lookup, uri string) {
	found := inLanguage(l.links.Find(uri), languageTags[l.lang])
	switch len(found) {
	case 0:
		s.sendLinks(l, fasthttp.StatusNotFound, l.links, &linkTexts.none)
	case 1:
		l.ctx.Response.Header.Set(fasthttp.HeaderLocation, s.withQuery(found[0].Href, l.query))
		l.ctx.SetStatusCode(fasthttp.StatusTemporaryRedirect)
	default:
		anchor := linkset.Context{Anchor: l.links[0].Anchor, Types: []linkset.Type{{URI: uri, Links: found}}}
		s.sendLinks(l, fasthttp.StatusMultipleChoices, linkset.Linkset{anchor}, &linkTexts.several)
	}
}

// inLanguage returns the links in a language, else those whose language is not
// known, else all.
func inLanguage(links []linkset.Link, tag string) []linkset.Link {
	for _, lang := range []string{tag, ""} {
		if some := slices.DeleteFunc(slices.Clone(links), func(l linkset.Link) bool { return l.Lang != lang }); len(some) > 0 {
			return some
		}
	}
	return links
}

// withQuery hands the query on to the target of a redirect, as the standard wants
// it, section 2.12. Pages of this server do not get the wish for a link again.
func (s *Server) withQuery(href string, query []byte) string {
	rest := string(query)
	if strings.HasPrefix(href, s.engine.Base()+"/") {
		params := slices.DeleteFunc(strings.FieldsFunc(rest, func(r rune) bool { return r == '&' || r == ';' }),
			func(p string) bool { return strings.HasPrefix(p, "linkType=") })
		rest = strings.Join(params, "&")
	}
	if rest == "" {
		return href
	}
	href, fragment, hasFragment := strings.Cut(href, "#")
	if strings.Contains(href, "?") {
		href += "&" + rest
	} else {
		href += "?" + rest
	}
	if hasFragment {
		href += "#" + fragment
	}
	return href
}

// describeResolver says what is answered here (GS1-Conformant Resolver Standard,
// section 3).
func (s *Server) describeResolver(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	ctx.Response.Header.Set(fasthttp.HeaderAccessControlAllowOrigin, "*")
	_, host, _ := strings.Cut(s.engine.Base(), "://")
	type namespace struct {
		Namespace string `json:"namespace"`
		Prefix    string `json:"prefix"`
	}
	return reply(ctx, fasthttp.StatusOK, struct {
		Name      string            `json:"name"`
		Root      string            `json:"resolverRoot"`
		Keys      []string          `json:"supportedPrimaryKeys"`
		LinkTypes []namespace       `json:"supportedLinkType"`
		Linkset   bool              `json:"linkTypeDefaultCanBeLinkset"`
		Contact   map[string]string `json:"contact"`
		Context   string            `json:"jsonLdContextLocation"`
	}{host, s.engine.Base(), serial.PrimaryKeys(), []namespace{{linkset.GS1, "gs1:"}, {linkset.Schema, "schema:"}}, false,
		map[string]string{"fn": host}, linkset.ContextURL})
}
