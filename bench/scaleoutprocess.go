package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// postmaster returns the process id of PostgreSQL's first process, of which all
// others are children.
func postmaster(ctx context.Context, dsn string) (string, error) {
	pid, err := query(ctx, dsn, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
	if err != nil {
		return "", err
	}
	s, err := readStat(pid)
	return s.parent, err
}

// databaseSeconds returns the processor seconds of a postmaster, its processes,
// and those that have ended.
func databaseSeconds(postmaster string) (float64, error) {
	main, err := readStat(postmaster)
	if err != nil {
		return 0, err
	}
	sum := main.seconds + main.children
	dirs, err := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		// A process that has ended meanwhile has no file any more.
		if s, err := readStat(filepath.Base(dir)); err == nil && s.parent == postmaster {
			sum += s.seconds
		}
	}
	return sum, err
}

// processStat is a process's line in /proc/PID/stat, see proc(5).
type processStat struct {
	parent            string
	seconds, children float64 // processor time, and that of the children that ended
}

// clockTick is the unit of /proc/PID/stat: USER_HZ, 100 on every Linux of today.
const clockTick = 0.01

func readStat(pid string) (processStat, error) {
	data, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return processStat{}, err
	}
	return parseStat(string(data))
}

// parseStat reads the fields after the name, which stands in brackets and may
// hold anything.
func parseStat(line string) (s processStat, err error) {
	f := strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
	if len(f) < 15 {
		return s, fmt.Errorf("/proc/PID/stat: %q is too short", line)
	}
	var ticks [4]float64 // utime, stime, cutime, cstime
	for i := range ticks {
		if ticks[i], err = strconv.ParseFloat(f[11+i], 64); err != nil {
			return s, fmt.Errorf("/proc/PID/stat: %w", err)
		}
	}
	return processStat{f[1], (ticks[0] + ticks[1]) * clockTick, (ticks[2] + ticks[3]) * clockTick}, nil
}
