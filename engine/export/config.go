package export

import (
	"cmp"
	"runtime"

	"mintmark/engine/fault"
)

// Config is how exports are made. The zero value of every field means its default.
type Config struct {
	Dir       string // where; default: a new directory for temporary files, gone after Close
	MaxBytes  int64  // that all exports take; the oldest complete ones are deleted first (default 32 GiB)
	MaxJobs   int    // exports made at the same time (default 1)
	MaxQueued int    // exports being made or waiting for it (default 16)
	Reserve   int64  // bytes of the disk that exports leave alone (default 1 GiB)
	Workers   int    // goroutines that make labels for each job (default: one a processor)
	// Free returns the bytes that can be written below a directory (default: asks
	// the file system).
	Free func(dir string) (int64, error)
}

// Validate fills in defaults. Errors are Invalid and name the field.
func (c *Config) Validate() error {
	for _, v := range []struct {
		field string
		value int64
	}{
		{"export_bytes", c.MaxBytes}, {"export_jobs", int64(c.MaxJobs)}, {"export_queue", int64(c.MaxQueued)},
		{"export_reserve", c.Reserve}, {"export_workers", int64(c.Workers)},
	} {
		if v.value < 0 {
			return fault.Field(v.field, "must not be negative")
		}
	}
	c.MaxBytes, c.Reserve = cmp.Or(c.MaxBytes, 32<<30), cmp.Or(c.Reserve, 1<<30)
	c.MaxJobs, c.MaxQueued = cmp.Or(c.MaxJobs, 1), cmp.Or(c.MaxQueued, 16)
	c.Workers = cmp.Or(c.Workers, runtime.GOMAXPROCS(0))
	if c.Free == nil {
		c.Free = freeSpace
	}
	return nil
}
