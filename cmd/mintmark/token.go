package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"mintmark/engine"
)

func newToken(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Create, list and revoke access tokens",
	}
	cmd.AddCommand(newTokenCreate(a), newTokenList(a), newTokenRevoke(a))
	return cmd
}

// tokenRequest asks for a token, as the API takes it.
type tokenRequest struct {
	Name      string      `json:"name"`
	Role      engine.Role `json:"role"`
	Org       string      `json:"org,omitempty"`
	ExpiresAt time.Time   `json:"expires_at,omitzero"`
	Actor     string      `json:"actor"`
}

// madeToken is a token with its secret.
type madeToken struct {
	Secret string `json:"token"`
	engine.Token
}

func newTokenCreate(a *app) *cobra.Command {
	var r tokenRequest
	var expires instant
	cmd := &cobra.Command{
		Use:   "create --name NAME --role ROLE",
		Short: "Make a token and print it once",
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r.ExpiresAt = expires.Time
			return a.with(func(c *client) error {
				t, err := c.createToken(cmd.Context(), r)
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(t)
				}
				_, err = fmt.Fprintf(a.out, "id     %s\ntoken  %s\n\nThe token is shown only now and stored nowhere.\n", t.ID, t.Secret)
				return err
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&r.Name, "name", "", "who or what uses it")
	flags.StringVar((*string)(&r.Role), "role", "", "admin, printer, producer, inspector or auditor")
	flags.StringVar(&r.Org, "org", "", "print shop or producer that it acts for")
	flags.Var(&expires, "expires", "when it ends: a date (its first moment) or a time (default: never)")
	flags.StringVar(&r.Actor, "actor", systemUser(), "who does it, for the audit trail")
	return cmd
}

func (c *client) createToken(ctx context.Context, r tokenRequest) (t madeToken, err error) {
	err = c.call(ctx, request{method: http.MethodPost, path: "/v1/tokens", body: r}, &t)
	return t, err
}

func newTokenList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List tokens, oldest first, without their secrets",
		Args:  operands(false),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(func(c *client) error {
				var list struct {
					Tokens []engine.Token `json:"tokens"`
				}
				if err := c.call(cmd.Context(), request{method: http.MethodGet, path: "/v1/tokens"}, &list); err != nil {
					return err
				}
				if a.json {
					return a.printJSON(list.Tokens)
				}
				var rows [][]string
				for _, t := range list.Tokens {
					rows = append(rows, []string{t.ID, string(t.Role), t.Name, t.Org, tokenState(t)})
				}
				return a.printTable("ID ROLE NAME ORG STATE", rows)
			})
		},
	}
}

func tokenState(t engine.Token) string {
	switch {
	case !t.RevokedAt.IsZero():
		return "revoked " + when(t.RevokedAt)
	case t.ExpiresAt.IsZero():
		return "valid"
	case t.ExpiresAt.Before(time.Now()):
		return "expired " + when(t.ExpiresAt)
	}
	return "valid until " + when(t.ExpiresAt)
}

func newTokenRevoke(a *app) *cobra.Command {
	var actor string
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "End a token",
		Args:  operands(false, "ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(func(c *client) error {
				var t engine.Token
				path := "/v1/tokens/" + url.PathEscape(args[0]) + "?actor=" + url.QueryEscape(actor)
				if err := c.call(cmd.Context(), request{method: http.MethodDelete, path: path}, &t); err != nil {
					return err
				}
				if a.json {
					return a.printJSON(t)
				}
				_, err := fmt.Fprintf(a.out, "token %s (%s): %s\n", t.ID, t.Name, tokenState(t))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&actor, "actor", systemUser(), "who does it, for the audit trail")
	return cmd
}
