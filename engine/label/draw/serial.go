package draw

import (
	"iter"

	"mintmark/engine/label"
	"mintmark/engine/label/sheet"
	"mintmark/engine/label/text"
)

// SerialCharacters are the characters that a serial may have: Crockford's
// alphabet.
const SerialCharacters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// groupLen is the characters of a group of the serial with the space after it.
const groupLen = 6

// Place is where a label shows one character of its serial.
type Place struct {
	Index int     // in label.Stamp.Serial
	Size  float64 // of the em
	X, Y  float64 // of the character's origin, on the baseline
}

// places returns the places of all characters of the serial but the spaces
// between groups.
func places(d *sheet.Design) []Place {
	var all []Place
	advance := text.Mono.Advance('0') // of every letter of the font
	for _, l := range d.Serial {
		for i := l.From; i < l.To; i++ {
			if i%groupLen < groupLen-1 {
				all = append(all, Place{i, l.Size, l.X + float64(i-l.From)*advance*l.Size, l.Y})
			}
		}
	}
	return all
}

// Outline returns the shape of a character that stands in the place.
func (p Place) Outline(c byte) label.Path {
	return text.Mono.Outline(rune(c)).Transform(label.Scale(p.Size, whole(p.X), whole(p.Y)))
}

// Serial holds what a format writes for each character in each place: labels
// differ only in which of these they need.
type Serial[T any] []drawn[T]

type drawn[T any] struct {
	index int
	as    [256]T
}

// NewSerial has make draw every character in every place.
func NewSerial[T any](d *sheet.Design, make func(p Place, c byte) T) Serial[T] {
	var all Serial[T]
	for _, p := range places(d) {
		at := drawn[T]{index: p.Index}
		for _, c := range []byte(SerialCharacters) {
			at.as[c] = make(p, c)
		}
		all = append(all, at)
	}
	return all
}

// Of yields what is written for the serial of a stamp.
func (s Serial[T]) Of(stamp *label.Stamp) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range s {
			if !yield(s[i].as[stamp.Serial[s[i].index]]) {
				return
			}
		}
	}
}
