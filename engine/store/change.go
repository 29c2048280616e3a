package store

import (
	"encoding/json"
	"time"

	"mintmark/engine/fault"
)

// ErrHeadMoved says that another change was committed first: read the changes
// up to the new head, judge again, try again. Nothing was written.
var ErrHeadMoved = fault.New(fault.Conflict, "the change log has moved on")

// Op is what a change does.
type Op string

// The operations of the change log.
const (
	OpCreate   Op = "create"
	OpSeal     Op = "seal"
	OpActivate Op = "activate"
	OpSuspend  Op = "suspend"
	OpResume   Op = "resume"
	OpSpoil    Op = "spoil"
	OpReturn   Op = "return"
	OpRevoke   Op = "revoke"
	OpExpire   Op = "expire"
	OpRecord   Op = "record"  // only writes records: keys, tokens
	OpExport   Op = "export"  // asks for files of a range
	OpRelease  Op = "release" // a printer begins to download a range; a fact, no state of a stamp
)

// Range is a closed range of ordinals.
type Range struct {
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
}

// Len returns the number of ordinals.
func (r Range) Len() uint64 { return r.Last - r.First + 1 }

// Bounds of one change, so that it is one record of the log and, with the records
// it writes, one transaction of any store. The embedded one sets them: a value of
// the log is below 1 MiB and a transaction below 15 % of a table in memory.
const (
	MaxRanges      = 10_000
	MaxRecordNames = 900 << 10 // bytes of the records' kinds and ids, and 24 more for each record
	MaxRecordBytes = 9_900_000 // bytes of their data, twice their kinds and ids, and 40 more for each
)

// Check returns an Invalid error, field "ranges" or "records", if the change is
// larger than a store takes.
func (c *Change) Check() error {
	if len(c.Ranges) > MaxRanges {
		return fault.Field("ranges", "%d ranges in one change; send at most %d at a time", len(c.Ranges), MaxRanges)
	}
	n, names, data := len(c.Records), 0, 0
	for i := range c.Records {
		r := &c.Records[i]
		names += len(r.Kind) + len(r.ID)
		data += len(r.Data)
	}
	if size := data + 2*names + 40*n; size > MaxRecordBytes {
		return fault.Field("records", "take %.1f MB, what they replace included, and one change takes at most %.1f MB; "+
			"split the file and send the parts one after the other", float64(size)/1e6, MaxRecordBytes/1e6)
	}
	if size := names + 24*n; size > MaxRecordNames {
		return fault.Field("records", "are %d with names of %d kB, and one change takes at most %d kB of names; "+
			"split the file and send the parts one after the other", n, size>>10, MaxRecordNames>>10)
	}
	return nil
}

// Change is one entry of the numbered log that is both the control plane and
// the audit trail: who did what to which stamps, when and why.
type Change struct {
	Seq    uint64    `json:"seq"` // assigned by the store, from 1 without a gap
	At     time.Time `json:"at"`  // store time; never decreases
	Actor  string    `json:"actor"`
	Token  string    `json:"token,omitempty"` // id of the token used
	Reason string    `json:"reason,omitempty"`
	Op     Op        `json:"op"`
	Batch  string    `json:"batch,omitempty"`
	Ranges []Range   `json:"ranges,omitempty"` // empty: the whole batch

	NotActivatedBefore time.Time `json:"not_activated_before,omitzero"` // OpRevoke: spare what was active by then
	ExpiresAt          time.Time `json:"expires_at,omitzero"`           // OpExpire
	Product            string    `json:"product,omitempty"`             // OpActivate: binds the range
	Lot                string    `json:"lot,omitempty"`                 // OpActivate: binds the range
	Code               string    `json:"code,omitempty"`                // OpSpoil: what happened, one of batch.SpoilCodes

	Export  string          `json:"export,omitempty"`  // OpExport, OpRelease: its id
	Printer string          `json:"printer,omitempty"` // OpExport, OpRelease: who prints it
	Force   bool            `json:"force,omitempty"`   // OpExport: although another printer has the range
	Request json.RawMessage `json:"request,omitempty"` // OpExport: an export.Request

	Records []Record `json:"records,omitempty"` // written with the change; kept without Data in the log
}

// RecordKind groups small records.
type RecordKind string

// The kinds of records.
const (
	SiteKeys   RecordKind = "site-key"
	IssuerKeys RecordKind = "issuer-key"
	Tokens     RecordKind = "token"
	Logos      RecordKind = "logo"   // files that export requests name by their SHA-256
	Layouts    RecordKind = "layout" // files of saved layouts, by name

	// The registry, see package registry. An id is a kind of its records, a slash
	// and the record's own id: products/P1.
	Registry         RecordKind = "registry"         // newest versions, as JSON
	RegistryVersions RecordKind = "registry-version" // what was replaced: products/P1/00000003
	Pictures         RecordKind = "picture"          // JPEG or PNG files, by their SHA-256 in hexadecimal
	PictureInfos     RecordKind = "picture-info"     // what is known of each, as JSON, by the same id
	Reports          RecordKind = "report"           // what buyers report about stamps
)

// RecordKinds lists all kinds.
var RecordKinds = []RecordKind{SiteKeys, IssuerKeys, Tokens, Logos, Layouts, Registry, RegistryVersions, Pictures, PictureInfos, Reports}

// Record is a small value that is written only together with a change.
type Record struct {
	Kind RecordKind `json:"kind"`
	ID   string     `json:"id"`
	Data []byte     `json:"data,omitempty"`
}
