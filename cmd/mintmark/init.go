package main

import (
	"fmt"
	"os/user"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/fault"
)

const initHelp = `Make a data directory with its keys, and print the admin token once.

With --store DSN everything but the key and the configuration goes to a PostgreSQL
database, which store migrate up has prepared and which is empty.`

func newInit(a *app) *cobra.Command {
	var base string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make a data directory with its keys, and print the admin token once",
		Long:  initHelp,
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.onlyLocal(cmd); err != nil {
				return err
			}
			if base == "" {
				return fault.Field("base-url", "is empty; give scheme and host, such as https://tem.example.vn")
			}
			return a.init(cmd, base)
		},
	}
	cmd.Flags().StringVar(&base, "base-url", engine.DefaultBaseURL, "where phones reach the server: scheme and host of every printed `URL`")
	return cmd
}

func (a *app) init(cmd *cobra.Command, base string) error {
	dsn, err := a.dsn()
	if err != nil {
		return err
	}
	cfg := engine.InitConfig{Dir: a.dataDir(), DSN: dsn, BaseURL: base, Actor: systemUser()}
	if a.passphraseFile != "" || a.env("MINTMARK_PASSPHRASE_FILE") != "" {
		if cfg.Passphrase, err = a.passphrase(); err != nil {
			return err
		}
	}
	token, err := engine.Init(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			Data       string `json:"data"`
			BaseURL    string `json:"base_url"`
			AdminToken string `json:"admin_token"`
		}{cfg.Dir, base, token})
	}
	_, err = fmt.Fprintf(a.out, "data directory  %s\nbase URL        %s\nadmin token     %s\n\n"+
		"The token is shown only now and stored nowhere: keep it safe.\nNext: mintmark serve --data %s%s\n",
		cfg.Dir, base, token, cfg.Dir, a.storeHint())
	return err
}

// systemUser is who a change is recorded under unless --actor says otherwise.
func systemUser() string {
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return "unknown"
	}
	return u.Username
}
