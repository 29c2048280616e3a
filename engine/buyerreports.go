package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/photo"
	"mintmark/engine/registry"
	"mintmark/engine/scan"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// Buyers' reports are records in a ring: report n is stored in slot n modulo
// MaxBuyerReports, so that strangers can fill no disk. One record more counts them,
// and every report is one change of the audit log.

// Bounds of buyers' reports.
const (
	MaxBuyerReports = 5_000 // newest ones that are kept, with their photos
	MaxReportsDaily = 300   // taken on one day of Viet Nam
	MaxReportText   = 2_000 // characters
)

// BuyerReport is what somebody who holds a stamp reports of it. It names nobody.
type BuyerReport struct {
	Number   uint64    `json:"number"` // from 1
	At       time.Time `json:"at"`     // store time, UTC
	Serial   string    `json:"serial,omitempty"`
	Verdict  string    `json:"verdict"` // of the serial at that time
	Batch    string    `json:"batch,omitempty"`
	Product  string    `json:"product,omitempty"`
	Network  string    `json:"network,omitempty"` // a /24 or /48
	Language string    `json:"language"`
	Text     string    `json:"text"`
	Photo    int       `json:"photo_bytes,omitempty"`
}

// NewReport is what a buyer sends. Photo is a file as photo.Clean takes it, or empty.
type NewReport struct {
	Code     string // as typed or scanned; any text
	Text     string
	Photo    []byte
	Language string
	Net      store.Net
}

// reportCount is the record that counts reports.
type reportCount struct {
	Last  uint64        `json:"last"`  // number of the newest
	Day   registry.Date `json:"day"`   // of it
	Today int           `json:"today"` // reports of that day
}

const (
	reportCountID = "count"
	slotFormat    = "%s/%04d"
	textSlot      = "text"
	photoSlot     = "photo"
)

// SaveBuyerReport stores a report durably and returns it. Errors are Invalid, field
// "text" or "photo", and Busy, field "reports", when too many came today.
func (e *Engine) SaveBuyerReport(ctx context.Context, n NewReport) (r BuyerReport, err error) {
	if r, err = e.inspectReport(ctx, n); err != nil {
		return r, err
	}
	var image []byte
	if len(n.Photo) > 0 {
		if image, err = e.cleanPhoto(n.Photo); err != nil {
			return r, err
		}
	}
	r.Photo = len(image)
	c, err := e.commit(ctx, func(*batch.Index) (c store.Change, err error) {
		return e.planReport(ctx, &r, image)
	})
	r.At = c.At
	return r, err
}

// inspectReport fills in what is known of the stamp.
func (e *Engine) inspectReport(ctx context.Context, n NewReport) (r BuyerReport, err error) {
	r = BuyerReport{Verdict: store.Malformed.String(), Network: scan.CoarseString(n.Net), Language: n.Language, Text: cleanReport(n.Text)}
	if r.Text == "" {
		return r, fault.Field("text", "is empty; write what you saw")
	}
	if count := utf8.RuneCountInString(r.Text); count > MaxReportText {
		return r, fault.Field("text", "has %d characters; use at most %d", count, MaxReportText)
	}
	code, err := serial.Parse(n.Code)
	if err != nil {
		return r, nil
	}
	r.Serial, r.Verdict = code.String(), store.UnknownCode.String()
	s, err := e.Stamp(ctx, code)
	if fault.Is(err, fault.NotFound) {
		return r, nil
	}
	r.Verdict, r.Batch, r.Product = s.VerdictName, s.Batch, s.Product
	return r, err
}

