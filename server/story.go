package server

import (
	"bytes"
	"strconv"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"mintmark/engine/registry"
	"mintmark/engine/registry/linkset"
)

const (
	maxMarkdown = 24 << 10 // bytes of a story that are read
	maxNesting  = 12       // of its quotations and lists; a deeper story is shown as plain text
)

// markdown turns CommonMark into HTML; what HTML it holds itself is left out.
var markdown = goldmark.New()

// story writes the product's story: as many of its paragraphs as there is room for.
func (w *productWriter) story() {
	all := registry.Of[registry.Story](w.snapshot, w.product)
	if len(all) == 0 {
		return
	}
	s := all[0]
	l, source := vietnamese, s.TextVI
	if w.lang == english && s.TextEN != "" || source == "" {
		l, source = english, s.TextEN
	}
	w.raw(`<section class="more story"` + w.id(linkset.SectionStory) + `><p class="label">` + w.text.story + `</p><h3>`)
	w.local(s.TitleVI, s.TitleEN, maxLine)
	w.raw(`</h3>`)
	w.optional(func() { w.storyPictures(s) })
	w.raw(`<div lang="` + languageTags[l] + `" dir="auto">`)
	whole := w.markdown(source, w.room()-len(`<p></p></div></section>`)-len(w.text.shortened))
	if !whole {
		w.raw(`<p>` + w.text.shortened + `</p>`)
	}
	w.raw(`</div></section>`)
}

func (w *productWriter) storyPictures(s *registry.Story) {
	shown := w.known(s.Pictures)
	if len(shown) == 0 {
		return
	}
	w.raw(`<figure>`)
	for i, p := range shown {
		w.picture(p, w.text.storyPicture, ` `+strconv.Itoa(i+1), ` loading="lazy"`)
	}
	w.raw(`</figure>`)
}

// markdown writes the blocks of a text that fit into limit bytes, and reports
// whether they are all.
func (w *productWriter) markdown(source string, limit int) (whole bool) {
	var shown bytes.Buffer
	for _, r := range clip(source, maxMarkdown) {
		if visible(r) || r == '\t' {
			shown.WriteRune(r)
		}
	}
	src := shown.Bytes()
	doc := markdown.Parser().Parse(text.NewReader(src))
	if depth(doc) > maxNesting {
		w.raw(`<p class="text">`)
		w.b = appendClipped(w.b, shown.String(), min(maxText, limit-len(`<p class="text"></p>`)))
		w.raw(`</p>`)
		return len(src) <= maxText
	}
	tame(doc, src)
	for block := doc.FirstChild(); block != nil; block = block.NextSibling() {
		var out bytes.Buffer
		// Writing to memory cannot fail.
		_ = markdown.Renderer().Render(&out, src, block)
		if limit -= out.Len(); limit < 0 {
			return false
		}
		w.b = append(w.b, out.Bytes()...)
	}
	return len(source) <= maxMarkdown
}

// depth returns how deep blocks are nested.
func depth(n ast.Node) int {
	deepest, at := 0, 0
	// The walker returns no error of its own.
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			at++
			deepest = max(deepest, at)
		} else {
			at--
		}
		return ast.WalkContinue, nil
	})
	return deepest
}

// tame takes from a story what could lead or load elsewhere unseen: pictures become
// their words, links that are not to web pages their text, and the others pass on no
// standing and no window. Headings come below the story's own.
func tame(doc ast.Node, src []byte) {
	var nodes []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			nodes = append(nodes, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range nodes {
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = 4
		case *ast.Image:
			unwrap(n)
		case *ast.Link:
			n.Title = nil
			if isWeb(string(n.Destination)) {
				n.SetAttributeString("rel", []byte("nofollow noopener"))
			} else {
				unwrap(n)
			}
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkURL && isWeb(string(n.URL(src))) {
				n.SetAttributeString("rel", []byte("nofollow noopener"))
			} else {
				n.Parent().ReplaceChild(n.Parent(), n, ast.NewString(n.Label(src)))
			}
		case *ast.RawHTML:
			n.Parent().RemoveChild(n.Parent(), n)
		case *ast.HTMLBlock:
			n.Parent().RemoveChild(n.Parent(), n)
		}
	}
}

// unwrap puts the children of a node in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for child := n.FirstChild(); child != nil; child = n.FirstChild() {
		n.RemoveChild(n, child)
		parent.InsertBefore(parent, n, child)
	}
	parent.RemoveChild(parent, n)
}
