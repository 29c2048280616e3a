package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Config says how a server differs from the default.
type Config struct {
	MaxConnections int               // default 100
	Settings       map[string]string // further settings of postgresql.conf
}

// The superuser of every server. The password is asked for, by SCRAM.
const (
	User     = "postgres"
	Password = "mintmark-test-password"
)

// startTimeout bounds the start of a server, replay included, and everything
// else that is waited for here.
const startTimeout = 60 * time.Second

// Server is one PostgreSQL server. Its methods are not for concurrent use,
// NewDatabase, Clone, Drop, Exec and DSN aside.
type Server struct {
	bin, dir  string
	name      string // as a standby
	port      int
	cred      *syscall.Credential
	cmd       *exec.Cmd
	exited    chan struct{} // closed when cmd has ended
	databases *atomic.Int64
}

// Start initialises a server and starts it. The caller ends it with Close.
func Start(cfg Config) (*Server, error) {
	s, err := newServer()
	if err != nil {
		return nil, err
	}
	if err := s.initialise(cfg); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if err := s.Restart(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// newServer makes the directory and picks the port of a server.
func newServer() (*Server, error) {
	bin, err := binDir()
	if err != nil {
		return nil, err
	}
	cred, err := owner()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "mintmark-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, cred: cred, databases: new(atomic.Int64)}
	if err = s.Own(dir); err == nil {
		s.port, err = freePort()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// Own gives a file or directory to the user who runs the server.
func (s *Server) Own(path string) error {
	if s.cred == nil {
		return nil
	}
	return os.Chown(path, int(s.cred.Uid), int(s.cred.Gid))
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// initialise makes the data directory. Only this is done without fsync.
func (s *Server) initialise(cfg Config) error {
	pw := filepath.Join(s.dir, "password")
	if err := os.WriteFile(pw, []byte(Password+"\n"), 0o644); err != nil {
		return err
	}
	if err := s.tool("initdb", "-D", s.data(), "-U", User, "-A", "scram-sha-256", "--pwfile="+pw,
		"-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"); err != nil {
		return err
	}
	lines := []string{
		"fsync = on",
		fmt.Sprintf("max_connections = %d", max(cfg.MaxConnections, 0)),
		"wal_level = replica", "max_wal_senders = 4", "hot_standby = on", "max_wal_size = 1GB",
		"logging_collector = off", "log_min_messages = warning",
	}
	if cfg.MaxConnections == 0 {
		lines[1] = "max_connections = 100"
	}
	for name, value := range cfg.Settings {
		lines = append(lines, setting(name, value))
	}
	return s.configure(lines...)
}

func setting(name, value string) string {
	return fmt.Sprintf("%s = '%s'", name, strings.ReplaceAll(value, "'", "''"))
}

// configure adds lines to postgresql.conf, which take effect at the next start.
func (s *Server) configure(lines ...string) error {
	f, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.Join(lines, "\n") + "\n")
	return errors.Join(err, f.Close())
}

// tool runs one of the server's programs to its end.
func (s *Server) tool(name string, args ...string) error {
	cmd := s.command(name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "PGPASSWORD="+Password, "HOME="+s.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred, Setpgid: true}
	return cmd
}

// launch starts the postmaster. It gets a SIGQUIT, on which it ends at once
// with all its processes, when this process dies: that signal follows the
// thread that started it, so the thread waits for its end.
func (s *Server) launch() error {
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	s.cmd = s.command("postgres", "-D", s.data(), "-h", "127.0.0.1", "-k", s.dir, "-p", fmt.Sprint(s.port))
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	s.exited = make(chan struct{})
	started := make(chan error)
	go func(cmd *exec.Cmd, exited chan struct{}) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its log
		}
		log.Close()
		close(exited)
	}(s.cmd, s.exited)
	return <-started
}

func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }

// Addr returns host and port.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// DSN returns the address of the database "postgres", as the superuser.
func (s *Server) DSN() string { return DSN(s.Addr(), "postgres") }

// DSN returns the address of a database at a host and port, as the superuser.
func DSN(addr, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(User, Password), Host: addr, Path: database,
		RawQuery: "sslmode=disable"}
	return u.String()
}

// NewDatabase creates an empty database and returns its address.
func (s *Server) NewDatabase(ctx context.Context) (dsn string, err error) {
	name := fmt.Sprintf("mintmark_%d", s.databases.Add(1))
	return DSN(s.Addr(), name), s.Exec(ctx, "CREATE DATABASE "+name)
}

// Clone creates a copy of a database that nobody is connected to, and returns
// its address.
func (s *Server) Clone(ctx context.Context, dsn string) (clone string, err error) {
	from, err := url.Parse(dsn)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("mintmark_%d", s.databases.Add(1))
	return DSN(s.Addr(), name), s.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+strings.TrimPrefix(from.Path, "/"))
}

// Drop removes a database that NewDatabase created, whoever is connected to it.
func (s *Server) Drop(ctx context.Context, dsn string) error {
	u, err := url.Parse(dsn)
	if err != nil {
		return err
	}
	return s.Exec(ctx, "DROP DATABASE "+strings.TrimPrefix(u.Path, "/")+" WITH (FORCE)")
}

// Exec runs one statement in the database "postgres" as the superuser.
func (s *Server) Exec(ctx context.Context, sql string, args ...any) error {
	return s.do(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql, args...)
		return err
	})
}

// do connects as the superuser for one thing.
func (s *Server) do(ctx context.Context, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.DSN())
	if err != nil {
		return err
	}
	return errors.Join(fn(conn), conn.Close(context.WithoutCancel(ctx)))
}

// wait calls ready until it succeeds, for at most startTimeout.
func (s *Server) wait(what string, ready func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.exited:
			return fmt.Errorf("%s: PostgreSQL has ended: %w\n%s", what, err, s.logTail())
		case <-ctx.Done():
			return fmt.Errorf("%s: %w\n%s", what, err, s.logTail())
		}
	}
}

// logTail returns the end of the server's log.
func (s *Server) logTail() string {
	data, err := os.ReadFile(s.logFile())
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-4000):])
}
