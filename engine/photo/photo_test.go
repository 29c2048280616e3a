package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"mintmark/engine/fault"
)

func encoded(t testing.TB, w, h int, noise bool, asPNG bool) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, uint8(x * 255 / w), uint8(y * 255 / h), 255}
			if noise {
				n := random.Uint32()
				c = color.RGBA{uint8(n), uint8(n >> 8), uint8(n >> 16), 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	var err error
	if asPNG {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestClean(t *testing.T) {
	// A comment segment and trailing bytes, as cameras and attackers add them.
	file := encoded(t, 3000, 1500, false, false)
	file = append(append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 14}, "<script>hi!!"...), file[2:]...)
	file = append(file, "<script>alert(1)</script>GPS 9.87,105.99"...)
	for name, c := range map[string]struct {
		data []byte
		w, h int
	}{
		"jpeg with more in it": {file, 1280, 640},
		"png":                  {encoded(t, 300, 400, false, true), 300, 400},
		"narrow":               {encoded(t, 4000, 1, false, true), 1280, 1},
		"noise":                {encoded(t, 700, 900, true, false), 700, 900},
	} {
		out, err := Clean(c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		img, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil || img.Bounds().Dx() != c.w || img.Bounds().Dy() != c.h || len(out) > MaxResult {
			t.Errorf("%s: %v, %v, %d bytes", name, err, img.Bounds(), len(out))
		}
		if bytes.Contains(out, []byte("script")) || bytes.Contains(out, []byte("GPS")) {
			t.Errorf("%s: keeps what is no picture", name)
		}
		if name == "png" {
			if r, _, b, _ := img.At(150, 399).RGBA(); r>>8 < 190 || r>>8 > 210 || b>>8 < 245 {
				t.Errorf("%s: another colour: %v", name, img.At(150, 399))
			}
		}
	}
}

func TestCleanRefuses(t *testing.T) {
	var anim bytes.Buffer
	if err := gif.Encode(&anim, image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.White}), nil); err != nil {
		t.Fatal(err)
	}
	// A header that claims more pixels than may be decoded: 65,535 by 65,535.
	bomb := encoded(t, 8, 8, false, true)
	copy(bomb[16:], []byte{0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff})
	whole := encoded(t, 64, 64, false, false)
	for name, c := range map[string]struct {
		data []byte
		part string
	}{
		"nothing":   {nil, "has 0 bytes"},
		"too large": {make([]byte, MaxFile+1), "at most 4 MB"},
		"html":      {[]byte("<html><script>alert(1)</script>"), "neither a JPEG nor a PNG"},
		"svg":       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "neither a JPEG nor a PNG"},
		"gif":       {anim.Bytes(), "neither a JPEG nor a PNG"},
		"cut":       {whole[:len(whole)/2], "damaged"},
		"bomb":      {bomb, ""},
	} {
		out, err := Clean(c.data)
		if out != nil || !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "photo" || !strings.Contains(err.Error(), c.part) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add(encoded(f, 16, 16, true, true))
	f.Add(encoded(f, 16, 16, true, false))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := Clean(data)
		if (err == nil) != (out != nil) || len(out) > MaxResult || err != nil && !fault.Is(err, fault.Invalid) {
			t.Error(len(out), err)
		}
	})
}
