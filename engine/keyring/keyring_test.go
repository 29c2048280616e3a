package keyring

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"
)

func TestSecretsAreNeverPrinted(t *testing.T) {
	key := NewSecret()
	mac, batch, site, kek, issuer := NewMAC(&key), NewBatchKey(&key), NewSiteKey(&key), newKEK(&key), NewIssuer(&key)
	values := []any{mac, *mac, batch, *batch, site, *site, kek, *kek, issuer, *issuer}
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%t"} {
			if got := fmt.Sprintf(verb, v); got != "[secret]" {
				t.Errorf("%T prints as %q with %s", v, got, verb)
			}
		}
		if got := v.(fmt.Stringer).String(); got != "[secret]" {
			t.Errorf("%T: String gives %q", v, got)
		}
		if got := v.(fmt.GoStringer).GoString(); got != "[secret]" {
			t.Errorf("%T: GoString gives %q", v, got)
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "key", v)
		if !bytes.Contains(log.Bytes(), []byte(`"key":"[secret]"`)) {
			t.Errorf("%T is logged as %s", v, &log)
		}
	}
}

func TestNewSecretIsFresh(t *testing.T) {
	if a, b := NewSecret(), NewSecret(); a == b || a == [32]byte{} {
		t.Errorf("secrets %x and %x", a, b)
	}
}
