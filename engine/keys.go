package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

// keys is the open site and issuer keys.
type keys struct {
	sites   [serial.MaxVersion + 1]*keyring.SiteKey // by serial version; nil: no such version
	current uint8                                   // version of new batches
	issuers map[string]*keyring.Issuer
	issuer  string // id of the one that signs new batches
}

// siteRecord is a stored site key. A version is never used again; retired keys
// stay for verification.
type siteRecord struct {
	Version   uint8     `json:"version"`
	Key       []byte    `json:"key"` // wrapped
	CreatedAt time.Time `json:"created_at"`
}

// issuerRecord is a stored issuer key.
type issuerRecord struct {
	Public    []byte    `json:"public"`
	Key       []byte    `json:"key"` // wrapped
	CreatedAt time.Time `json:"created_at"`
}

// firstVersion is the serial version of a new site. Version 0 is left unused,
// so that a serial of all zeros is never valid.
const firstVersion = 1

func siteBinding(version uint8) keyring.Binding {
	return keyring.Binding{Purpose: keyring.ForSite, ID: fmt.Sprintf("site-%d", version), Version: version}
}

func issuerBinding(id string) keyring.Binding {
	return keyring.Binding{Purpose: keyring.ForIssuer, ID: id}
}

// batchBinding leaves the range out: the store assigns it after the key is
// wrapped. The batch's id and version bind the key; the certificate binds both
// to the range.
func batchBinding(b *store.Batch) keyring.Binding {
	return keyring.Binding{Purpose: keyring.ForBatch, ID: b.ID, Version: b.Version, Count: b.Count}
}

// firstKeys returns the records of a new site's keys.
func firstKeys(kek *keyring.KEK, now time.Time) ([]store.Record, error) {
	secret := keyring.NewSecret()
	wrapped, err := kek.Wrap(siteBinding(firstVersion), secret[:])
	if err != nil {
		return nil, err
	}
	site, err := json.Marshal(siteRecord{firstVersion, wrapped, now})
	if err != nil {
		return nil, err
	}
	seed := keyring.NewSecret()
	iss := keyring.NewIssuer(&seed)
	if wrapped, err = kek.Wrap(issuerBinding(iss.ID()), seed[:]); err != nil {
		return nil, err
	}
	issuer, err := json.Marshal(issuerRecord{iss.Public(), wrapped, now})
	if err != nil {
		return nil, err
	}
	return []store.Record{
		{Kind: store.SiteKeys, ID: fmt.Sprintf("%02d", firstVersion), Data: site},
		{Kind: store.IssuerKeys, ID: iss.ID(), Data: issuer},
	}, nil
}

// loadKeys unwraps the site and issuer keys.
func (e *Engine) loadKeys() error {
	k, err := readKeys(e.ctx, e.st, e.kek)
	if err == nil {
		e.keys.Store(k)
	}
	return err
}

// readKeys unwraps the site and issuer keys of a store. The error is Forbidden if
// kek is not the key that wrapped them.
func readKeys(ctx context.Context, st store.Store, kek *keyring.KEK) (*keys, error) {
	k := &keys{issuers: map[string]*keyring.Issuer{}}
	sites, err := st.Records(ctx, store.SiteKeys)
	if err != nil {
		return nil, err
	}
	for _, r := range sites {
		var s siteRecord
		key, err := unwrap(kek, r, &s, func() (keyring.Binding, []byte) { return siteBinding(s.Version), s.Key })
		if err != nil {
			return nil, err
		}
		if s.Version > serial.MaxVersion {
			return nil, fault.New(fault.Corrupt, "site key of version %d", s.Version)
		}
		k.sites[s.Version] = keyring.NewSiteKey(key)
		k.current = max(k.current, s.Version)
	}
	issuers, err := st.Records(ctx, store.IssuerKeys)
	if err != nil {
		return nil, err
	}
	newest := time.Time{}
	for _, r := range issuers {
		var s issuerRecord
		key, err := unwrap(kek, r, &s, func() (keyring.Binding, []byte) { return issuerBinding(r.ID), s.Key })
		if err != nil {
			return nil, err
		}
		k.issuers[r.ID] = keyring.NewIssuer(key)
		if !s.CreatedAt.Before(newest) {
			k.issuer, newest = r.ID, s.CreatedAt
		}
	}
	if len(sites) == 0 || len(issuers) == 0 {
		return nil, fault.New(fault.Corrupt, "the store has no site key or no issuer key")
	}
	return k, nil
}

// wrongKey says what is wrong when the key file does not open the store's keys.
// Other errors are passed on.
func wrongKey(dir string, err error) error {
	if !fault.Is(err, fault.Forbidden) {
		return err
	}
	return fault.New(fault.Conflict, "the store belongs to another key than %s: "+
		"copy the key file and config.json of the node that it was made with to %s", keyPath(dir), dir)
}

// unwrap decodes a key record into v and opens the 32-byte secret that wrapped
// then finds in it.
func unwrap(kek *keyring.KEK, r store.Record, v any, wrapped func() (keyring.Binding, []byte)) (*[32]byte, error) {
	if err := json.Unmarshal(r.Data, v); err != nil {
		return nil, fault.Wrap(fault.Corrupt, err, "%s %s does not decode", r.Kind, r.ID)
	}
	binding, blob := wrapped()
	return openSecret(kek, binding, blob)
}

// openSecret unwraps a 32-byte secret.
func openSecret(kek *keyring.KEK, b keyring.Binding, blob []byte) (*[32]byte, error) {
	secret, err := kek.Unwrap(b, blob)
	if err != nil {
		return nil, err
	}
	if len(secret) != 32 {
		return nil, fault.New(fault.Corrupt, "key %s has %d bytes", b.ID, len(secret))
	}
	return (*[32]byte)(secret), nil
}

// openBatchKey unwraps the key of a batch.
func (e *Engine) openBatchKey(b store.Batch) (*keyring.BatchKey, error) {
	key, err := openSecret(e.kek, batchBinding(&b), b.Key)
	if err != nil {
		return nil, err
	}
	return keyring.NewBatchKey(key), nil
}

// IssuerKey is an issuer's public key.
type IssuerKey struct {
	ID     string `json:"id"`
	Public []byte `json:"public"` // Ed25519, 32 bytes
}

// IssuerKeys returns the public keys that certificates and stamps are checked
// with, in the order of their ids.
func (e *Engine) IssuerKeys() []IssuerKey {
	k := e.keys.Load()
	out := make([]IssuerKey, 0, len(k.issuers))
	for id, iss := range k.issuers {
		out = append(out, IssuerKey{id, iss.Public()})
	}
	slices.SortFunc(out, func(a, b IssuerKey) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
