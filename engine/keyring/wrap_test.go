package keyring

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
)

// golden returns the key, binding and blob of the vector file.
func golden(t testing.TB) (k *KEK, b Binding, secret, blob []byte) {
	t.Helper()
	v := readVectors(t).KEK
	w := v.Wrapped
	b = Binding{Purpose: w.Purpose, ID: w.ID, Version: w.Version, First: w.First, Count: w.Count}
	return newKEK((*[32]byte)(v.Key)), b, w.Secret, w.Blob
}

func TestKEKVectors(t *testing.T) {
	v := readVectors(t).KEK
	k := newKEK((*[32]byte)(v.Key))
	if k.ID() != v.ID {
		t.Errorf("id %s, want %s", k.ID(), v.ID)
	}
	if got := k.Derive(v.Label); !bytes.Equal(got[:], v.Derived) {
		t.Errorf("derived %x, want %x", got, v.Derived)
	}
	if k.Derive("a") == k.Derive("b") {
		t.Error("two labels give one key")
	}
}

func TestUnwrapVector(t *testing.T) {
	k, b, secret, blob := golden(t)
	got, err := k.Unwrap(b, blob)
	if err != nil || !bytes.Equal(got, secret) {
		t.Errorf("secret %x, error %v; want %x", got, err, secret)
	}
}

func TestWrapRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, b := newKEK(drawKey(t)), drawBinding(t)
		secret := rapid.SliceOfN(rapid.Byte(), 1, 80).Draw(t, "secret")
		blob, err := k.Wrap(b, secret)
		if err != nil {
			t.Fatal(err)
		}
		if len(blob) != len(secret)+49 {
			t.Fatalf("blob of %d bytes for a secret of %d", len(blob), len(secret))
		}
		if id, err := WrappedBy(blob); err != nil || id != k.ID() {
			t.Fatalf("wrapped by %q, error %v; want %q", id, err, k.ID())
		}
		if got, err := k.Unwrap(b, blob); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("secret %x, error %v; want %x", got, err, secret)
		}
	})
}

// TestAnyOtherBindingFails draws two bindings that may share any of their
// fields, or move bytes from one text to the other.
func TestAnyOtherBindingFails(t *testing.T) {
	k := newKEK(&[32]byte{1})
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawBinding(t), drawBinding(t)
		blob, err := k.Wrap(a, []byte{1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Unwrap(b, blob); (err == nil) != (a == b) {
			t.Fatalf("wrapped for %+v, unwrapped for %+v: error %v", a, b, err)
		}
	})
}

func TestAnyChangedFieldFails(t *testing.T) {
	k, b, _, blob := golden(t)
	changes := map[string]func(*Binding){
		"purpose": func(b *Binding) { b.Purpose = ForSite },
		"id":      func(b *Binding) { b.ID += "0" },
		"version": func(b *Binding) { b.Version++ },
		"first":   func(b *Binding) { b.First++ },
		"count":   func(b *Binding) { b.Count++ },
		"swapped": func(b *Binding) { b.First, b.Count = b.Count, b.First },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			other := b
			change(&other)
			_, err := k.Unwrap(other, blob)
			wantKind(t, err, fault.Corrupt, other.ID, "backup")
		})
	}
}

func TestAnyChangedBitFails(t *testing.T) {
	k, b, _, blob := golden(t)
	for bit := range 8 * len(blob) {
		changed := bytes.Clone(blob)
		changed[bit/8] ^= 1 << (bit % 8)
		want := fault.Corrupt
		if at := bit / 8; at >= 1 && at < blobHeader {
			want = fault.Forbidden
		}
		if _, err := k.Unwrap(b, changed); !fault.Is(err, want) {
			t.Errorf("bit %d changed: error %v, want %s", bit, err, want)
		}
	}
	for n := range len(blob) {
		if _, err := k.Unwrap(b, blob[:n]); !fault.Is(err, fault.Corrupt) {
			t.Errorf("cut to %d bytes: error %v, want corrupt", n, err)
		}
	}
}

func TestWrappedByRefuses(t *testing.T) {
	_, _, _, blob := golden(t)
	tests := map[string][]byte{
		"empty":          nil,
		"without secret": blob[:blobMin],
		"other format":   append([]byte{2}, blob[1:]...),
	}
	for name, bad := range tests {
		id, err := WrappedBy(bad)
		if id != "" || !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: id %q, error %v; want corrupt", name, id, err)
		}
	}
}

func TestAnotherKeyIsForbidden(t *testing.T) {
	k, b, _, blob := golden(t)
	other := newKEK(&[32]byte{7})
	_, err := other.Unwrap(b, blob)
	wantKind(t, err, fault.Forbidden, k.ID(), other.ID())
}

// TestKeyIDIsAuthenticated moves a blob to a key of the same id.
func TestKeyIDIsAuthenticated(t *testing.T) {
	k, b, _, blob := golden(t)
	other := newKEK(&[32]byte{7})
	other.id = k.id
	_, err := other.Unwrap(b, blob)
	wantKind(t, err, fault.Corrupt)
}

func TestWrapIsRandom(t *testing.T) {
	k, b, secret, _ := golden(t)
	one, err1 := k.Wrap(b, secret)
	two, err2 := k.Wrap(b, secret)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if bytes.Equal(one[blobHeader:blobBox], two[blobHeader:blobBox]) {
		t.Error("two wraps share a nonce")
	}
}

func TestWrapInput(t *testing.T) {
	k, good, secret, blob := golden(t)
	tests := []struct {
		field  string
		change func(*Binding)
		secret []byte
	}{
		{"purpose", func(b *Binding) { b.Purpose = "" }, secret},
		{"purpose", func(b *Binding) { b.Purpose = "Batch" }, secret},
		{"id", func(b *Binding) { b.ID = "" }, secret},
		{"secret", func(*Binding) {}, nil},
	}
	for _, c := range tests {
		b := good
		c.change(&b)
		_, err := k.Wrap(b, c.secret)
		wantKind(t, err, fault.Invalid)
		if fault.FieldOf(err) != c.field {
			t.Errorf("error %q is about %q, want %q", err, fault.FieldOf(err), c.field)
		}
		if c.field != "secret" {
			_, err = k.Unwrap(b, blob)
			wantKind(t, err, fault.Invalid, c.field)
		}
	}
}

// FuzzUnwrap knows one blob that opens; no other may, and none may panic.
func FuzzUnwrap(f *testing.F) {
	k, b, _, blob := golden(f)
	f.Add(blob)
	f.Add(blob[:blobMin])
	f.Add([]byte{blobFormat})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := k.Unwrap(b, data)
		if (err == nil) != bytes.Equal(data, blob) {
			t.Fatalf("%x: error %v", data, err)
		}
		if err != nil && !fault.Is(err, fault.Corrupt) && !fault.Is(err, fault.Forbidden) {
			t.Fatalf("%x: error %v has a wrong kind", data, err)
		}
	})
}

func drawBinding(t *rapid.T) Binding {
	small := rapid.Uint64Range(0, 2)
	return Binding{
		Purpose: rapid.SampledFrom([]Purpose{ForSite, ForBatch, ForIssuer}).Draw(t, "purpose"),
		ID:      rapid.StringMatching("[ab]{1,2}").Draw(t, "id"),
		Version: uint8(small.Draw(t, "version")),
		First:   small.Draw(t, "first"),
		Count:   small.Draw(t, "count"),
	}
}
