package pgstore

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"mintmark/engine/fault"
)

// parseDSN reads a DSN. What pgx says of a bad one may quote it, so it is not
// passed on.
func parseDSN(dsn string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil || dsn == "" {
		return nil, refused(fault.Invalid, "the DSN does not parse; write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	return cfg, nil
}

// session sets what every connection of a store needs. A statement's time is
// not bounded, since that would cancel a COMMIT too; waiting for a lock is, and
// so is how long a transaction is held open by a node that was stopped.
func session(cfg *pgx.ConnConfig, opt *Options) {
	cfg.ConnectTimeout = opt.Timeout
	if len(cfg.Fallbacks) > 0 && cfg.ValidateConnect == nil {
		cfg.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite // of several hosts, the primary
	}
	cfg.RuntimeParams["statement_timeout"] = "0"
	cfg.RuntimeParams["lock_timeout"] = strconv.FormatInt(opt.Timeout.Milliseconds()/2, 10)
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = strconv.FormatInt(opt.Timeout.Milliseconds(), 10)
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "mintmark " + opt.Node
	}
}

// connect makes one connection outside the pool.
func connect(ctx context.Context, cfg *pgx.ConnConfig) (*pgx.Conn, error) {
	cfg = cfg.Copy()
	guard(cfg)
	return pgx.ConnectConfig(ctx, cfg)
}

// warning is the key under which a connection keeps its last warning.
const warning = "warning"

// guard prepares the configuration of one connection: its warnings are noted,
// and it is never cancelled. When pgx gives a connection up in the middle of a
// statement, it asks the server over a second connection to cancel that; the
// socket is closed instead.
func guard(cfg *pgx.ConnConfig) {
	s := &socket{dial: cfg.DialFunc}
	cfg.DialFunc = s.open
	cfg.AfterConnect = func(context.Context, *pgconn.PgConn) error {
		s.up.Store(true)
		return nil
	}
	cfg.OnNotice = func(c *pgconn.PgConn, n *pgconn.Notice) {
		if n.SeverityUnlocalized == "WARNING" {
			c.CustomData()[warning] = n.Message
		}
	}
}

// socket opens the socket of one connection, and no other.
type socket struct {
	dial pgconn.DialFunc
	up   atomic.Bool // the connection is made
	conn net.Conn
}

var errNoCancel = errors.New("a statement under way is left to the server")

func (s *socket) open(ctx context.Context, network, addr string) (net.Conn, error) {
	if s.up.Load() {
		return nil, errors.Join(errNoCancel, s.conn.Close())
	}
	conn, err := s.dial(ctx, network, addr)
	s.conn = conn
	return conn, err
}
