package pgstore

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"mintmark/engine/fault"
)

// SQLSTATE codes, see appendix A of the PostgreSQL manual.
const (
	codeSerialization = "40001"
	codeUnknownEnd    = "40003" // statement_completion_unknown
	codeDeadlock      = "40P01"
	codeLockTimeout   = "55P03"
	codeCancelled     = "57014"
	codeReadOnly      = "25006" // the server became a standby
	codeDiskFull      = "53100"
	codeNoMemory      = "53200"
	codeNoRights      = "42501"
	codeNoTable       = "42P01"
	codeNoDatabase    = "3D000"
	codeBadText       = "22021"
	codeFull          = "53300" // connections
)

// sqlState returns the SQLSTATE of a database's error, or "".
func sqlState(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// transient reports whether the same work may succeed if it is done again:
// the connection was lost or not made, or the database asks for it.
func transient(err error) bool {
	code := sqlState(err)
	switch code {
	case "":
		return !known(err) && !unfit(err)
	case codeSerialization, codeUnknownEnd, codeDeadlock, codeLockTimeout, codeCancelled, codeReadOnly, codeFull:
		return true
	}
	// 08: connection exceptions; 57P: the server stops, starts or has crashed.
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P")
}

// known reports whether err has a kind already, so is no failure of the way to
// the database.
func known(err error) bool {
	var e *fault.Error
	return errors.As(err, &e)
}

// unfit reports whether a row that must be there is not, or holds a value that
// cannot be.
func unfit(err error) bool {
	var value pgx.ScanArgError
	return errors.Is(err, pgx.ErrNoRows) || errors.As(err, &value)
}

// fail turns a final error into one for callers. What the database said goes to
// the log; it may name hosts and users.
func (s *Store) fail(err error) error {
	if err == nil || known(err) {
		return err
	}
	s.opt.Log.Warn("the database refused", "error", err)
	return translate(err)
}

// translate gives an error of the database a kind, without its text.
func translate(err error) error {
	switch code := sqlState(err); {
	case unfit(err):
		return fault.New(fault.Corrupt, "a row of the database is missing or holds what it cannot hold; our log says which")
	case code == codeDiskFull:
		return fault.New(fault.Busy, "the database's disk is full: nothing was written; free space on the database server")
	case code == codeNoMemory:
		return fault.New(fault.Busy, "the database is out of memory: nothing was written; try again later")
	case code == codeNoRights:
		return refused(fault.Forbidden, "the database user may not do this: grant it the tables mm_*")
	case code == codeBadText:
		return fault.New(fault.Invalid, "a name holds bytes that are not UTF-8, or a zero byte")
	case strings.HasPrefix(code, "XX"):
		return fault.New(fault.Corrupt, "the database reports damaged data (SQLSTATE %s)", code)
	default:
		return fault.New(fault.Internal, "the database refused a statement (SQLSTATE %q); its log and ours say why", code)
	}
}

// translateConnect does the same for the first connection; nil stays nil.
func translateConnect(err error) error {
	switch code := sqlState(err); {
	case err == nil, known(err), errors.Is(err, context.Canceled):
		return err
	case strings.HasPrefix(code, "28"):
		return refused(fault.Forbidden, "the database refuses the user or the password of the DSN")
	case code == codeNoDatabase:
		return refused(fault.NotFound, "the database that the DSN names does not exist: create it first")
	case code == codeNoRights:
		return refused(fault.Forbidden, "the database user may not read the tables mm_*: grant them to it")
	case code == codeFull:
		return refused(fault.Unavailable, "the database takes no more connections: raise max_connections or open fewer")
	case transient(err):
		return refused(fault.Unavailable, "the database cannot be reached: check host and port of the DSN and that the server runs")
	default:
		return translate(err)
	}
}

// refused returns an error about the store's address.
func refused(kind fault.Kind, msg string) error {
	return &fault.Error{Kind: kind, Field: "store", Msg: msg}
}
