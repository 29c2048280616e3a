package engine

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// Role is what a token may do; the server holds the table.
type Role string

// The roles.
const (
	Admin     Role = "admin"
	Printer   Role = "printer"
	Producer  Role = "producer"
	Inspector Role = "inspector"
	Auditor   Role = "auditor"
)

var roles = []Role{Admin, Printer, Producer, Inspector, Auditor}

// Token is a bearer token, without its secret.
type Token struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	Org       string    `json:"org,omitempty"` // printer or producer that it acts for
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	Hash      []byte    `json:"hash,omitempty"` // SHA-256 of the token; never shown
}

// tokenTable is the tokens by the hash of their secret.
type tokenTable struct {
	byHash map[[32]byte]Token
}

// A token is "mm_", 32 random characters (160 bits) and a checksum of 6 that
// tells a typing error from a wrong token without a look-up.
const (
	tokenPrefix = "mm_"
	tokenRandom = 32
	tokenSum    = 6
	tokenChars  = "0123456789abcdefghjkmnpqrstvwxyz"
)

// randomText returns n random characters of 5 bits each.
func randomText(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = tokenChars[b[i]&31]
	}
	return string(b)
}

func tokenChecksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	b := make([]byte, tokenSum)
	for i := range b {
		b[i] = tokenChars[sum&31]
		sum >>= 5
	}
	return string(b)
}

// newToken completes a token with id, time and the hash of its secret.
func newToken(t Token, now time.Time) (secret string, _ Token) {
	body := tokenPrefix + randomText(tokenRandom)
	secret = body + tokenChecksum(body)
	hash := sha256.Sum256([]byte(secret))
	t.ID, t.Hash, t.CreatedAt = randomText(8), hash[:], now.Truncate(time.Second)
	return secret, t
}

func tokenRecord(t Token) store.Record {
	data, err := json.Marshal(t)
	if err != nil {
		panic(err) // plain strings and times always encode
	}
	return store.Record{Kind: store.Tokens, ID: t.ID, Data: data}
}

// loadTokens reads the tokens that are stored.
func (e *Engine) loadTokens() error {
	recs, err := e.st.Records(context.Background(), store.Tokens)
	if err != nil {
		return err
	}
	table := &tokenTable{byHash: make(map[[32]byte]Token, len(recs))}
	for _, r := range recs {
		var t Token
		if err := json.Unmarshal(r.Data, &t); err != nil || len(t.Hash) != 32 {
			return fault.New(fault.Corrupt, "token %s does not decode", r.ID)
		}
		table.byHash[[32]byte(t.Hash)] = t
	}
	e.tokens.Store(table)
	return nil
}

// errToken says no more than it must.
var errToken = &fault.Error{Kind: fault.Forbidden, Field: "Authorization",
	Msg: "the token is not known, has expired or was revoked; ask an admin for a new one"}

// Authenticate returns the token of a secret, as every change that was
// acknowledged before the call has left it, on any node. The look-up is by the
// hash of a 160-bit secret, so its timing tells nothing of use. The error is
// Forbidden for a token that may not be used; Busy or Unavailable if that could
// not be found out.
func (e *Engine) Authenticate(secret string) (Token, error) {
	body, ok := strings.CutPrefix(secret, tokenPrefix)
	if !ok || len(body) != tokenRandom+tokenSum || tokenChecksum(secret[:len(secret)-tokenSum]) != secret[len(secret)-tokenSum:] {
		return Token{}, &fault.Error{Kind: fault.Forbidden, Field: "Authorization",
			Msg: "this is not a Mintmark token (mm_ and 38 characters); copy it again"}
	}
	if _, err := e.fresh(e.ctx); err != nil {
		return Token{}, err
	}
	hash := sha256.Sum256([]byte(secret))
	t, ok := e.tokens.Load().byHash[hash]
	if !ok || !t.usable(e.Now()) {
		return Token{}, errToken
	}
	t.Hash = nil
	return t, nil
}

func (t Token) usable(now time.Time) bool {
	return t.RevokedAt.IsZero() && (t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt))
}

// Tokens returns all tokens, oldest first, without their hashes.
func (e *Engine) Tokens() []Token {
	out := []Token{}
	for _, t := range e.tokens.Load().byHash {
		t.Hash = nil
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Token) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// CreateToken makes a token of t's name, role, organisation and expiry, and
// returns its secret, which nothing stores.
func (e *Engine) CreateToken(ctx context.Context, t Token, by Actor) (secret string, out Token, err error) {
	t = Token{Name: t.Name, Role: t.Role, Org: t.Org, ExpiresAt: t.ExpiresAt.UTC()}
	if err := checkToken(&t, e.Now()); err != nil {
		return "", Token{}, err
	}
	secret, t = newToken(t, e.Now())
	if err := e.changeTokens(ctx, by, "create token "+t.ID, tokenRecord(t)); err != nil {
		return "", Token{}, err
	}
	t.Hash = nil
	return secret, t, nil
}

func checkToken(t *Token, now time.Time) error {
	if !slices.Contains(roles, t.Role) {
		return fault.Field("role", "%q is no role; use admin, printer, producer, inspector or auditor", t.Role)
	}
	if err := checkText("name", t.Name, 1, 100); err != nil {
		return err
	}
	if err := checkText("org", t.Org, 0, 100); err != nil {
		return err
	}
	if (t.Role == Printer || t.Role == Producer) != (t.Org != "") {
		return fault.Field("org", "printers and producers need the organisation that they act for, other roles have none")
	}
	if !t.ExpiresAt.IsZero() && !t.ExpiresAt.After(now) {
		return fault.Field("expires_at", "lies in the past; give a later time or leave it out")
	}
	return nil
}

// RevokeToken ends a token. Revoking it again is harmless.
func (e *Engine) RevokeToken(ctx context.Context, id string, by Actor) (Token, error) {
	for _, t := range e.tokens.Load().byHash {
		if t.ID != id {
			continue
		}
		if t.RevokedAt.IsZero() {
			t.RevokedAt = e.Now().Truncate(time.Second)
			if err := e.changeTokens(ctx, by, "revoke token "+id, tokenRecord(t)); err != nil {
				return Token{}, err
			}
		}
		t.Hash = nil
		return t, nil
	}
	return Token{}, &fault.Error{Kind: fault.NotFound, Field: "token", Msg: "there is no token " + id}
}

// changeTokens commits a token record and makes it count before it returns.
func (e *Engine) changeTokens(ctx context.Context, by Actor, reason string, rec store.Record) error {
	if err := by.check(); err != nil {
		return err
	}
	_, err := e.commit(ctx, func(*batch.Index) (store.Change, error) {
		return store.Change{Op: store.OpRecord, Actor: by.Name, Token: by.Token, Reason: reason, Records: []store.Record{rec}}, nil
	})
	return err
}
