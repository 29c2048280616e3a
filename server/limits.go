package server

import "time"

// DefaultMemory is the soft limit on the Go memory of a process that serves, in
// bytes.
const DefaultMemory = 768 << 20

// The limits of the server. Those that Config can change are defaults.
const (
	defaultListen = "127.0.0.1:8080"

	// A request body of this many bytes holds 1,000 codes as full URLs.
	defaultMaxBody = 1 << 20
	// A request must have arrived this long after its first byte.
	defaultReadTimeout = 10 * time.Second
	// An import, of up to table.MaxFile bytes, this long.
	importReadTimeout = 2 * time.Minute
	// Each write of a response, not the response as a whole, may take this long.
	defaultWriteTimeout = 30 * time.Second
	// A connection without a request is closed after this long.
	defaultIdleTimeout = time.Minute
	// Connections at the same time; more are answered 503 and closed.
	defaultMaxConns = 65_536
	// Unknown and malformed codes from one /24 or /48 in one minute.
	defaultMaxFailures = 600
	// Buyers' reports from one /24 or /48 in one hour.
	defaultMaxReports = 10

	headerBytes      = 8 << 10 // the request line and all headers
	maxCodes         = 1000    // codes in one POST /v1/verify
	defaultPage      = 100     // entries of a list
	maxPage          = 1000
	maxWait          = 30 * time.Second // of a long poll
	maxPrefixes      = 65_536           // networks whose failures are remembered; a power of two
	maxSamples       = 10               // failures logged in one second
	maxTables        = 2                // files of the registry being read or made
	maxProblems      = 1000             // problems of a file that an answer lists
	maxKeyLen        = 255              // bytes of an Idempotency-Key
	busyRetrySeconds = 1                // Retry-After of a 503
)
