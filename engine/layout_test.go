package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "mintmark/"

// levels lists the packages from the bottom up: each may import only packages
// of lower levels.
var levels = [][]string{
	{"engine/fault"},
	{"engine/serial", "engine/keyring"},
	{"engine/store", "engine/label/qr", "engine/photo", "engine/registry"},
	{"engine/label", "engine/registry/demo", "engine/registry/linkset", "engine/registry/table", "engine/registry/report/chart", "engine/registry/report"},
	{"engine/label/text", "engine/label/csv", "engine/label/ndjson", "engine/label/parallel", "engine/registry/report/document", "engine/registry/report/reporttest"},
	{"engine/label/sheet", "engine/label/archive", "engine/registry/report/html", "engine/registry/report/pdf", "engine/registry/report/xlsx"},
	{"engine/label/draw", "engine/label/labeltest"},
	{"engine/epcis/epcistest"},
	{"engine/label/bitmap"},
	{"engine/label/pdf", "engine/label/svg", "engine/label/png", "engine/label/zpl", "engine/label/eps"},
	{"engine/store/eventlog", "engine/store/storecopy", "engine/store/pgstore/pgtest"},
	{"engine/store/badgerstore", "engine/store/pgstore", "engine/store/storetest", "engine/batch", "engine/mint"},
	{"engine/scan", "engine/export", "engine/epcis"},
	{"engine"},
	{"server"},
	{"bench"},
	{"cmd/mintmark"},
}

// only names the packages that may import an outside module; tests of any
// package may not either, unless it is listed.
var only = map[string][]string{
	"github.com/dgraph-io/badger":       {"engine/store/badgerstore"},
	"github.com/jackc/pgx":              {"engine/store/pgstore", "engine/store/pgstore/pgtest"},
	"github.com/valyala/fasthttp":       {"server", "bench"},
	"github.com/fasthttp/router":        {"server"},
	"github.com/boombuler/barcode":      {"cmd/mintmark", "engine/label/qr"},
	"github.com/spf13/cobra":            {"cmd/mintmark"},
	"github.com/anishathalye/porcupine": {"cmd/mintmark"},
	"github.com/BurntSushi/toml":        {"engine/label/sheet"},
	"codeberg.org/go-fonts/dejavu":      {"engine/label/text"},
	"github.com/pdfcpu/pdfcpu":          {"engine/label/pdf"},
	"golang.org/x/image":                {"engine/label/text", "engine/photo"},
	"github.com/yuin/goldmark":          {"server"},
	"github.com/chromedp":               {"server"},
	"golang.org/x/net":                  {"server"},
	"github.com/xuri/excelize":          {"engine/registry/table", "engine/registry/report/xlsx"},
	"codeberg.org/go-pdf/fpdf":          {"engine/registry/report/pdf"},
	"github.com/dlclark/regexp2":        {"engine/epcis/epcistest"},
	"github.com/santhosh-tekuri":        {"engine/epcis/epcistest"},
}

// source is one Go file.
type source struct {
	path, pkg string // slash-separated, from the module's root
	file      *ast.File
	set       *token.FileSet
	lines     int
}

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	root := ".."
	var out []source
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "var" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, data, parser.ParseComments)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		out = append(out, source{rel, filepath.ToSlash(filepath.Dir(rel)), f, set, strings.Count(string(data), "\n")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("found only %d Go files below %s", len(out), root)
	}
	return out
}

func levelOf(pkg string) int {
	return slices.IndexFunc(levels, func(l []string) bool { return slices.Contains(l, pkg) })
}

func (s *source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func TestImportsPointDownward(t *testing.T) {
	for _, s := range sources(t) {
		level := levelOf(s.pkg)
		if level < 0 {
			t.Errorf("%s: package %s has no level; give it one in layout_test.go", s.path, s.pkg)
			continue
		}
		for _, imp := range s.file.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			if own, ok := strings.CutPrefix(path, module); ok && !s.test() && levelOf(own) >= level {
				t.Errorf("%s imports %s, which is not below it", s.path, own)
			}
			for outside, users := range only {
				if strings.HasPrefix(path, outside) && !slices.Contains(users, s.pkg) {
					t.Errorf("%s imports %s, which only %v may", s.path, path, users)
				}
			}
		}
	}
}

// TestNoSleepingTests keeps tests from waiting by the clock: they wait for what
// they need.
func TestNoSleepingTests(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if ok && sel.Sel.Name == "Sleep" {
				t.Errorf("%s: Sleep in a test", s.set.Position(n.Pos()))
			}
			return true
		})
	}
}

// TestStoreTellsTheTime keeps the engine from the clock of its machine: what
// counts is the store's time, which all nodes share. The scan writer measures the
// age of its groups with it.
func TestStoreTellsTheTime(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || !strings.HasPrefix(s.pkg, "engine") || strings.HasPrefix(s.pkg, "engine/store/") || s.pkg == "engine/scan" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Now" {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
				t.Errorf("%s: time.Now in the engine; ask the store", s.set.Position(n.Pos()))
			}
			return true
		})
	}
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.lines > 500 {
			t.Errorf("%s has %d lines; split it below 500", s.path, s.lines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || s.test() {
				continue
			}
			if n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line; n > 70 {
				t.Errorf("%s: %s has %d lines; split it below 70", s.path, f.Name.Name, n)
			}
		}
	}
}

// TestTopLevel keeps Go code to four folders.
func TestTopLevel(t *testing.T) {
	for _, s := range sources(t) {
		if top, _, _ := strings.Cut(s.path, "/"); !slices.Contains([]string{"engine", "server", "bench", "cmd"}, top) {
			t.Errorf("%s: code belongs below engine, server, bench or cmd", s.path)
		}
	}
}
