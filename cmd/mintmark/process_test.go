package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience bounds every wait for a process.
const patience = time.Minute

// process is a server in a process of its own.
type process struct {
	cmd  *exec.Cmd
	url  string
	done chan struct{} // closed when it has ended
	err  error         // of Wait, once done is closed

	mu     sync.Mutex
	stderr strings.Builder
}

// startServer starts cmd, which serves, and returns when its port is open.
func startServer(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	out, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		p.read(out, ready)
		p.err = cmd.Wait()
		close(p.done)
	}()
	select {
	case p.url = <-ready:
		return p, nil
	case <-p.done:
		return nil, fmt.Errorf("the server ended: %v\n%s", p.err, p.log())
	case <-time.After(patience):
		return nil, errors.Join(p.kill(), fmt.Errorf("the server opened no port in %v:\n%s", patience, p.log()))
	}
}

// read keeps what the server says, and passes on its URL.
func (p *process) read(out io.Reader, ready chan<- string) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		p.mu.Lock()
		fmt.Fprintln(&p.stderr, lines.Text())
		p.mu.Unlock()
		if url, ok := strings.CutPrefix(lines.Text(), "mintmark: listening on "); ok {
			ready <- url
		}
	}
}

// log returns what the server has said on standard error.
func (p *process) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// stop asks the server to end in order, and returns how it ended.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.wait()
}

// kill ends the server at once, with nothing done on the way out.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	if err := p.wait(); err == nil || p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		return fmt.Errorf("killed, but it ended with: %v", err)
	}
	return nil
}

func (p *process) wait() error {
	select {
	case <-p.done:
		return p.err
	case <-time.After(patience):
		return fmt.Errorf("the server did not end in %v", patience)
	}
}
