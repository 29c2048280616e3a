package server

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// colours returns the colours of the style sheet's two schemes.
func colours(t *testing.T) (light, dark map[string]string) {
	t.Helper()
	read := func(css string) map[string]string {
		out := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z]+): (#[0-9a-f]+);`).FindAllStringSubmatch(css, -1) {
			out[m[1]] = m[2]
		}
		return out
	}
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(styleSheet), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of colours", len(blocks))
	}
	light, dark = read(blocks[0][1]), read(blocks[0][1])
	for name, value := range read(blocks[1][1]) {
		dark[name] = value
	}
	return light, dark
}

// luminance and contrast are those of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 4 {
		hex = "#" + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:3], 2) + strings.Repeat(hex[3:4], 2)
	}
	sum := 0.0
	for i, share := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(hex, err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += share * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Text stands out from what is behind it by 4.5 to 1, and what must be seen to be
// used by 3 to 1, in both schemes (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	if got := contrast(t, "#000", "#ffffff"); got != 21 {
		t.Fatal("black on white:", got)
	}
	light, dark := colours(t)
	for name, c := range map[string]map[string]string{"light": light, "dark": dark} {
		check := func(least float64, front string, behind ...string) {
			t.Helper()
			for _, b := range behind {
				if c[front] == "" || c[b] == "" {
					t.Fatalf("no colour %s or %s", front, b)
				}
				if got := contrast(t, c[front], c[b]); got < least {
					t.Errorf("%s: %s on %s has %.2f, wanted %v", name, front, b, got, least)
				}
			}
		}
		check(4.5, "text", "page", "card", "soft")
		check(4.5, "muted", "page", "card", "soft")
		check(4.5, "link", "page", "card", "soft")
		check(4.5, "on", "good", "warn", "bad", "info")
		check(3, "edge", "page", "card")
		check(3, "focus", "page", "card")
		check(3, "star", "soft", "card")
		check(3, "alarm", "card")
	}
	used := regexp.MustCompile(`#[0-9a-f]{3,6}\b`).FindAllString(regexp.MustCompile(`(?s):root \{.*?\}`).ReplaceAllString(string(styleSheet), ""), -1)
	if len(used) > 0 {
		t.Error("colours that are not checked:", used)
	}
}
