package chart

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestBars(t *testing.T) {
	d := Bars{Title: "T", Series: []string{"a", "b"}, Rows: []Bar{
		{"one", "4", []float64{1, 3}}, {"two", "2", []float64{0, 2}}, {"none", "0", []float64{0, 0}},
	}}.Draw()
	var got []Rect
	for _, r := range d.Rects[2:] { // behind the legend
		if r.Tone != Track {
			got = append(got, r)
		}
	}
	if len(got) != 3 || got[0].W != 0.25 || got[1].X != 0.25 || got[1].W != 0.75 || got[2].W != 0.5 || got[2].Tone != Second {
		t.Error(got)
	}
}

func TestProgress(t *testing.T) {
	d := Progress{Rows: []Step{{"a", "5 / 10", 5, 10, 0}, {"b", "72 %", 72, 70, 100}, {"c", "20 / 10", 20, 10, 0}, {"d", "0 / 3", 0, 3, 0}}}.Draw()
	var bars, goals []float64
	for _, r := range d.Rects {
		switch r.Tone {
		case First:
			bars = append(bars, r.W)
		case Goal:
			goals = append(goals, r.X)
		}
	}
	if len(bars) != 3 || bars[0] != 0.5 || bars[1] != 0.72 || bars[2] != 1 || len(goals) != 4 || goals[0] != 0.992 || goals[1] != 0.7 || goals[2] != 0.5 {
		t.Error(bars, goals)
	}
}

func TestRoundUp(t *testing.T) {
	for v, want := range map[float64]float64{0: 2, 1: 2, 3: 4, 5: 8, 9: 10, 10: 10, 11: 20, 41: 50, 51: 80, 99: 100, 1_050_000: 2_000_000} {
		if got := roundUp(v); got != want {
			t.Errorf("%v: %v, want %v", v, got, want)
		}
	}
}

// TestSVG looks at any chart: it is well formed, stays inside its box, and says
// what it was given and nothing else.
func TestSVG(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(0, 1e12)
		text := rapid.StringOfN(rapid.RuneFrom([]rune(`aế<>&"' –`)), 0, 50, -1)
		n := rapid.IntRange(1, 4).Draw(t, "series")
		series := rapid.SliceOfN(text, n, n).Draw(t, "names")
		var bars Bars
		var columns Columns
		var progress Progress
		for range rapid.IntRange(0, 24).Draw(t, "rows") {
			values := rapid.SliceOfN(value, n, n).Draw(t, "values")
			label := text.Draw(t, "label")
			bars.Rows = append(bars.Rows, Bar{label, "9", values})
			columns.Groups = append(columns.Groups, Group{label, values})
			progress.Rows = append(progress.Rows, Step{label, "9", values[0], rapid.Float64Range(1, 1e9).Draw(t, "goal"), 0})
		}
		bars.Series, columns.Series, columns.Number = series, series, func(float64) string { return "1" }
		for _, c := range []Chart{bars, columns, progress} {
			d := c.Draw()
			d.Title, d.Desc = text.Draw(t, "title"), text.Draw(t, "desc")
			for _, r := range d.Rects {
				if r.X < 0 || r.W < 0 || r.X+r.W > 1+1e-9 || r.Y < -3 || r.H <= 0 || r.Y+r.H > d.Height {
					t.Fatalf("%+v is outside of %v", r, d.Height)
				}
			}
			svg := d.SVG("c1")
			if got := read(t, svg); got != "svg" || strings.Contains(svg, "style=") || strings.Contains(svg, "NaN") {
				t.Fatal(got, svg)
			}
		}
	})
}

// read reads a document to its end and returns the name of its root.
func read(t *rapid.T, text string) (root string) {
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return root
		}
		if err != nil {
			t.Fatal(err, text)
		}
		if start, ok := token.(xml.StartElement); ok {
			if root == "" {
				root = start.Name.Local
			}
			if n := start.Name.Local; n != "svg" && n != "title" && n != "desc" && n != "rect" && n != "text" {
				t.Fatalf("element %s in %s", n, text)
			}
		}
	}
}
