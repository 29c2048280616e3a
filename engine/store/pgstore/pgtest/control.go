package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Mode is how a server is asked to stop, see "Shutting Down the Server" in the
// PostgreSQL manual.
type Mode syscall.Signal

// The modes of Stop.
const (
	Smart     = Mode(syscall.SIGTERM) // waits for the clients to leave
	Fast      = Mode(syscall.SIGINT)  // rolls their transactions back
	Immediate = Mode(syscall.SIGQUIT) // as a crash, with recovery at the next start
)

// Stop ends the server and returns when all its processes have.
func (s *Server) Stop(mode Mode) error {
	if !s.running() {
		return nil
	}
	pids, err := s.processes()
	if err != nil {
		return err
	}
	if err := s.cmd.Process.Signal(syscall.Signal(mode)); err != nil {
		return err
	}
	return s.gone(pids)
}

// Kill ends all processes of the server with SIGKILL.
func (s *Server) Kill() error {
	if !s.running() {
		return nil
	}
	pids, err := s.signal(syscall.SIGSTOP) // so that none starts another
	if err != nil {
		return err
	}
	for _, pid := range pids {
		if err := kill(pid, syscall.SIGKILL); err != nil {
			return err
		}
	}
	return s.gone(pids)
}

// Restart starts the server, stopping it first if it runs, and returns when it
// takes connections.
func (s *Server) Restart() error {
	if err := s.Stop(Fast); err != nil {
		return err
	}
	if err := s.launch(); err != nil {
		return err
	}
	return s.wait("start", func(ctx context.Context) error { return s.Exec(ctx, "SELECT 1") })
}

// Pause stops all processes of the server where they are, until Continue.
func (s *Server) Pause() error {
	_, err := s.signal(syscall.SIGSTOP)
	return err
}

// Continue ends a Pause.
func (s *Server) Continue() error {
	if !s.running() {
		return nil
	}
	_, err := s.signal(syscall.SIGCONT)
	return err
}

// Close ends the server and removes its directory.
func (s *Server) Close() error {
	err := s.Continue() // it may be paused
	if err == nil {
		err = s.Stop(Immediate)
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// SetConfig changes a setting that takes effect without a restart, and waits
// until it is in force for new connections.
func (s *Server) SetConfig(name, value string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for _, sql := range []string{"ALTER SYSTEM SET " + setting(name, value), "SELECT pg_reload_conf()"} {
		if err := s.Exec(ctx, sql); err != nil {
			return err
		}
	}
	err := s.wait("set "+name, func(ctx context.Context) error {
		return s.do(ctx, func(conn *pgx.Conn) error {
			var file, now string
			err := conn.QueryRow(ctx, `SELECT f.setting, current_setting(f.name) FROM pg_file_settings f
				WHERE f.name = $1 ORDER BY seqno DESC LIMIT 1`, name).Scan(&file, &now)
			if err == nil && file != now {
				err = fmt.Errorf("%s is %q, not yet %q", name, now, file)
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	// The checkpointer puts synchronous_standby_names in force. It was told of
	// the change before a new connection could see it, and heeds that first.
	return s.Exec(ctx, "CHECKPOINT")
}
