package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// packages are the Debian packages of the programs that the tests run.
var packages = map[string]string{
	"pdftoppm": "poppler-utils", "pdftotext": "poppler-utils", "pdffonts": "poppler-utils", "pdfinfo": "poppler-utils",
	"qpdf": "qpdf", "zbarimg": "zbar-tools", "ZXingReader": "zxing-cpp-tools",
}

// need skips the test if a program is missing, but fails it where MINTMARK_TEST_NO_SKIP is set.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		const missing = "%s is missing; apt-get install %s"
		if os.Getenv("MINTMARK_TEST_NO_SKIP") != "" {
			t.Fatalf(missing, p, packages[p])
		}
		t.Skipf(missing, p, packages[p])
	}
}

// run runs a program and returns what it prints.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args[:min(len(args), 5)], " "), err, out.String(), problems.String())
	}
	return out.String()
}

// save writes a file to a temporary directory and returns its path.
func save(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "labels.pdf")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
