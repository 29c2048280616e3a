package table

import (
	"strings"
	"testing"

	"mintmark/engine/registry"
)

// What the registry finds wrong is told at its cell, unless that is told already.
func TestCheck(t *testing.T) {
	im, err := Read(CSV, registry.Products, []byte("id,gtin,made_on,organisation\nP1,123,x,O\nP2,,,O2\n"), empty)
	if err != nil {
		t.Fatal(err)
	}
	im.Check([]registry.Problem{
		{Edit: 0, Field: "gtin", Msg: "has a wrong check digit"}, {Edit: 0, Field: "made_on", Msg: "is missing"},
		{Edit: 1, Field: "name_vi", Msg: "is missing; fill it in"}, {Edit: 1, Field: "version", Stale: true, Msg: "is 3"}, {Edit: 1, Msg: "is too much"}})
	var got []string
	for _, p := range im.Problems {
		got = append(got, p.String())
	}
	want := []string{`products.csv row 2, gtin (B2) "123": has a wrong check digit`, `products.csv row 2, made_on (C2) "x": is no day; write it like 2026-01-31`,
		`products.csv row 3, name_vi: is missing; fill it in`, `products.csv row 3: was changed by someone else meanwhile; import the file again`, `products.csv row 3: is too much`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Error(strings.Join(got, "\n"))
	}
}
