package photo

import (
	"bytes"
	"encoding/binary"
	"image"
)

// Orientation returns the way in which a camera was held, as it says in a JPEG file:
// which corner of what is shown the first pixel belongs to (CIPA DC-008, Exif 2.32,
// tag 0x0112). 1, the corner at the top left, is also the answer where nothing that
// can be read is said; from 5 on, width and height change places.
func Orientation(data []byte) int {
	if !bytes.HasPrefix(data, []byte{0xff, 0xd8}) {
		return 1
	}
	const startOfScan, app1 = 0xda, 0xe1
	for b := data[2:]; len(b) >= 4 && b[0] == 0xff && b[1] != startOfScan; {
		if b[1] == 0xff { // a fill byte, ITU-T T.81, B.1.1.2
			b = b[1:]
			continue
		}
		end := 2 + int(binary.BigEndian.Uint16(b[2:]))
		if end < 4 || end > len(b) {
			break
		}
		if exif, ok := bytes.CutPrefix(b[4:end], []byte("Exif\x00\x00")); ok && b[1] == app1 {
			return tiffOrientation(exif)
		}
		b = b[end:]
	}
	return 1
}

// tiffOrientation reads the orientation from the first directory of TIFF data.
func tiffOrientation(b []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	}
	if order == nil || len(b) < 8 {
		return 1
	}
	const tag, short, entrySize = 0x0112, 3, 12
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 1
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < entrySize {
			break
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
		}
		entries = entries[entrySize:]
	}
	return 1
}

// upright returns a picture as it is shown that was taken with an orientation.
func upright(img *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			fromX, fromY := x, y
			if orientation >= 5 {
				fromX, fromY = y, x
			}
			switch orientation {
			case 2, 3, 7, 8:
				fromX = w - 1 - fromX
			}
			switch orientation {
			case 3, 4, 6, 7:
				fromY = h - 1 - fromY
			}
			out.SetRGBA(x, y, img.RGBAAt(fromX, fromY))
		}
	}
	return out
}
