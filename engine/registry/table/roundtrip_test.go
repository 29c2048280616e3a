package table

import (
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/registry"
)

// kindsOf returns the kinds that a format is tried with: CSV holds one.
func kindsOf(format string) []registry.Kind {
	if format == CSV {
		return registry.Kinds
	}
	return []registry.Kind{""}
}

// What was written reads as the same records, into an empty registry and into the
// one that it is of.
func TestRoundTrip(t *testing.T) {
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				s := genRegistry().Draw(rt, "registry")
				for _, k := range kindsOf(format) {
					file := write(t, format, k, s)
					for _, now := range []*registry.Snapshot{empty, s} {
						im, err := Read(format, k, file, now)
						if err != nil || len(im.Problems) > 0 {
							rt.Fatal(err, im)
						}
						compare(t, rt, k, s, im, now == s)
					}
				}
			})
		})
	}
}

func compare(t *testing.T, rt *rapid.T, k registry.Kind, s *registry.Snapshot, im *Import, known bool) {
	n := 0
	for _, one := range registry.Kinds {
		if k == "" || k == one {
			n += len(s.List(one))
		}
	}
	if len(im.Edits) != n {
		rt.Fatalf("%d edits, want %d", len(im.Edits), n)
	}
	for _, e := range im.Edits {
		want := s.Get(e.Record.Kind(), e.Record.Head().ID)
		if want == nil || e.Delete || object(t, e.Record) != object(t, want) {
			rt.Fatalf("read %s\nwant %s", object(t, e.Record), object(t, want))
		}
		if e.Version != map[bool]int{true: want.Head().Version}[known] {
			rt.Fatal("version", e.Version)
		}
	}
}

func TestLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(genText().Filter(func(s string) bool { return s != "" }), 0, 6).Draw(t, "items")
		got, wrong := splitList(joinList(items))
		if wrong != "" || len(got) != len(items) {
			t.Fatalf("%q: %q %s", joinList(items), got, wrong)
		}
		for i := range items {
			if got[i] != items[i] {
				t.Fatalf("%q: %q, want %q", joinList(items), got[i], items[i])
			}
		}
	})
	for text, want := range map[string][]string{
		"commune; province":         {"commune", "province"},
		"commune;province;":         {"commune", "province"},
		" commune \n\n province \n": {"commune", "province"},
		"a\r\nb":                    {"a", "b"},
		`a\;b;c\\`:                  {"a;b", `c\`},
		";;":                        nil,
	} {
		got, wrong := splitList(text)
		if wrong != "" || len(got) != len(want) || len(got) > 0 && (got[0] != want[0] || got[1] != want[1]) {
			t.Errorf("%q: %q %s", text, got, wrong)
		}
	}
	for _, text := range []string{`\`, `a\b`, `a;\`} {
		if _, wrong := splitList(text); wrong == "" {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestGuard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genText().Draw(t, "text")
		g := guard(s)
		if unguard(g) != s {
			t.Fatalf("%q becomes %q and then %q", s, g, unguard(g))
		}
		for _, bad := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
			if len(g) >= len(bad) && g[:len(bad)] == bad {
				t.Fatalf("%q begins like a formula", g)
			}
		}
	})
	if unguard("'tis") != "'tis" || unguard("'") != "'" {
		t.Error("an apostrophe that guards nothing is taken away")
	}
}
