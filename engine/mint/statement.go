package mint

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// Statement is what a batch certificate says. It derives from the batch record,
// as it stands before the first tag is made, and from the root alone. Statements
// can be compared with ==.
type Statement struct {
	Batch     string
	Version   uint8
	First     uint64 // first ordinal
	Count     uint64 // stamps
	ChunkSize uint32 // stamps in a chunk
	Link      serial.Link
	Product   string
	Printer   string
	Producer  string
	Public    bool
	IssuerKey string
	CreatedAt time.Time // UTC
	Root      [32]byte  // RFC 6962, of the chunks
}

// StatementOf returns what the certificate of b with this root states.
func StatementOf(b *store.Batch, root [32]byte) Statement {
	return Statement{
		Batch:     b.ID,
		Version:   b.Version,
		First:     b.First,
		Count:     b.Count,
		ChunkSize: b.ChunkSize,
		Link:      b.Link,
		Product:   b.Product,
		Printer:   b.Printer,
		Producer:  b.Producer,
		Public:    b.Public,
		IssuerKey: b.IssuerKey,
		CreatedAt: b.CreatedAt.UTC(),
		Root:      root,
	}
}

// The first line, which keeps certificates apart from whatever else an issuer
// key signs. A change of the lines below changes its number.
const statementHeader = "mintmark-batch-1\n"

// A line is "key=value". set is given the value as read; what it tolerates is
// refused later, because the statement would be spelled differently.
type line struct {
	key string
	get func(s *Statement) string
	set func(s *Statement, value string) error
}

// lines are all lines after the header, in their order.
var lines = []line{
	textLine("batch", func(s *Statement) *string { return &s.Batch }),
	uintLine("version", 8, func(s *Statement) *uint8 { return &s.Version }),
	uintLine("first", 64, func(s *Statement) *uint64 { return &s.First }),
	uintLine("count", 64, func(s *Statement) *uint64 { return &s.Count }),
	uintLine("chunk_size", 32, func(s *Statement) *uint32 { return &s.ChunkSize }),
	textLine("base_url", func(s *Statement) *string { return &s.Link.Base }),
	{"form",
		func(s *Statement) string { return s.Link.Form.String() },
		func(s *Statement, v string) (err error) { s.Link.Form, err = serial.ParseForm(v); return }},
	textLine("gtin", func(s *Statement) *string { return &s.Link.GTIN }),
	textLine("lot", func(s *Statement) *string { return &s.Link.Lot }),
	textLine("product", func(s *Statement) *string { return &s.Product }),
	textLine("printer", func(s *Statement) *string { return &s.Printer }),
	textLine("producer", func(s *Statement) *string { return &s.Producer }),
	{"public",
		func(s *Statement) string { return strconv.FormatBool(s.Public) },
		func(s *Statement, v string) (err error) { s.Public, err = strconv.ParseBool(v); return }},
	textLine("issuer_key", func(s *Statement) *string { return &s.IssuerKey }),
	{"created_at",
		func(s *Statement) string { return s.CreatedAt.Format(time.RFC3339Nano) },
		func(s *Statement, v string) error {
			at, err := time.Parse(time.RFC3339Nano, v)
			s.CreatedAt = at.UTC()
			return err
		}},
	{"root",
		func(s *Statement) string { return hex.EncodeToString(s.Root[:]) },
		setRoot},
}

func textLine(key string, at func(*Statement) *string) line {
	return line{key,
		func(s *Statement) string { return *at(s) },
		func(s *Statement, value string) error {
			*at(s) = value
			return nil
		}}
}

func uintLine[T uint8 | uint32 | uint64](key string, bits int, at func(*Statement) *T) line {
	return line{key,
		func(s *Statement) string { return strconv.FormatUint(uint64(*at(s)), 10) },
		func(s *Statement, value string) error {
			n, err := strconv.ParseUint(value, 10, bits)
			*at(s) = T(n)
			return err
		}}
}

func setRoot(s *Statement, value string) error {
	raw, err := hex.DecodeString(value)
	if err == nil && len(raw) != len(s.Root) {
		return fmt.Errorf("it has %d bytes, not %d", len(raw), len(s.Root))
	}
	copy(s.Root[:], raw)
	return err
}

// text spells the statement. The error is about a value that is not one line of
// text.
func (s Statement) text() (string, error) {
	var b strings.Builder
	b.WriteString(statementHeader)
	for _, l := range lines {
		value := l.get(&s)
		if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
			return "", fault.Field(l.key, "is %q: use one line of text without control characters", value)
		}
		b.WriteString(l.key + "=" + value + "\n")
	}
	return b.String(), nil
}

// parseStatement reads what text has spelled, and nothing else: every line, in
// order, in its one spelling, with values that a batch can have.
func parseStatement(text string) (s Statement, err error) {
	rest, ok := strings.CutPrefix(text, statementHeader)
	if !ok {
		return s, fault.New(fault.Invalid, "the first line is not %q", statementHeader)
	}
	for _, l := range lines {
		value, after, _ := strings.Cut(rest, "\n")
		value, ok := strings.CutPrefix(value, l.key+"=")
		if !ok {
			return s, fault.Field(l.key, "is not where it belongs: every line has its place")
		}
		if err := l.set(&s, value); err != nil {
			return s, fault.Field(l.key, "is %q: %v", value, err)
		}
		rest = after
	}
	again, err := s.text()
	if err != nil {
		return s, err
	}
	if again != text {
		return s, fault.New(fault.Invalid, "the text is not in its one spelling")
	}
	return s, s.check()
}

// check reports whether the statement could be that of a batch.
func (s Statement) check() error {
	b := store.Batch{Version: s.Version, First: s.First, Count: s.Count, ChunkSize: s.ChunkSize}
	if err := checkBatch(&b); err != nil {
		return err
	}
	if s.Batch == "" {
		return fault.Field("batch", "is empty")
	}
	return s.Link.Validate()
}
