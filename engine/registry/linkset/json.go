package linkset

import (
	"bytes"
	"encoding/json"
)

// The media types that JSON answers with.
const (
	MediaType   = "application/linkset+json" // RFC 9264, section 4.2
	MediaTypeLD = "application/ld+json"
)

// ContextURL is the JSON-LD context of linksets (GS1-Conformant Resolver Standard,
// section 2.10).
const ContextURL = "https://ref.gs1.org/standards/resolver/linkset-context"

// target is a target object (RFC 9264, section 4.2.3).
type target struct {
	Href     string   `json:"href"`
	Title    string   `json:"title"`
	Type     string   `json:"type"`
	Hreflang []string `json:"hreflang,omitempty"`
}

// JSON returns the linkset as RFC 9264 has it, section 4.2; ld puts the JSON-LD
// context into it.
func (l Linkset) JSON(ld bool) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	if ld {
		b.WriteString(`"@context":` + quote(ContextURL) + ",")
	}
	b.WriteString(`"linkset":[`)
	for i, c := range l {
		if i > 0 {
			b.WriteByte(',')
		}
		c.write(&b)
	}
	b.WriteString("]}")
	return b.Bytes()
}

// write writes a link context object (RFC 9264, section 4.2.2).
func (c *Context) write(b *bytes.Buffer) {
	b.WriteString(`{"anchor":` + quote(c.Anchor))
	for _, t := range c.Types {
		b.WriteString("," + quote(t.URI) + ":")
		targets := make([]target, len(t.Links))
		for i, one := range t.Links {
			targets[i] = target{Href: one.Href, Title: one.Title, Type: one.Media}
			if one.Lang != "" {
				targets[i].Hreflang = []string{one.Lang}
			}
		}
		b.Write(encode(targets))
	}
	b.WriteByte('}')
}

func quote(s string) string { return string(encode(s)) }

// encode writes JSON for programs, where "&" needs no escape.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // texts always encode
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
