package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mintmark/engine/fault"
	"mintmark/engine/store"
	"mintmark/engine/store/pgstore"
)

// dsn returns the database to work on: --store, else MINTMARK_STORE; "" for the
// embedded one. It may hold a password, so no error repeats it.
func (a *app) dsn() (string, error) {
	dsn := a.store
	if dsn == "" {
		dsn = a.env("MINTMARK_STORE")
	}
	return dsn, checkDSN(dsn)
}

func checkDSN(dsn string) error {
	if dsn == "" || strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return nil
	}
	return fault.Field("store", "must begin with postgres:// or postgresql://, such as postgres://mintmark@db.example/mintmark")
}

// needDSN is dsn for a command that is about a database.
func (a *app) needDSN() (string, error) {
	dsn, err := a.dsn()
	if err == nil && dsn == "" {
		err = fault.Field("store", "is missing; name the database, best in MINTMARK_STORE, such as postgres://mintmark@db.example/mintmark")
	}
	return dsn, err
}

// storeHint is how the next command names the database, without what is secret
// in it.
func (a *app) storeHint() string {
	switch {
	case a.store != "":
		return " --store DSN"
	case a.env("MINTMARK_STORE") != "":
		return " (with MINTMARK_STORE)"
	}
	return ""
}

func newStore(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Prepare a PostgreSQL database, and move into it",
	}
	migrate := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a database to the schema of this program, or ask for its version",
	}
	migrate.AddCommand(newMigrateUp(a), newMigrateStatus(a))
	cmd.AddCommand(migrate, newStoreCopy(a))
	return cmd
}

const migrateHelp = `Bring a database to the schema of this program. Each step is one statement in a
transaction of its own, and there is no way back: make a backup first. It does
nothing where all is done, waits for another one that is under way, and goes on
where an earlier one was cut off.`

// schema is what a database has and what this program wants.
type schema struct {
	Have  int `json:"have"`
	Want  int `json:"want"`
	Lanes int `json:"lanes"`
}

func newMigrateUp(a *app) *cobra.Command {
	var lanes int
	cmd := &cobra.Command{
		Use:   "up --store DSN",
		Short: "Bring a database to the schema of this program",
		Long:  migrateHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("lanes") && (lanes < 1 || lanes > store.MaxLanes) {
				return fault.Field("lanes", "is %d; use 1 to %d", lanes, store.MaxLanes)
			}
			return a.migrate(cmd, lanes)
		},
	}
	cmd.Flags().IntVar(&lanes, "lanes", 0, "lanes of the scan log that are written apart from each other (default 4); fixed by the first migration")
	return cmd
}

func (a *app) migrate(cmd *cobra.Command, lanes int) error {
	dsn, err := a.onlyStore(cmd)
	if err != nil {
		return err
	}
	err = pgstore.Migrate(cmd.Context(), dsn, lanes, func(step int, name string) {
		fmt.Fprintf(a.err, "step %d: %s\n", step, name)
	})
	if err != nil {
		return err
	}
	_, err = a.printSchema(cmd.Context(), dsn)
	return err
}

func newMigrateStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status --store DSN",
		Short: "Say which schema a database has; the exit code is 0 if it is this program's, else 4",
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dsn, err := a.onlyStore(cmd)
			if err != nil {
				return err
			}
			s, err := a.printSchema(cmd.Context(), dsn)
			switch {
			case err != nil:
				return err
			case s.Have < s.Want:
				return &fault.Error{Kind: fault.Conflict, Field: "store", Msg: "its schema is older than this program; run: mintmark store migrate up"}
			case s.Have > s.Want:
				return &fault.Error{Kind: fault.Conflict, Field: "store", Msg: "its schema is newer than this program; use a newer program"}
			}
			return nil
		},
	}
}

// printSchema prints the versions of a database's schema and of this program's.
func (a *app) printSchema(ctx context.Context, dsn string) (s schema, err error) {
	if s.Have, s.Want, s.Lanes, err = pgstore.SchemaStatus(ctx, dsn); err != nil {
		return s, err
	}
	if a.json {
		return s, a.printJSON(s)
	}
	_, err = fmt.Fprintf(a.out, "schema %d, this program has %d, lanes %d\n", s.Have, s.Want, s.Lanes)
	return s, err
}

// onlyStore returns the database for a command that works on nothing else.
func (a *app) onlyStore(cmd *cobra.Command) (string, error) {
	if a.server != "" || a.data != "" {
		return "", fault.Field("store", "%s works on a database alone; leave --server and --data out", cmd.CommandPath())
	}
	return a.needDSN()
}
