package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mintmark/engine"
	"mintmark/engine/export"
	"mintmark/engine/fault"
)

func newManifest(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "manifest", Short: "Check the manifests of exports"}
	cmd.AddCommand(newManifestVerify(a))
	return cmd
}

const manifestVerifyHelp = `Check the signature of a manifest, and that every file that it names stands beside
it with its size and SHA-256.

--key is the issuer's public key in base64, as GET /v1/keys gives it, or in
hexadecimal. Without it the keys of the server or of the data directory are tried;
that tells less to somebody who does not trust them.`

func newManifestVerify(a *app) *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "verify FILE" + manifestExt,
		Short: "Check the signature and the files of a manifest",
		Long:  manifestVerifyHelp,
		Args:  operands(false, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := inputFile("FILE", args[0], maxManifest)
			if err != nil {
				return err
			}
			keys, err := a.issuerKeys(cmd.Context(), key)
			if err != nil {
				return err
			}
			m, err := openManifest(data, keys)
			if err != nil {
				return err
			}
			return a.checkManifest(args[0], m)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "the issuer's public `key`")
	return cmd
}

// maxManifest bounds a manifest, in bytes: MaxFiles files and a request.
const maxManifest = 8 << 20

// issuerKeys returns the key that was given, or those of the server.
func (a *app) issuerKeys(ctx context.Context, given string) (keys [][]byte, err error) {
	if given != "" {
		key, err := base64.StdEncoding.DecodeString(given)
		if err != nil || len(key) != ed25519.PublicKeySize {
			key, err = hex.DecodeString(given)
		}
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, fault.Field("key", "is no public key: give its %d bytes in base64 or hexadecimal", ed25519.PublicKeySize)
		}
		return [][]byte{key}, nil
	}
	var list struct{ Keys []engine.IssuerKey }
	err = a.with(func(c *client) error {
		return c.call(ctx, request{method: http.MethodGet, path: "/v1/keys"}, &list)
	})
	for _, k := range list.Keys {
		keys = append(keys, k.Public)
	}
	return keys, err
}

// openManifest verifies a manifest with the first key that fits.
func openManifest(data []byte, keys [][]byte) (*export.Manifest, error) {
	err := fault.New(fault.Corrupt, "there is no issuer key to check the manifest with")
	for _, key := range keys {
		m, one := export.OpenManifest(data, key)
		if one == nil {
			return m, nil
		}
		err = &fault.Error{Kind: fault.Corrupt, Field: fault.FieldOf(one), Msg: strings.TrimPrefix(one.Error(), fault.FieldOf(one)+": ")}
	}
	return nil, err
}

// checkManifest compares the files with a manifest.
func (a *app) checkManifest(path string, m *export.Manifest) error {
	own := strings.TrimSuffix(path, manifestExt)
	for _, f := range m.Files {
		name := filepath.Join(filepath.Dir(path), f.Name)
		if _, err := os.Stat(own); err == nil && own != path && len(m.Files) == 1 {
			name = own // -o FILE has named it
		}
		if err := sameFile(name, f); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(m)
	}
	_, err := fmt.Fprintf(a.out, "%s: signed by the issuer of %s; batch %s, positions %d to %d, %s whole\n",
		path, m.Issuer, m.Batch, m.First, m.Last, plural(uint64(len(m.Files)), "file"))
	return err
}

// sameFile returns an error unless a file has the size and the digest of a part:
// NotFound if there is none, else Corrupt.
func sameFile(name string, f export.File) error {
	file, err := os.Open(name)
	if os.IsNotExist(err) {
		return &fault.Error{Kind: fault.NotFound, Field: "file", Msg: "there is no " + name}
	}
	if err != nil {
		return fault.Wrap(fault.Internal, err, "read %s", name)
	}
	defer file.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, file)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "read %s", name)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); n != f.Size || sum != f.SHA256 {
		return fault.New(fault.Corrupt, "%s has %d bytes and SHA-256 %s, and should have %d and %s", name, n, sum, f.Size, f.SHA256)
	}
	return nil
}
