package pgtest

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var ctx = context.Background()

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	Need(t)
	s, err := Start(cfg)
	noError(t, err)
	t.Cleanup(func() { noError(t, s.Close()) })
	return s
}

// ask returns the answer of a query of one value.
func ask(t *testing.T, dsn, sql string) (value string) {
	t.Helper()
	conn, err := pgx.Connect(ctx, dsn)
	noError(t, err)
	defer conn.Close(ctx)
	noError(t, conn.QueryRow(ctx, sql).Scan(&value))
	return value
}

func TestServer(t *testing.T) {
	s := start(t, Config{MaxConnections: 30, Settings: map[string]string{"application_name": "it's ours"}})
	for sql, want := range map[string]string{
		"SHOW fsync": "on", "SHOW max_connections": "30", "SHOW application_name": "it's ours", "SHOW server_encoding": "UTF8",
	} {
		if got := ask(t, s.DSN(), sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	noError(t, s.SetConfig("work_mem", "5MB"))
	if got := ask(t, s.DSN(), "SHOW work_mem"); got != "5MB" {
		t.Errorf("work_mem is %s", got)
	}
	a, err := s.NewDatabase(ctx)
	noError(t, err)
	b, err := s.NewDatabase(ctx)
	noError(t, err)
	if x, y := ask(t, a, "SELECT current_database()"), ask(t, b, "SELECT current_database()"); x == y {
		t.Errorf("two databases are called %s", x)
	}
	noError(t, s.Drop(ctx, a))
	if _, err := pgx.Connect(ctx, a); err == nil {
		t.Error("a dropped database is there")
	}
	if _, err := pgx.Connect(ctx, "postgres://postgres:wrong@"+s.Addr()+"/postgres?sslmode=disable"); err == nil {
		t.Error("a wrong password is taken")
	}
}

// TestStops has what was committed survive every way to stop.
func TestStops(t *testing.T) {
	s := start(t, Config{})
	noError(t, s.Exec(ctx, "CREATE TABLE t (n int)"))
	for name, stop := range map[string]func() error{
		"smart":     func() error { return s.Stop(Smart) },
		"fast":      func() error { return s.Stop(Fast) },
		"immediate": func() error { return s.Stop(Immediate) },
		"killed":    s.Kill,
	} {
		before := ask(t, s.DSN(), "SELECT count(*)::text || 'x' FROM t")
		noError(t, stop())
		if _, err := pgx.Connect(ctx, s.DSN()); err == nil {
			t.Errorf("%s: the server answers", name)
		}
		noError(t, s.Restart())
		if got := ask(t, s.DSN(), "SELECT count(*)::text || 'x' FROM t"); got != before {
			t.Errorf("%s: %s rows, before %s", name, got, before)
		}
		noError(t, s.Exec(ctx, "INSERT INTO t VALUES (1)"))
	}
}

func TestPause(t *testing.T) {
	s := start(t, Config{})
	conn, err := pgx.Connect(ctx, s.DSN())
	noError(t, err)
	defer conn.Close(ctx)
	noError(t, s.Pause())
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(short, "SELECT 1"); err == nil {
		t.Error("a paused server answers")
	}
	noError(t, s.Continue())
	noError(t, s.Exec(ctx, "SELECT 1"))
}

func TestStandby(t *testing.T) {
	primary := start(t, Config{})
	noError(t, primary.Exec(ctx, "CREATE TABLE t (n int)"))
	standby, err := primary.Standby("second")
	noError(t, err)
	t.Cleanup(func() { noError(t, standby.Close()) })
	if got := ask(t, primary.DSN(), "SELECT sync_state FROM pg_stat_replication"); got != "sync" {
		t.Errorf("the standby is %s", got)
	}
	noError(t, primary.Exec(ctx, "INSERT INTO t VALUES (7)"))
	noError(t, primary.Kill())
	if err := standby.Exec(ctx, "INSERT INTO t VALUES (8)"); err == nil {
		t.Error("the standby takes writes")
	}
	noError(t, standby.Promote())
	noError(t, standby.Exec(ctx, "INSERT INTO t VALUES (8)"))
	if got := ask(t, standby.DSN(), "SELECT string_agg(n::text, ',' ORDER BY n) FROM t"); got != "7,8" {
		t.Errorf("the promoted standby has %s", got)
	}
}

// echo answers each request with it, to the end of the test.
func echo(t *testing.T, prefix string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	noError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 100)
				for {
					n, err := c.Read(buf)
					if err != nil {
						return
					}
					if _, err := c.Write(append([]byte(prefix), buf[:n]...)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// say sends one request over a connection and returns the answer.
func say(c net.Conn, what string) string {
	if _, err := io.WriteString(c, what); err != nil {
		return "cut"
	}
	buf := make([]byte, 100)
	n, err := c.Read(buf)
	if err != nil {
		return "cut"
	}
	return string(buf[:n])
}

func TestProxy(t *testing.T) {
	p, err := NewProxy(echo(t, "a:"))
	noError(t, err)
	defer func() { noError(t, p.Close()) }()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", p.Addr())
		noError(t, err)
		t.Cleanup(func() { c.Close() })
		return c
	}
	want := func(c net.Conn, what, answer string) {
		t.Helper()
		if got := say(c, what); got != answer {
			t.Fatalf("the answer to %q is %q, want %q", what, got, answer)
		}
	}
	c, other := dial(), dial()
	want(c, "1", "a:1")
	p.Cut()
	want(c, "2", "cut")
	want(dial(), "3", "cut")
	want(other, "4", "cut")
	p.Heal()
	c = dial()
	want(c, "5", "a:5")
	p.Redirect(echo(t, "b:"))
	want(c, "6", "cut")
	c, other = dial(), dial()
	want(c, "7", "b:7")
	for _, hit := range []<-chan struct{}{p.CutAfter([]byte("mark")), p.CutBefore([]byte("mark"))} {
		want(c, "8", "b:8")
		select {
		case <-hit:
			t.Fatal("cut without the mark")
		default:
		}
	}
	hit := p.CutAfter([]byte("mark"))
	want(c, "a mark!", "cut")
	<-hit
	want(other, "the mark again", "b:the mark again")
	hit = p.CutBefore([]byte("mark"))
	want(other, "mark", "cut")
	<-hit
	want(dial(), "mark", "b:mark")
}
