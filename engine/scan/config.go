package scan

import (
	"cmp"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Config bounds the writer. The zero value of each field means its default.
// Queue is shared out evenly to the store's lanes, but each has room for one
// group at least.
type Config struct {
	GroupSize int           // events in a group at most
	GroupAge  time.Duration // between the starts of two groups at least, unless one is full
	Queue     int           // events waiting for a group at most
	SuspectAt uint16        // distinct sessions that make a stamp suspicious
}

// DefaultConfig returns what the zero Config means.
func DefaultConfig() Config {
	return Config{GroupSize: 512, GroupAge: 500 * time.Microsecond, Queue: 16_384, SuspectAt: 10}
}

func (c *Config) setDefaults() {
	def := DefaultConfig()
	c.GroupSize = cmp.Or(c.GroupSize, def.GroupSize)
	c.GroupAge = cmp.Or(c.GroupAge, def.GroupAge)
	c.Queue = cmp.Or(c.Queue, def.Queue)
	c.SuspectAt = cmp.Or(c.SuspectAt, def.SuspectAt)
}

// Validate names the first field that is out of bounds. Errors are Invalid,
// field "group_size", "group_age", "queue" or "suspect_at".
func (c Config) Validate() error {
	c.setDefaults()
	switch {
	case c.GroupSize < 1 || c.GroupSize > 4096:
		return fault.Field("group_size", "is %d; use 1 to 4096 events, or 0 for the default", c.GroupSize)
	case c.GroupAge < 0 || c.GroupAge > time.Second:
		return fault.Field("group_age", "is %v; use up to one second, or 0 for the default", c.GroupAge)
	case c.Queue < c.GroupSize:
		return fault.Field("queue", "is %d events; it must hold at least one group, which is %d", c.Queue, c.GroupSize)
	case c.SuspectAt > store.MaxSessions:
		return fault.Field("suspect_at", "is %d sessions; use up to %d, or 0 for the default", c.SuspectAt, store.MaxSessions)
	}
	return nil
}
