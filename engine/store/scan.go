package store

import "time"

// Verdict is the answer to a scan. The order is the precedence: the smallest
// that applies is given.
type Verdict uint8

// The verdicts. Malformed and Unknown name no stamp and are never logged.
const (
	Malformed Verdict = iota
	UnknownCode
	Mismatch
	Revoked
	Spoiled
	Expired
	Suspended
	Inactive
	Suspicious
	Genuine
	NumVerdicts
)

var verdictNames = [NumVerdicts]string{"malformed", "unknown", "mismatch", "revoked", "spoiled",
	"expired", "suspended", "inactive", "suspicious", "genuine"}

// String returns the verdict as the API spells it.
func (v Verdict) String() string { return verdictNames[v] }

// ScanKind says who asked. Only a Consumer's scan counts.
type ScanKind uint8

// The kinds of scans.
const (
	Consumer  ScanKind = iota // a phone, a browser, or any ordinary client
	Preview                   // link previews and named crawlers
	Inspector                 // with an inspector's token
	API                       // POST /v1/verify
	NumKinds
)

var kindNames = [NumKinds]string{"consumer", "preview", "inspector", "api"}

// String returns the kind as the API spells it.
func (k ScanKind) String() string { return kindNames[k] }

// Event is one logged scan of an authentic code. It holds no address and no
// cookie: only a prefix and keyed hashes.
type Event struct {
	Seq     uint64 // lane<<LaneShift | number in the lane, from 1 without a gap; assigned by the store
	Time    int64  // store time, microseconds since 1970 UTC; assigned by the store, never decreases
	Ordinal uint64
	Session uint64 // hash of the cookie, else equal to Client
	Client  uint64 // keyed hash of address and user agent; the key changes daily
	Net     Net    // the coarse address
	Country [2]byte
	Verdict Verdict
	Kind    ScanKind
	Agent   uint8  // user-agent class, see engine/scan
	Count   uint32 // counted scans of this stamp, this one included; assigned by the store
}

// LaneShift is where the lane stands in the number of an event: 2^45 events fit
// a lane, and all numbers fit the 53 bits that every JSON reader keeps.
const LaneShift = 45

// MaxLanes bounds the lanes of a store.
const MaxLanes = 1 << (53 - LaneShift)

// Net is an IPv4 /24 (Len 3) or IPv6 /48 (Len 6); Len 0 when unknown.
type Net struct {
	Len    uint8
	Prefix [6]byte
}

// MaxSessions bounds the distinct sessions remembered for one stamp: the count
// is exact below it, and stays there above it.
const MaxSessions = 32

// StampState is what the scans of one stamp add up to. Times are microseconds
// since 1970 UTC, 0 when there was none.
type StampState struct {
	Count    uint32 // counted scans, exact
	Sessions uint16 // distinct sessions, exact below MaxSessions
	First    int64
	Last     int64
}

// Group is the scans of one lane that share one durable write.
type Group struct {
	Head   uint64 // the change that all events were judged at
	Events []Event
	// SuspectAt turns Genuine into Suspicious once a stamp has been scanned
	// in that many distinct sessions; 0 never does.
	SuspectAt uint16
	// Results has one entry an event: the state including that event (for an
	// uncounted event, the state as it stands). Filled by AppendScans, which
	// also sets Time, Count and the final Verdict of each event.
	Results []StampState
}

// ScanQuery selects logged events. Zero fields select everything.
type ScanQuery struct {
	First, Last uint64    // ordinals, closed range; Last 0 means no bound
	From, To    time.Time // half-open
	Limit       int       // 0: no limit
	After       uint64    // number of the event to continue after
}

// Hour is the aggregate of one batch and one hour (UTC). It outlives the raw
// events.
type Hour struct {
	Batch    uint64 // first ordinal of the batch
	Start    time.Time
	Verdicts [NumVerdicts]uint64 // counted scans by verdict
	Kinds    [NumKinds]uint64    // all scans by kind
	Stamps   uint64              // stamps that were scanned for the first time
}
