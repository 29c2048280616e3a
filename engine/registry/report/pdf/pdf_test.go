package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/text"
	"mintmark/engine/registry"
	"mintmark/engine/registry/report"
	"mintmark/engine/registry/report/document"
	"mintmark/engine/registry/report/reporttest"
)

// read runs a program on a file and returns what it prints.
func read(t *testing.T, file []byte, program string, args ...string) string {
	t.Helper()
	tool := labeltest.Tool(t, program, "poppler-utils")
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		if args[i] == "FILE" {
			args[i] = path
		}
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return norm.NFC.String(string(out))
}

func write(t *testing.T, r *report.Report, l document.Lang) []byte {
	t.Helper()
	file, err := Write(document.New(r, l))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

var blanks = regexp.MustCompile(`\s+`)

// TestText reads the file back: with every diacritic, with its tables, its page
// numbers, and the lines to sign.
func TestText(t *testing.T) {
	for l, wanted := range map[document.Lang][]string{
		document.VI: {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc", "Báo cáo kinh tế tập thể, sản phẩm OCOP, sở hữu trí tuệ và truy xuất nguồn gốc",
			"Toàn tỉnh ghi nhận 1 liên hiệp hợp tác xã và 173 hợp tác xã đang hoạt động.", "trên 171.606.000.000", "Tiềm năng 5 sao", "Số liệu minh hoạ", "Phụ lục: số liệu chi tiết",
			"NGƯỜI LẬP BÁO CÁO", "THỦ TRƯỞNG CƠ QUAN", "Trang 1/15", "Trang 15/15", "và 1.170 dòng nữa", `=1+2 <script>alert("x")</script>`},
		document.EN: {"SOCIALIST REPUBLIC OF VIET NAM", "over 171,606,000,000", "Potential 5 stars", "Page 1 of 1", "HEAD OF THE AGENCY", "and 1,170 more rows"},
	} {
		got := blanks.ReplaceAllString(read(t, write(t, reporttest.Sample(), l), "pdftotext", "-layout", "FILE", "-"), " ")
		for _, want := range wanted {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", l, want, got)
			}
		}
	}
}

// TestSignedBelowText moves the end of the report down the page. What is signed stands
// above the signatures.
func TestSignedBelowText(t *testing.T) {
	r := reporttest.Sample()
	for n := range 12 {
		r.Lapses = r.Lapses[:0]
		for range n {
			r.Lapses = append(r.Lapses, report.Lapse{Kind: registry.Rights, Type: "trademark", Number: "1", LastDay: "2026-12-01"})
		}
		text := read(t, write(t, r, document.EN), "pdftotext", "-layout", "FILE", "-")
		for _, page := range strings.Split(text, "\f") {
			if strings.Contains(page, "HEAD OF THE AGENCY") && !strings.Contains(page, "hourly figures") {
				t.Errorf("%d rows: signed alone:\n%s", n, page)
			}
		}
	}
}

// TestFile looks at what a reader needs: the page's size, both fonts within, and no
// letter that is missing.
func TestFile(t *testing.T) {
	file := write(t, reporttest.Sample(), document.VI)
	if info := read(t, file, "pdfinfo", "FILE"); !strings.Contains(info, "(A4)") || !strings.Contains(info, "Báo cáo kinh tế tập thể") {
		t.Error(info)
	}
	fonts := strings.Split(strings.TrimSpace(read(t, file, "pdffonts", "FILE")), "\n")[2:]
	for _, f := range fonts {
		if !strings.Contains(f, "yes no  yes") && !strings.Contains(f, "yes yes yes") {
			t.Errorf("a font is not embedded: %s", f)
		}
	}
	if len(fonts) != 2 {
		t.Error(fonts)
	}
}

// TestSame makes a file twice, and leaves the fonts as they were.
func TestSame(t *testing.T) {
	before := bytes.Clone(text.Regular.TTF())
	if !bytes.Equal(write(t, reporttest.Sample(), document.VI), write(t, reporttest.Sample(), document.VI)) {
		t.Error("the same report gives another file")
	}
	if !bytes.Equal(before, text.Regular.TTF()) {
		t.Error("the font was changed")
	}
}

// TestBounds fills a table beyond what is printed, and with names that a font or a
// line has no room for.
func TestBounds(t *testing.T) {
	r := reporttest.Sample()
	r.Lapses = nil
	for range 3 * MaxRows {
		r.Lapses = append(r.Lapses, report.Lapse{Type: "trademark", LastDay: "2026-12-01", Number: "1", Names: report.Names{VI: strings.Repeat("dài", 60) + "🥥\u202e ế"}})
	}
	r.LapseCount = len(r.Lapses)
	got := read(t, write(t, r, document.VI), "pdftotext", "-layout", "FILE", "-")
	if n := strings.Count(got, "01/12/2026"); n != MaxRows || !strings.Contains(got, "và 400 dòng nữa") || !strings.Contains(got, "� ế") {
		t.Errorf("%d rows in\n%s", n, got[:3000])
	}
	if got := read(t, write(t, reporttest.Empty(), document.VI), "pdftotext", "FILE", "-"); !strings.Contains(got, "Không có.") {
		t.Error(got)
	}
}

func BenchmarkWrite(b *testing.B) {
	d := document.New(reporttest.Sample(), document.VI)
	for b.Loop() {
		if _, err := Write(d); err != nil {
			b.Fatal(err)
		}
	}
}
