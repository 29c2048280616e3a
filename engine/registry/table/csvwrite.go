package table

import (
	"archive/zip"
	"bufio"
	"io"
	"strings"

	"mintmark/engine/registry"
)

// byteOrderMark at the start of a file tells spreadsheets that it is UTF-8.
const byteOrderMark = "\uFEFF"

// writeCSV writes the records of one kind: RFC 4180 in UTF-8 with a byte order
// mark and CRLF. An error is the writer's.
func writeCSV(w io.Writer, k registry.Kind, s *registry.Snapshot) error {
	out := bufio.NewWriter(w)
	out.WriteString(byteOrderMark) // a bufio.Writer keeps its first error for Flush
	fields := registry.Fields(k)
	for i := range fields {
		writeField(out, i, fields[i].Name)
	}
	out.WriteString("\r\n")
	for _, r := range s.List(k) {
		for i := range fields {
			writeField(out, i, guard(format(fields[i].Value(r))))
		}
		out.WriteString("\r\n")
	}
	return out.Flush()
}

// writeField writes field i of a line; encoding/csv would change carriage returns
// in it.
func writeField(w *bufio.Writer, i int, text string) {
	if i > 0 {
		w.WriteByte(',')
	}
	if !strings.ContainsAny(text, "\",\r\n") {
		w.WriteString(text)
		return
	}
	w.WriteByte('"')
	w.WriteString(strings.ReplaceAll(text, `"`, `""`))
	w.WriteByte('"')
}

// writeZIP writes one CSV file for each kind. An error is the writer's.
func writeZIP(w io.Writer, kinds []registry.Kind, s *registry.Snapshot) error {
	z := zip.NewWriter(w)
	for _, k := range kinds {
		f, err := z.Create(string(k) + csvSuffix)
		if err == nil {
			err = writeCSV(f, k, s)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}
