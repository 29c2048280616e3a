// Package linkset says which links a GS1 Digital Link leads to: those that the
// registry holds for a product or a place, and the sections of its own page here.
// It writes them as RFC 9264 JSON with the link types of the GS1 Web Vocabulary
// (https://ref.gs1.org/voc/).
package linkset

import (
	"strings"

	"mintmark/engine/registry"
	"mintmark/engine/serial"
)

// Namespaces of link types, each with the prefix that requests may write.
const (
	GS1    = "https://ref.gs1.org/voc/"
	Schema = "https://schema.org/"
)

// The link types that are written.
const (
	Default       = GS1 + "defaultLink"
	Page          = GS1 + "pip" // product information page
	Traceability  = GS1 + "traceability"
	Certification = GS1 + "certificationInfo"
	Ingredients   = GS1 + "ingredientsInfo"
	Instructions  = GS1 + "instructions"
	Safety        = GS1 + "safetyInfo"
	Retailers     = GS1 + "hasRetailers"
	Homepage      = GS1 + "homepage"
	Story         = Schema + "subjectOf" // GS1 has no type for a story
)

// The sections of a page, as the fragments of its address name them.
const (
	SectionTraceability  = "stages"
	SectionCertification = "stars"
	SectionIngredients   = "ingredients"
	SectionInstructions  = "instructions"
	SectionSafety        = "warnings"
	SectionStory         = "story"
)

// Linkset is the links of one request: the most specific anchor first.
type Linkset []Context

// Context is the links of one anchor, an absolute URL.
type Context struct {
	Anchor string
	Types  []Type
}

// Type is the links of one type, a URL; there is at least one.
type Type struct {
	URI   string
	Links []Link
}

// Link is a target. Lang is "vi", "en", or "" where that is not known.
type Link struct {
	Href  string
	Title string
	Media string // type
	Lang  string
}

// Product returns the product that a key names, or nil.
func Product(s *registry.Snapshot, key serial.Key) *registry.Product {
	if gtin := key.Get("01"); gtin != "" {
		return s.ByGTIN(gtin)
	}
	return nil
}

// New returns the links of a key on a day, nil if the registry knows nothing of
// it. Base is the address of this server. A serial is left out: links are of the
// product and its lot, and say nothing of a stamp.
func New(s *registry.Snapshot, base string, key serial.Key, day registry.Date) Linkset {
	if p := Product(s, key); p != nil {
		b := &builder{s: s, base: base, nameVI: p.NameVI, nameEN: or(p.NameEN, p.NameVI)}
		return b.product(p, key.Get("10"), day)
	}
	if o := s.ByGLN(key.Get("414")); o != nil {
		b := &builder{s: s, base: base, nameVI: o.NameVI, nameEN: or(o.NameEN, o.NameVI)}
		return b.place(o, key)
	}
	return nil
}

// Find returns the links of a type at the most specific anchor that has any.
func (l Linkset) Find(uri string) []Link {
	for _, c := range l {
		for _, t := range c.Types {
			if t.URI == uri {
				return t.Links
			}
		}
	}
	return nil
}

// prefixes are what link types may begin with in requests. The GS1 Web Vocabulary
// has answered at the other two addresses before.
var prefixes = []struct{ written, uri string }{
	{"gs1:", GS1}, {"https://gs1.org/voc/", GS1}, {"http://gs1.org/voc/", GS1}, {GS1, GS1},
	{"schema:", Schema}, {"http://schema.org/", Schema}, {Schema, Schema},
}

// Expand returns the URL of a link type that is written in full or with a prefix,
// and "" for one of an unknown namespace.
func Expand(linkType string) string {
	for _, p := range prefixes {
		if name, ok := strings.CutPrefix(linkType, p.written); ok && name != "" {
			return p.uri + name
		}
	}
	return ""
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
