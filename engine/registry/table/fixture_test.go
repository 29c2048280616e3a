package table

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"mintmark/engine/registry"
)

// empty is a registry without records.
var empty = registry.NewSnapshot(nil)

// texts are what cells hold that something on the way could change.
var texts = []string{
	"Dừa sáp Trà Vinh", "Hợp tác xã nông nghiệp \"Ấp Mới\"", "a,b;c\td", "dòng một\ndòng hai\n", "\n", "=1+1", "+84 294 3855", "-5", "@SUM(A1)", "\ttab", "\rcr", "a\rb",
	"'", "''", "'=", "'tis", "＝1", "0012", "08938501234567", "1E5", "1.0", "2026-01-31", "TRUE", "yes", "#N/A", "_x0041_", "_x005F_", "_x005F_x0041_", "_x", "x_x000D_y",
	`\`, `\n`, `\;`, ";", "; ", " a", "a ", "  ", "\u200e", "🥥", "&amp;<b>", "]]>", "\ufeff", strings.Repeat("ữ", 10_000), `"`, `""`, "a\\", "null",
}

func genText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(rapid.SampledFrom(texts), rapid.StringN(0, 30, -1)).Draw(t, "text")
		s = strings.Map(func(r rune) rune {
			if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFD || r == 0xFFFE || r == 0xFFFF {
				return -1
			}
			return r
		}, s)
		return strings.ReplaceAll(s, "\r\n", "\n")
	})
}

// genRecord makes a record of any shape, valid or not.
func genRecord(k registry.Kind, id string) *rapid.Generator[registry.Record] {
	return rapid.Custom(func(t *rapid.T) registry.Record {
		r := registry.New(k)
		fields := registry.Fields(k)
		for i := range fields {
			switch v := fields[i].Value(r).Addr().Interface().(type) {
			case *time.Time:
				*v = time.UnixMicro(rapid.Int64Range(-1e15, 4e15).Draw(t, "time")).UTC()
			case *registry.Date:
				*v = registry.Date(time.Unix(rapid.Int64Range(-5e9, 7e9).Draw(t, "day"), 0).UTC().Format(time.DateOnly))
			case *bool:
				*v = rapid.Bool().Draw(t, "switch")
			case *int64:
				*v = rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 1e15)).Draw(t, "number")
			case *[]string:
				*v = rapid.SliceOfN(genText().Filter(func(s string) bool { return s != "" }), 0, 5).Draw(t, "list")
				if len(*v) == 0 {
					*v = nil // as Apply keeps it
				}
			default:
				fields[i].Value(r).SetString(genText().Draw(t, "field"))
			}
		}
		r.Head().ID = id
		return r
	})
}

func genID() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"1E5", "007", "-5", ".a", "_x0041_", "TRUE", "2026-01-31"}), rapid.StringMatching(`[A-Za-z0-9._-]{1,64}`))
}

// genRegistry makes a registry of a few records of some kinds.
func genRegistry() *rapid.Generator[*registry.Snapshot] {
	return rapid.Custom(func(t *rapid.T) *registry.Snapshot {
		var all []registry.Record
		for _, k := range rapid.SliceOfNDistinct(rapid.SampledFrom(registry.Kinds), 1, 3, rapid.ID).Draw(t, "kinds") {
			for _, id := range rapid.SliceOfNDistinct(genID(), 0, 4, rapid.ID).Draw(t, "ids") {
				all = append(all, genRecord(k, id).Draw(t, "record"))
			}
		}
		return registry.NewSnapshot(all)
	})
}

// object is a record as JSON.
func object(t testing.TB, r registry.Record) string {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// write writes all of a registry, or one kind, in a format.
func write(t testing.TB, format string, k registry.Kind, s *registry.Snapshot) []byte {
	t.Helper()
	var b bytes.Buffer
	f, err := Export(format, k, s)
	if err == nil {
		err = f.Write(&b)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook makes a workbook as people do; rows are of one sheet.
func workbook(t testing.TB, name string, change func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow(name, at, &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// patch changes a part of a ZIP file; without a part of the name it adds one.
func patch(t testing.TB, file []byte, part string, change func(string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name, text string) {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	found := false
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if f.Name == part {
			found, text = true, change(text)
		}
		add(f.Name, text)
	}
	if !found {
		add(part, change(""))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
