package eps

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mintmark/engine/label"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
)

const dpi = 300

// ghostscript runs gs on files, which it treats one after another.
func ghostscript(t *testing.T, files [][]byte, args ...string) (dir string, out []byte) {
	t.Helper()
	gs := labeltest.Tool(t, "gs", "ghostscript")
	dir = t.TempDir()
	args = append([]string{"-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dEPSCrop"}, args...)
	for i, file := range files {
		name := fmt.Sprintf("%04d.eps", i+1)
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	cmd := exec.Command(gs, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("gs: %v\n%s", err, out)
	}
	return dir, out
}

// render draws files with a device of Ghostscript that makes PNG files.
func render(t *testing.T, device string, files [][]byte) (all []*image.Gray) {
	t.Helper()
	dir, out := ghostscript(t, files, "-sDEVICE="+device, fmt.Sprintf("-r%d", dpi), "-dGraphicsAlphaBits=4", "-sOutputFile=%04d.png")
	if len(out) > 0 {
		t.Fatalf("gs: %s", out)
	}
	for i := range files {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%04d.png", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, labeltest.PNG(t, data))
	}
	return all
}

func proof(t *testing.T, n uint64) *labeltest.Proof {
	t.Helper()
	w, part := newWriter(t, config(t, "roll-40x30-2")), labeltest.Part(n)
	return &labeltest.Proof{
		Pictures: render(t, "pnggray", labeltest.Unzip(t, labeltest.File(t, w, part))),
		URLs:     labeltest.URLs(t, part), Symbol: w.Design().Symbol, PerMM: dpi / 25.4,
	}
}

// TestRead has other programs draw and read labels.
func TestRead(t *testing.T) {
	n := uint64(1000)
	if testing.Short() {
		n = 20
	}
	proof(t, n).Sound(t)
}

// TestReadDamaged has other programs draw labels, and read them damaged.
func TestReadDamaged(t *testing.T) {
	n := uint64(100)
	if testing.Short() {
		n = 20
	}
	proof(t, n).Damaged(t, qr.M)
}

// TestBlackInk: Ghostscript finds no ink but black, with a grey logo too.
func TestBlackInk(t *testing.T) {
	c := config(t, "a4-24")
	c.Info.Logo = grey
	_, out := ghostscript(t, [][]byte{file(t, config(t, "a4-24")), file(t, c)}, "-sDEVICE=inkcov", "-o", "-")
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 2 {
		t.Fatalf("gs: %s", out)
	}
	for _, line := range lines {
		var c, m, y, k float64
		if _, err := fmt.Sscan(line, &c, &m, &y, &k); err != nil || c+m+y > 0 || k < 0.05 || k > 0.5 {
			t.Errorf("ink %s, %v", line, err)
		}
	}
}

// TestLogo: the pixels of a picture are drawn where they belong.
func TestLogo(t *testing.T) {
	for name, c := range map[string]struct {
		logo        *label.Logo
		left, right int
	}{
		"grey":   {grey, 0, 128},
		"colour": {colored, 29, 76}, // 0.114 and 0.299 of white
	} {
		config := config(t, "a4-6")
		config.Info.Logo = c.logo
		box := newWriter(t, config).Design().Art.Images[0]
		img := render(t, "png16m", [][]byte{file(t, config)})[0]
		at := func(share float64) int {
			return int(img.GrayAt(int((box.X+share*box.W)*dpi/25.4), int((box.Y+box.H/2)*dpi/25.4)).Y)
		}
		if l, r := at(0.25), at(0.75); max(l-c.left, c.left-l, r-c.right, c.right-r) > 3 {
			t.Errorf("%s: pixels are %d and %d; want %d and %d", name, l, r, c.left, c.right)
		}
	}
}
