package demo

import (
	"embed"
	"strings"

	"mintmark/engine/registry"
)

// storyFiles hold a title as first line, and the text in Markdown.
//
//go:embed stories/*.md
var storyFiles embed.FS

// stories tells a story of the first product with stars of each good that has one.
func (p *province) stories() {
	told := map[string]bool{}
	for _, one := range p.products[:withStars] {
		key := one.good.key
		titleVI, textVI, ok := story(key, "vi")
		if !ok || told[key] {
			continue
		}
		told[key] = true
		titleEN, textEN, _ := story(key, "en")
		p.add(&registry.Story{Meta: p.next("CC"), Product: one.ID, TitleVI: titleVI, TitleEN: titleEN, TextVI: textVI, TextEN: textEN,
			Pictures: []string{pictureID("palms")}})
		p.support(one.unit, one.ID, "story", 35+len(told)*11, "Viết câu chuyện sản phẩm"+markVI)
	}
}

// story reads the story of a good in a language.
func story(key, lang string) (title, text string, ok bool) {
	data, err := storyFiles.ReadFile("stories/" + key + "." + lang + ".md")
	title, text, _ = strings.Cut(string(data), "\n")
	return strings.TrimPrefix(title, "# "), strings.TrimSpace(text), err == nil
}