// cleanReport leaves in a text what people can see, in NFC, with plain line ends.
func cleanReport(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	return strings.TrimSpace(norm.NFC.String(strings.Map(func(r rune) rune {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, s)))
}

// cleanPhoto draws a photo anew, one at a time.
func (e *Engine) cleanPhoto(data []byte) ([]byte, error) {
	e.pictures.decode.Lock()
	defer e.pictures.decode.Unlock()
	return photo.Clean(data)
}

// planReport gives a report its number and returns the change that stores it.
func (e *Engine) planReport(ctx context.Context, r *BuyerReport, image []byte) (c store.Change, err error) {
	count, err := e.reportCount(ctx)
	if err != nil {
		return c, err
	}
	r.At = e.Now()
	if today := registry.DateOf(r.At); count.Day != today {
		count.Day, count.Today = today, 0
	}
	if count.Today >= MaxReportsDaily {
		return c, &fault.Error{Kind: fault.Busy, Field: "reports", Msg: "very many were sent today, and no more are taken; send it tomorrow"}
	}
	count.Last++
	count.Today++
	r.Number = count.Last
	text, err1 := json.Marshal(r)
	counted, err2 := json.Marshal(count)
	if err1 != nil || err2 != nil {
		return c, fault.New(fault.Internal, "a report does not encode")
	}
	c = store.Change{Op: store.OpRecord, Actor: "buyer", Reason: fmt.Sprintf("report %d", r.Number), Records: []store.Record{
		{Kind: store.Reports, ID: reportCountID, Data: counted}, {Kind: store.Reports, ID: reportSlot(textSlot, r.Number), Data: text}}}
	if len(image) > 0 || r.Number > MaxBuyerReports {
		// The slot may hold the photo of the report that this one displaces.
		c.Records = append(c.Records, store.Record{Kind: store.Reports, ID: reportSlot(photoSlot, r.Number), Data: append([]byte{}, image...)})
	}
	return c, nil
}

func reportSlot(prefix string, number uint64) string {
	return fmt.Sprintf(slotFormat, prefix, number%MaxBuyerReports)
}

func (e *Engine) reportCount(ctx context.Context) (c reportCount, err error) {
	r, err := e.st.Record(ctx, store.Reports, reportCountID)
	if fault.Is(err, fault.NotFound) {
		return c, nil
	}
	if err != nil {
		return c, e.check(err)
	}
	return c, corruptReport(json.Unmarshal(r.Data, &c))
}

func corruptReport(err error) error {
	if err != nil {
		return fault.Wrap(fault.Corrupt, err, "a stored report does not decode")
	}
	return nil
}

// BuyerReports returns at most limit reports, the newest first, with numbers below
// before; 0 begins with the newest.
func (e *Engine) BuyerReports(ctx context.Context, before uint64, limit int) (out []BuyerReport, err error) {
	count, err := e.reportCount(ctx)
	if err != nil {
		return nil, err
	}
	next := count.Last
	if before > 0 {
		next = min(next, before-1)
	}
	oldest := uint64(1)
	if count.Last > MaxBuyerReports {
		oldest = count.Last - MaxBuyerReports + 1
	}
	var ids []string
	for ; next >= oldest && len(ids) < limit; next-- {
		ids = append(ids, reportSlot(textSlot, next))
	}
	records, err := e.st.RecordsNamed(ctx, store.Reports, ids)
	if err != nil {
		return nil, e.check(err)
	}
	for _, one := range records {
		var r BuyerReport
		if err := corruptReport(json.Unmarshal(one.Data, &r)); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b BuyerReport) int { return cmp.Compare(b.Number, a.Number) })
	return out, nil
}

// BuyerPhoto returns the photo of a report as a JPEG file. It is NotFound, field
// "number", if there is none.
func (e *Engine) BuyerPhoto(ctx context.Context, number uint64) ([]byte, error) {
	none := &fault.Error{Kind: fault.NotFound, Field: "number", Msg: fmt.Sprintf("there is no photo of report %d", number)}
	reports, err := e.BuyerReports(ctx, number+1, 1)
	if err != nil {
		return nil, err
	}
	if len(reports) == 0 || reports[0].Number != number || reports[0].Photo == 0 {
		return nil, none
	}
	r, err := e.st.Record(ctx, store.Reports, reportSlot(photoSlot, number))
	if err != nil {
		return nil, e.check(err)
	}
	if len(r.Data) != reports[0].Photo { // displaced meanwhile
		return nil, none
	}
	return r.Data, nil
}
