// Package ndjson writes stamps as JSON, one object a line (newline-delimited JSON),
// in UTF-8:
//
//	{"position":1,"serial":"250VY3QSDPT6DAK9KD4E","text":"250VY 3QSDP T6DAK 9KD4E","url":"https://…"}
package ndjson

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strconv"

	"mintmark/engine/label"
)

// Writer writes NDJSON files. The zero Writer is ready.
type Writer struct{}

var _ label.Writer = Writer{}

// Ext returns ".ndjson".
func (Writer) Ext() string { return ".ndjson" }

// Write writes one part; see label.Writer.
func (Writer) Write(ctx context.Context, out io.Writer, part label.Part, src label.Source) error {
	w := bufio.NewWriterSize(out, 64<<10)
	var line []byte
	err := label.Each(ctx, part, src, func(s *label.Stamp) error {
		line = appendLine(line[:0], s)
		_, err := w.Write(line)
		return err
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// appendLine appends the line of a stamp.
func appendLine(b []byte, s *label.Stamp) []byte {
	b = append(b, `{"position":`...)
	b = strconv.AppendUint(b, s.Position, 10)
	b = append(b, `,"serial":"`...)
	for i := 0; i < len(s.Serial); i += 6 { // groups of five and the spaces between
		b = append(b, s.Serial[i:i+5]...)
	}
	b = append(b, `","text":"`...)
	b = append(b, s.Serial[:]...)
	b = append(b, `","url":`...)
	b = appendString(b, s.URL)
	return append(b, "}\n"...)
}

// appendString appends a JSON string. Links are almost never more than plain ASCII.
func appendString(b, s []byte) []byte {
	for _, c := range s {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(string(s))
			if err != nil {
				panic(err) // every string can be marshalled
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
