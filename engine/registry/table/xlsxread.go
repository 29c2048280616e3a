package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
)

// book is a workbook that is being read: ECMA-376, part 1, SpreadsheetML.
type book struct {
	*archive
	byName  map[string]*zip.File
	strings []string // shared strings
	dates   []bool   // by cell format: whether it shows numbers as dates
	epoch   int      // day number of the first of January 1970, see dayOf
}

// readXLSX reads the sheets of a workbook that have cells. Errors are Invalid,
// field "file".
func readXLSX(data []byte, left *budget) (sheets []sheet, problems []Problem, err error) {
	a, err := openArchive(data)
	if err != nil {
		return nil, nil, err
	}
	b := &book{archive: a, byName: map[string]*zip.File{}}
	for _, f := range a.files {
		b.byName[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	parts, err := b.open()
	if err != nil {
		return nil, nil, err
	}
	for _, p := range parts {
		s, err := b.readSheet(p, left)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case len(s.rows) == 0:
		case registry.Fields(s.kind) == nil:
			problems = append(problems, Problem{Sheet: shorten(s.name), Message: "is no kind of record; call the sheet one of " + kindNames("")})
		default:
			sheets = append(sheets, s)
		}
	}
	return sheets, problems, nil
}

// sheetPart is where a sheet stands.
type sheetPart struct{ name, part string }

// Ends of the types of relations: both name spaces of the standard have them.
const (
	relBook    = "/officeDocument"
	relSheet   = "/worksheet"
	relStrings = "/sharedStrings"
	relStyles  = "/styles"
)

// open reads all of a workbook but its sheets.
func (b *book) open() ([]sheetPart, error) {
	top, err := b.relations("")
	if err != nil {
		return nil, err
	}
	name := top.byType(relBook)
	var doc struct {
		Pr struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.decode(name, &doc); err != nil {
		return nil, err
	}
	b.epoch = epoch1900
	if on := doc.Pr.Date1904; on == "1" || on == "true" {
		b.epoch = epoch1904
	}
	rels, err := b.relations(name)
	if err != nil {
		return nil, err
	}
	if part := rels.byType(relStrings); part != "" {
		if b.strings, err = b.sharedStrings(part); err != nil {
			return nil, err
		}
	}
	if part := rels.byType(relStyles); part != "" {
		if b.dates, err = b.dateFormats(part); err != nil {
			return nil, err
		}
	}
	var parts []sheetPart
	for _, s := range doc.Sheets {
		for _, a := range s.Attr {
			if r := rels[a.Value]; a.Name.Local == "id" && strings.HasSuffix(r.kind, relSheet) {
				parts = append(parts, sheetPart{s.Name, r.part})
			}
		}
	}
	return parts, nil
}

// relation is a line of a part's relations: what it leads to, and of what type.
type relation struct{ part, kind string }

// relations are those of one part, by id.
type relations map[string]relation

func (r relations) byType(suffix string) string {
	for _, one := range r {
		if strings.HasSuffix(one.kind, suffix) {
			return one.part
		}
	}
	return ""
}

// relations reads the relations of a part, "" for those of the file.
func (b *book) relations(part string) (relations, error) {
	dir, base := path.Split(part)
	var doc struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if err := b.decode(dir+"_rels/"+base+".rels", &doc); err != nil {
		return nil, err
	}
	out := relations{}
	for _, r := range doc.Relationship {
		target := path.Join("/", dir, r.Target)
		if strings.HasPrefix(r.Target, "/") {
			target = path.Clean(r.Target)
		}
		out[r.ID] = relation{strings.TrimPrefix(target, "/"), r.Type}
	}
	return out, nil
}

// maxSmall bounds the parts that are decoded in one piece, in bytes.
const maxSmall = 1 << 20

// decode reads a small part into v.
func (b *book) decode(part string, v any) error {
	r, err := b.part(part)
	if err != nil {
		return err
	}
	defer r.Close()
	return xmlError(part, xml.NewDecoder(io.LimitReader(r, maxSmall)).Decode(v))
}

// part opens a part of the workbook.
func (b *book) part(name string) (io.ReadCloser, error) {
	f := b.byName[strings.ToLower(name)]
	if f == nil {
		return nil, errFile("is no workbook: it has no part %q; save it as .xlsx", shorten(name))
	}
	return b.archive.open(f)
}

// walk calls do for every token of a part and reads to its end, where its checksum
// is. do may take tokens up to the end of the element that it was called for.
func (b *book) walk(part string, do func(d *xml.Decoder, t xml.Token) error) error {
	r, err := b.part(part)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = do(d, t)
		}
		if err != nil {
			return xmlError(part, err)
		}
	}
}

// xmlError keeps an error that says where it is, and makes others of the part.
func xmlError(part string, err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return errFile("is damaged at %s: %v", shorten(part), err)
}
