package pdf

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/sheet"
)

// Objects with fixed numbers. All others get theirs as they are written.
const (
	catalogObject   = 1
	pagesObject     = 2
	resourcesObject = 3
	infoObject      = 4
	firstObject     = 5
)

// nodePages is the number of pages below one node of the page tree.
const nodePages = 128

// maxOffset is the last byte that a cross-reference table can name (ISO 32000-1,
// section 7.5.4).
const maxOffset = 9_999_999_999

// document writes the objects of one file. The first error stays, and what comes
// after it is not written.
type document struct {
	out     *bufio.Writer
	digest  hash.Hash // of what was written
	layout  *sheet.Layout
	at      int64
	offsets []int64 // of the objects by number, 0 for none yet
	err     error

	fontDict string // the entries of all resource dictionaries for fonts
	forms    []byte // the entries of the pages' resource dictionary for forms

	nodes []int // of the page tree, complete
	node  int   // the one that gets pages, if kids is not empty
	kids  []int // its pages
	pages int
}

func newDocument(out io.Writer, l *sheet.Layout) *document {
	d := &document{digest: sha256.New(), layout: l, offsets: make([]int64, firstObject)}
	d.out = bufio.NewWriterSize(io.MultiWriter(out, d.digest), 64<<10)
	d.writef("%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n") // bytes that say that the file is binary
	return d
}

func (d *document) write(p []byte) {
	if d.err == nil {
		_, d.err = d.out.Write(p)
		d.at += int64(len(p))
	}
}

func (d *document) writef(format string, args ...any) { d.write(fmt.Appendf(nil, format, args...)) }

// alloc returns the number of a new object.
func (d *document) alloc() int {
	d.offsets = append(d.offsets, 0)
	return len(d.offsets) - 1
}

// begin writes the head of an object.
func (d *document) begin(number int) {
	if d.at > maxOffset && d.err == nil {
		d.err = fault.Field("split", "makes a PDF file of more than %d bytes; use smaller parts", int64(maxOffset))
	}
	d.offsets[number] = d.at
	d.writef("%d 0 obj\n", number)
}

// object writes an object.
func (d *document) object(number int, format string, args ...any) {
	d.begin(number)
	d.writef(format+"\nendobj\n", args...)
}

// stream writes a stream that is already compressed; dict is what its dictionary
// holds besides length and filter.
func (d *document) stream(number int, dict string, data []byte) {
	d.begin(number)
	d.writef("<<%s/Length %d/Filter/FlateDecode>>stream\n", dict, len(data))
	d.write(data)
	d.writef("\nendstream\nendobj\n")
}

// page writes a page with its compressed content.
func (d *document) page(content []byte) {
	if len(d.kids) == 0 {
		d.node = d.alloc()
	}
	page, data := d.alloc(), d.alloc()
	d.object(page, "<</Type/Page/Parent %d 0 R%s/Contents %d 0 R>>", d.node, d.boxes(), data)
	d.stream(data, "", content)
	d.kids = append(d.kids, page)
	if d.pages++; len(d.kids) == nodePages {
		d.endNode()
	}
}

// boxes returns a page's TrimBox and BleedBox, if labels are cut out of it.
func (d *document) boxes() string {
	l := d.layout
	if !l.CropMarks && l.Bleed == 0 {
		return ""
	}
	box := func(b sheet.Box, more float64) []byte {
		p := point{b.X - more, b.Y + b.H + more}.on(l.PageHeight)
		q := point{b.X + b.W + more, b.Y - more}.on(l.PageHeight)
		return appendNumbers(nil, p.X, p.Y, q.X, q.Y)
	}
	return fmt.Sprintf("/TrimBox[%s]/BleedBox[%s]", box(l.Trim(), 0), box(l.Trim(), l.Bleed))
}

func (d *document) endNode() {
	d.object(d.node, "<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>", pagesObject, len(d.kids), references(d.kids))
	d.nodes = append(d.nodes, d.node)
	d.kids = d.kids[:0]
}

// references lists objects.
func references(numbers []int) []byte {
	var b bytes.Buffer
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d 0 R", n)
	}
	return b.Bytes()
}

// finish writes what stands at the end of the file, and what is still buffered.
func (d *document) finish(title string) error {
	if len(d.kids) > 0 {
		d.endNode()
	}
	width, height := d.layout.PageWidth*label.PointsPerMM, d.layout.PageHeight*label.PointsPerMM
	d.object(catalogObject, "<</Type/Catalog/Pages %d 0 R/ViewerPreferences<</PrintScaling/None>>>>", pagesObject)
	d.object(pagesObject, "<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 %s]/Resources %d 0 R>>",
		d.pages, references(d.nodes), appendNumbers(nil, width, height), resourcesObject)
	d.object(resourcesObject, "<<%s/XObject<<%s>>>>", d.fontDict, d.forms)
	d.object(infoObject, "<</Title %s/Producer(Mintmark)>>", textString(title))
	return d.trailer()
}

// trailer writes the cross-reference table and the trailer. The file's identifier
// is the digest of its bytes, so that equal files have equal ones.
func (d *document) trailer() error {
	start := d.at
	d.writef("xref\n0 %d\n0000000000 65535 f \n", len(d.offsets))
	for _, offset := range d.offsets[1:] {
		d.writef("%010d 00000 n \n", offset)
	}
	if d.err == nil {
		d.err = d.out.Flush() // the digest is to hold all of it
	}
	id := d.digest.Sum(nil)[:16]
	d.writef("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%X><%X>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(d.offsets), catalogObject, infoObject, id, id, start)
	if d.err == nil {
		d.err = d.out.Flush()
	}
	return d.err
}
