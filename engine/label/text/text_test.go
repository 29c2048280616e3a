package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"nothing":         {"", ""},
		"composed":        {"Mật ong Đắk Lắk", "Mật ong Đắk Lắk"},
		"decomposed":      {"Ma\u0323\u0302t ong Đă\u0301k", "Mật ong Đắk"},
		"spaces around":   {"  a b ", "a b"},
		"every letter":    {string(vietnamese()), string(vietnamese())},
		"as long as can":  {strings.Repeat("ệ", MaxLen), strings.Repeat("ệ", MaxLen)},
		"other alphabets": {"Кофе Καφές", "Кофе Καφές"},
	} {
		if got, err := Check("product", c.in); got != c.want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, c := range map[string]struct{ in, says string }{
		"not UTF-8":       {"a\xff", "UTF-8"},
		"too long":        {strings.Repeat("a", MaxLen+1), "201 characters"},
		"control":         {"a\nb", "U+000A"},
		"invisible":       {"a\u200bb", "U+200B"},
		"override":        {"a\u202eb", "U+202E"},
		"separator":       {"a\u2028b", "U+2028"},
		"private":         {"a\ue000b", "U+E000"},
		"Hebrew":          {"שלום", "right to left"},
		"Arabic":          {"سلام", "right to left"},
		"Arabic digits":   {"٣", "right to left"},
		"lone mark":       {"x\u0323\u0301\u0302", "mark"},
		"Chinese":         {"蜂蜜", "lack"},
		"unassigned":      {"\U0001fbff", "U+1FBFF"},
		"replacement end": {"a\U000e0001", "not visible"},
	} {
		_, err := Check("product", c.in)
		if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "product" || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, which should say %q", name, err, c.says)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("Mật ong")
	f.Add("a\u0323\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Check("x", s)
		if err != nil {
			return
		}
		if again, err := Check("x", got); again != got || err != nil {
			t.Fatalf("%q became %q, then %q: %v", s, got, again, err)
		}
		for _, r := range got {
			if Regular.Glyph(r) == 0 || Bold.Glyph(r) == 0 {
				t.Fatalf("%q has no glyph", r)
			}
		}
	})
}

func TestWrap(t *testing.T) {
	w := func(s string) float64 { return Regular.Width(s) }
	for name, c := range map[string]struct {
		text, sep string
		width     float64
		max       int
		want      string // lines joined by |
		whole     bool
	}{
		"one line":         {"aa bb", " ", w("aa bb"), 2, "aa bb", true},
		"two lines":        {"aa bb", " ", w("aa bb") - 0.01, 2, "aa|bb", true},
		"even lines":       {"aa bb cc dd", " ", w("aa bb cc"), 2, "aa bb|cc dd", true},
		"too few lines":    {"aa aa aa", " ", w("aa"), 2, "aa|aa", false},
		"too wide a word":  {"aaaa b", " ", w("aaa"), 5, "", false},
		"behind full stop": {"tem.example.vn", ".", w("tem.example."), 2, "tem.|example.vn", true},
		"nothing":          {"", " ", 10, 2, "", true},
	} {
		lines, whole := Regular.Wrap(c.text, c.sep, c.width, c.max)
		if got := strings.Join(lines, "|"); got != c.want || whole != c.whole {
			t.Errorf("%s: %q, %v", name, got, whole)
		}
	}
}

func TestCut(t *testing.T) {
	w := func(s string) float64 { return Regular.Width(s) }
	for name, c := range map[string]struct {
		text  string
		width float64
		max   int
		want  string
	}{
		"fits":              {"aa bb", w("aa bb"), 1, "aa bb"},
		"one line":          {"aa bb cc", w("aa bb…"), 1, "aa bb…"},
		"last of two lines": {"aa aa aa aa", w("aa…"), 2, "aa|aa…"},
		"long word":         {"aaaaaaaa", w("aaa…"), 2, "aaa…"},
		"no room":           {"aaa", 0.1, 2, ""},
		"no dangling space": {"aa mmmm", w("aa …"), 1, "aa…"},
	} {
		if got := strings.Join(Regular.Cut(c.text, c.width, c.max), "|"); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestLinesFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zĐắêệơ]{1,12}`), 0, 12).Draw(t, "words")
		s := strings.Join(words, " ")
		width, max := rapid.Float64Range(0.1, 30).Draw(t, "width"), rapid.IntRange(1, 4).Draw(t, "max")
		wrapped, whole := Bold.Wrap(s, " ", width, max)
		cut := Bold.Cut(s, width, max)
		for _, lines := range [][]string{wrapped, cut} {
			for _, line := range lines {
				if Bold.Width(line) > width || !utf8.ValidString(line) || line == "" {
					t.Fatalf("line %q of %q in %g", line, s, width)
				}
			}
			if len(lines) > max {
				t.Fatalf("%d lines of %q, not %d", len(lines), s, max)
			}
		}
		all := strings.Join(cut, " ")
		if whole && (strings.Join(wrapped, " ") != s || all != s) {
			t.Fatalf("%q became %q and %q", s, wrapped, cut)
		}
		if kept, isCut := strings.CutSuffix(all, ellipsis); !whole && len(cut) > 0 && (!isCut || !strings.HasPrefix(s, kept)) {
			t.Fatalf("%q was cut to %q", s, cut)
		}
	})
}
