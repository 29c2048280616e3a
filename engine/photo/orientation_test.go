package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// held returns a white JPEG file of 64 x 32 pixels whose first corner is black, taken
// with an orientation.
func held(t testing.TB, order binary.AppendByteOrder, orientation uint16) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 64, 32))
	for i := range img.Pix {
		if x, y := i%64, i/64; x >= 16 || y >= 16 {
			img.Pix[i] = 255
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return withExif(b.Bytes(), exif(order, orientation))
}

// exif is what a camera writes: a directory with its maker and the orientation.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	out := []byte("Exif\x00\x00II")
	if order == binary.BigEndian {
		out = []byte("Exif\x00\x00MM")
	}
	out = order.AppendUint32(order.AppendUint16(out, 42), 8)
	out = order.AppendUint16(out, 2)
	out = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(out, 0x010f), 2), 4), "Cam\x00"...)
	out = order.AppendUint32(order.AppendUint16(order.AppendUint16(out, 0x0112), 3), 1)
	return append(order.AppendUint16(out, orientation), 0, 0, 0, 0, 0, 0)
}

// withExif puts a segment behind the start of a JPEG file, after a comment and a
// fill byte.
func withExif(file, segment []byte) []byte {
	head := []byte{0xff, 0xd8, 0xff, 0xfe, 0, 4, 'h', 'i', 0xff, 0xff, 0xe1}
	head = binary.BigEndian.AppendUint16(head, uint16(len(segment)+2))
	return append(append(head, segment...), file[2:]...)
}

// TestOrientation sees where the first corner comes to lie.
func TestOrientation(t *testing.T) {
	for orientation, c := range map[uint16]struct{ x, y, w, h int }{
		1: {0, 0, 64, 32}, 2: {63, 0, 64, 32}, 3: {63, 31, 64, 32}, 4: {0, 31, 64, 32},
		5: {0, 0, 32, 64}, 6: {31, 0, 32, 64}, 7: {31, 63, 32, 64}, 8: {0, 63, 32, 64},
		0: {0, 0, 64, 32}, 9: {0, 0, 64, 32},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			out, err := Clean(held(t, order, orientation))
			if err != nil {
				t.Fatal(err)
			}
			img, err := jpeg.Decode(bytes.NewReader(out))
			if err != nil || img.Bounds() != image.Rect(0, 0, c.w, c.h) {
				t.Fatalf("%d: %v, %v", orientation, err, img.Bounds())
			}
			for _, x := range []int{0, c.w - 1} {
				for _, y := range []int{0, c.h - 1} {
					if black := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128; black != (x == c.x && y == c.y) {
						t.Errorf("%d: black at %d, %d: %v", orientation, x, y, black)
					}
				}
			}
			if Orientation(out) != 1 || bytes.Contains(out, []byte("Exif")) {
				t.Errorf("%d: still says how it was held", orientation)
			}
		}
	}
}

// TestOrientationCut reads no file beyond its end.
func TestOrientationCut(t *testing.T) {
	file := held(t, binary.LittleEndian, 6)
	if Orientation(file) != 6 {
		t.Fatal("not read")
	}
	for n := range file {
		Orientation(file[:n])
	}
	segment, empty := exif(binary.BigEndian, 6), []byte{0xff, 0xd8, 0xff, 0xd9}
	for n := range len(segment) - 6 { // up to the value
		if Orientation(withExif(empty, segment[:n])) != 1 {
			t.Errorf("read from %d bytes", n)
		}
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add(held(f, binary.LittleEndian, 6))
	f.Add(held(f, binary.BigEndian, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := Orientation(data); o < 1 || o > 8 {
			t.Error(o)
		}
	})
}
