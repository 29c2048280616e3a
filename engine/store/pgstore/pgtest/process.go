package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func (s *Server) running() bool {
	if s.cmd == nil {
		return false
	}
	select {
	case <-s.exited:
		return false
	default:
		return true
	}
}

// signal sends a signal to the postmaster and then to its processes, until no
// new one is found. It returns all of them.
func (s *Server) signal(sig syscall.Signal) ([]int, error) {
	sent := map[int]bool{}
	for {
		pids, err := s.processes()
		if err != nil {
			return nil, err
		}
		found := false
		for _, pid := range pids {
			if sent[pid] {
				continue
			}
			if err := kill(pid, sig); err != nil {
				return nil, err
			}
			sent[pid], found = true, true
		}
		if !found {
			return pids, nil
		}
	}
}

func kill(pid int, sig syscall.Signal) error {
	if err := syscall.Kill(pid, sig); err != nil && err != syscall.ESRCH {
		return fmt.Errorf("signal %v to process %d: %w", sig, pid, err)
	}
	return nil
}

// processes returns the postmaster and its children: each leads a process group
// of its own, so that a group cannot be signalled.
func (s *Server) processes() ([]int, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	pids := []int{s.cmd.Process.Pid}
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			return nil, err
		}
		if state, parent, err := stat(pid); err == nil && parent == pids[0] && state != "Z" {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// stat returns the state and the parent of a process, see proc(5).
func stat(pid int) (state string, parent int, err error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0, err
	}
	_, rest, _ := strings.Cut(string(data[strings.LastIndexByte(string(data), ')')+1:]), " ")
	_, err = fmt.Sscan(rest, &state, &parent)
	return state, parent, err
}

// gone waits until processes of the server have ended, the postmaster among
// them, so that it can start again in the same directory.
func (s *Server) gone(pids []int) error {
	<-s.exited
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	for _, pid := range pids {
		for alive(pid) {
			select {
			case <-tick.C:
			case <-timeout.C:
				return fmt.Errorf("process %d of PostgreSQL does not end", pid)
			}
		}
	}
	return nil
}

// alive reports whether a process runs; one that nobody has waited for yet does
// not.
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err == syscall.ESRCH {
		return false
	}
	state, _, err := stat(pid)
	return err == nil && state != "Z" && state != "X"
}
