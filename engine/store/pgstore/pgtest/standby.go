package pgtest

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Standby makes a copy of the server that follows it, under a name without
// quotes and blanks, and has the server's commits wait for it.
func (s *Server) Standby(name string) (*Server, error) {
	follower, err := newServer()
	if err != nil {
		return nil, err
	}
	follower.name = name
	source := fmt.Sprintf("host=127.0.0.1 port=%d user=%s password=%s application_name=%s", s.port, User, Password, name)
	err = follower.tool("pg_basebackup", "-d", source, "-D", follower.data(), "-R", "-X", "stream", "-c", "fast", "--no-sync")
	if err == nil {
		err = follower.Restart()
	}
	if err == nil {
		err = s.wait("standby", func(ctx context.Context) error { return s.follows(ctx, name, "async", "sync") })
	}
	if err == nil {
		err = s.SetConfig("synchronous_standby_names", name)
	}
	if err == nil {
		err = s.wait("standby", func(ctx context.Context) error { return s.follows(ctx, name, "sync") })
	}
	if err != nil {
		return nil, errors.Join(err, follower.Close())
	}
	return follower, nil
}

// follows returns an error until a standby follows in one of some states: "sync"
// is waited for, "async" is not.
func (s *Server) follows(ctx context.Context, name string, states ...string) error {
	return s.do(ctx, func(conn *pgx.Conn) error {
		var n int
		err := conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_replication
			WHERE application_name = $1 AND state = 'streaming' AND sync_state = ANY($2)`, name, states).Scan(&n)
		if err == nil && n == 0 {
			err = fmt.Errorf("standby %s does not follow (%v)", name, states)
		}
		return err
	})
}

// Promote makes a standby a server that takes writes. Its former primary must
// have been stopped: two of them would part.
func (s *Server) Promote() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := s.Exec(ctx, "SELECT pg_promote(true)"); err != nil {
		return err
	}
	return s.wait("promote", func(ctx context.Context) error {
		return s.do(ctx, func(conn *pgx.Conn) error {
			var standby bool
			err := conn.QueryRow(ctx, "SELECT pg_is_in_recovery()").Scan(&standby)
			if err == nil && standby {
				err = errors.New("the standby has not been promoted")
			}
			return err
		})
	})
}
