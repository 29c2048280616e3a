package table

import (
	"strings"
	"testing"
	"time"

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

// A misspelled column or a sheet without ids is told once, and not again for each
// record that seems to be wrong because of it.
func TestCheckUnsure(t *testing.T) {
	file := write(t, ZIP, "", empty)
	for name, text := range map[string]string{
		"organisations.csv": "ID,type,name_vi\nO1,company,A\n",
		"products.csv":      "id,organisation,name_vi\nP1,O1,Dừa\n",
		"schemes.csv":       "id,namevi\nS1,A\n",
	} {
		file = patch(t, file, name, func(string) string { return text })
	}
	im, err := Read(ZIP, "", file, empty)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, found := empty.Apply(im.Edits, time.Unix(0, 0), "test")
	if len(found) == 0 {
		t.Error("the registry finds nothing wrong")
	}
	im.Check(found)
	var got []string
	for _, p := range im.Problems {
		got = append(got, p.String()[:min(len(p.String()), 45)])
	}
	want := []string{`organisations.csv row 1, id: is missing; one `, `organisations.csv row 1 (A1) "ID": is no colu`, `schemes.csv row 1 (B1) "namevi": is no column`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Error(strings.Join(got, "\n"))
	}
}
