package main

import (
	"image/color"
	"io"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the empty margin of a symbol, in modules (ISO/IEC 18004).
const quietZone = 4

// Light modules are drawn and dark ones left out, so that the symbol is right
// on a dark terminal even without the colours, which make it right on any.
const (
	qrColours = "\x1b[38;5;231;48;5;16m" // white on black, whatever the theme
	qrReset   = "\x1b[0m"
)

// printQR draws a symbol of level M, two rows of modules a line. Colours are
// for terminals.
func printQR(w io.Writer, text string, colours bool) error {
	symbol, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return err
	}
	size := symbol.Bounds().Dx()
	light := func(x, y int) bool {
		x, y = x-quietZone, y-quietZone
		return x < 0 || y < 0 || x >= size || y >= size || symbol.At(x, y) == color.White
	}
	var b strings.Builder
	for y := 0; y < size+2*quietZone; y += 2 {
		if colours {
			b.WriteString(qrColours)
		}
		for x := range size + 2*quietZone {
			b.WriteString(halfBlock(light(x, y), light(x, y+1)))
		}
		if colours {
			b.WriteString(qrReset)
		}
		b.WriteByte('\n')
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// halfBlock draws two modules, one above the other.
func halfBlock(top, bottom bool) string {
	switch {
	case top && bottom:
		return "█"
	case top:
		return "▀"
	case bottom:
		return "▄"
	}
	return " "
}
