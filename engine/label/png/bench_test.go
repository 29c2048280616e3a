package png

import (
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"io"
	"testing"

	"mintmark/engine/label"
	"mintmark/engine/label/labeltest"
	"mintmark/engine/label/qr"
)

// BenchmarkPNG writes labels of 70 x 37 mm: a label is one operation.
func BenchmarkPNG(b *testing.B) {
	for _, dpi := range []int{300, 600} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("dpi-%d/workers-%d", dpi, workers), func(b *testing.B) {
				c := config(b, "a4-24", qr.M)
				c.DPI, c.Workers = dpi, workers
				labeltest.Bench(b, newWriter(b, c))
			})
		}
	}
}

// BenchmarkEncoder holds the encoder against that of the standard library.
func BenchmarkEncoder(b *testing.B) {
	w := newWriter(b, config(b, "a4-24", qr.M))
	page := w.label.New()
	part := labeltest.Part(1)
	var symbol qr.Symbol
	err := label.Each(b.Context(), part, labeltest.NewStamps(part), func(s *label.Stamp) error {
		defer w.label.Draw(page, s, &symbol)
		return w.config.Encoder.Encode(&symbol, s.URL)
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		e := newEncoder(page, DefaultDPI)
		var file []byte
		for b.Loop() {
			file = e.append(file[:0])
		}
		b.ReportMetric(float64(len(file)), "file-B/op")
	})
	img := image.NewPaletted(image.Rect(0, 0, page.Width, page.Height), color.Palette{color.White, color.Black})
	for y := range page.Height {
		for x := range page.Width {
			if page.Black(x, y) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	for name, level := range map[string]stdpng.CompressionLevel{"std-speed": stdpng.BestSpeed, "std-default": stdpng.DefaultCompression} {
		b.Run(name, func(b *testing.B) {
			e := stdpng.Encoder{CompressionLevel: level}
			count := &labeltest.Counter{}
			for b.Loop() {
				*count = labeltest.Counter{}
				if err := e.Encode(io.Writer(count), img); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(count.Bytes), "file-B/op")
		})
	}
}
