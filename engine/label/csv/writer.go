package csv

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strconv"

	"mintmark/engine/label"
)

// Writer writes stamps as CSV files with the columns of Header. The zero Writer is
// ready. For the links of package serial the rows are those of AppendRow.
type Writer struct{}

var _ label.Writer = Writer{}

// Ext returns ".csv".
func (Writer) Ext() string { return ".csv" }

// Write writes one part; see label.Writer.
func (Writer) Write(ctx context.Context, out io.Writer, part label.Part, src label.Source) error {
	w := bufio.NewWriterSize(out, 64<<10)
	w.WriteString(Header) // an error stays until Flush
	var row []byte
	err := label.Each(ctx, part, src, func(s *label.Stamp) error {
		row = appendStamp(row[:0], s)
		_, err := w.Write(row)
		return err
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// appendStamp appends the row of a stamp.
func appendStamp(b []byte, s *label.Stamp) []byte {
	b = strconv.AppendUint(b, s.Position, 10)
	b = append(b, ',')
	for i := 0; i < len(s.Serial); i += 6 { // groups of five and the spaces between
		b = append(b, s.Serial[i:i+5]...)
	}
	b = append(b, ',')
	b = appendField(b, s.URL)
	b = append(b, ',')
	b = append(b, s.Serial[:]...)
	return append(b, '\r', '\n')
}

// appendField appends a field, in quotes if it needs them (RFC 4180, section 2),
// and after an apostrophe if spreadsheets would take it for a formula.
func appendField(b, field []byte) []byte {
	formula := len(field) > 0 && bytes.IndexByte([]byte("=+-@\t\r"), field[0]) >= 0
	if !formula && !bytes.ContainsAny(field, "\",\r\n") {
		return append(b, field...)
	}
	b = append(b, '"')
	if formula {
		b = append(b, '\'')
	}
	b = append(b, bytes.ReplaceAll(field, []byte{'"'}, []byte(`""`))...)
	return append(b, '"')
}
