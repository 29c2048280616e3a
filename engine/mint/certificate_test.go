package mint

import (
	"encoding/base64"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mintmark/engine/fault"
	"mintmark/engine/keyring"
	"mintmark/engine/serial"
	"mintmark/engine/store"
)

const (
	testName   = "stamps.example"
	goldenFile = "testdata/certificate.txt"
)

var update = flag.Bool("update", false, "rewrite "+goldenFile)

var testRoot = LeafHash("root", 1, nil)

func mustCertify(t rapid.TB, b *store.Batch) string {
	t.Helper()
	cert, err := Certificate(b, testRoot, testIssuer, testName)
	if err != nil {
		t.Fatalf("Certificate: %v", err)
	}
	return cert
}

func TestCertificateGolden(t *testing.T) {
	cert := mustCertify(t, newBatch(1_000_000, 8192))
	if *update {
		if err := os.WriteFile(goldenFile, []byte(cert), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if cert != string(want) {
		t.Errorf("got\n%s\nwant\n%s", cert, want)
	}
}

func TestCertificateRoundTrip(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 =+/—.è茶\"\\'")), 0, 20, -1)
	rapid.Check(t, func(t *rapid.T) {
		b := drawBatch(t)
		b.Version = rapid.Uint8Range(0, serial.MaxVersion).Draw(t, "version")
		b.ID = "x" + text.Draw(t, "id")
		b.Product, b.Printer, b.Producer = text.Draw(t, "product"), text.Draw(t, "printer"), text.Draw(t, "producer")
		b.Public = rapid.Bool().Draw(t, "public")
		b.Link.Form = rapid.SampledFrom([]serial.Form{serial.Plain, serial.DigitalLink}).Draw(t, "form")
		zone := time.FixedZone("", rapid.IntRange(-14, 14).Draw(t, "zone")*3600)
		b.CreatedAt = time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(zone)
		got, err := OpenCertificate(mustCertify(t, b), testIssuer.Public(), testName)
		if err != nil {
			t.Fatalf("OpenCertificate: %v", err)
		}
		if got != StatementOf(b, testRoot) {
			t.Errorf("got %+v, want %+v", got, StatementOf(b, testRoot))
		}
	})
}

func TestStatementOfNowIsComparable(t *testing.T) {
	b := newBatch(100, 5)
	b.CreatedAt = time.Now() // with a monotonic clock
	got, err := OpenCertificate(mustCertify(t, b), testIssuer.Public(), testName)
	if err != nil || got != StatementOf(b, testRoot) {
		t.Errorf("got %+v, %v; want %+v", got, err, StatementOf(b, testRoot))
	}
}

// What happens to a batch after its first tag must not show.
func TestCertificateIgnoresWhatChanges(t *testing.T) {
	b := newBatch(100, 5)
	before := mustCertify(t, b)
	b.State, b.Fence, b.SealedAt, b.ExpiresAt = store.Sealed, 7, time.Unix(1, 0), time.Unix(2, 0)
	b.Root, b.Certificate, b.Key = []byte("r"), "c", []byte("rewrapped")
	if mustCertify(t, b) != before {
		t.Error("the certificate changed")
	}
}

func TestCertificateRefuses(t *testing.T) {
	for _, c := range []struct {
		name, field string
		change      func(b *store.Batch)
	}{
		{"no id", "batch", func(b *store.Batch) { b.ID = "" }},
		{"new line in id", "batch", func(b *store.Batch) { b.ID = "a\nversion=9" }},
		{"version", "version", func(b *store.Batch) { b.Version = 16 }},
		{"count", "count", func(b *store.Batch) { b.Count = 0 }},
		{"chunk size", "chunk_size", func(b *store.Batch) { b.ChunkSize = 0 }},
		{"base", "base_url", func(b *store.Batch) { b.Link.Base = "HTTPS://Stamps.example/" }},
		{"form", "form", func(b *store.Batch) { b.Link.Form = 9 }},
		{"gtin", "gtin", func(b *store.Batch) { b.Link.GTIN = "09506000134353" }},
		{"lot", "lot", func(b *store.Batch) { b.Link.Lot = "a lot" }},
		{"new line in product", "product", func(b *store.Batch) { b.Product = "tea\nprinter=p" }},
		{"invalid UTF-8 in product", "product", func(b *store.Batch) { b.Product = "\xff" }},
		{"return in printer", "printer", func(b *store.Batch) { b.Printer = "p\r" }},
		{"delete in producer", "producer", func(b *store.Batch) { b.Producer = "\x7f" }},
		{"year 10000", "created_at", func(b *store.Batch) { b.CreatedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBatch(100, 5)
			c.change(b)
			_, err := Certificate(b, testRoot, testIssuer, testName)
			if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != c.field {
				t.Errorf("error %v, want Invalid field %q", err, c.field)
			}
		})
	}
}

func TestCertificateNeedsThePinnedIssuer(t *testing.T) {
	_, err := Certificate(newBatch(100, 5), testRoot, keyring.NewIssuer(&[32]byte{9}), testName)
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), testIssuer.ID()) {
		t.Errorf("error %v, want Conflict naming the pinned key", err)
	}
}

func TestKeyNames(t *testing.T) {
	b := newBatch(100, 5)
	for _, name := range []string{"127.0.0.1:8080", "[2001:db8::1]", "site"} {
		cert, err := Certificate(b, testRoot, testIssuer, name)
		if err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := OpenCertificate(cert, testIssuer.Public(), name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "a\n", "a\x01", "\xff"} {
		if _, err := Certificate(b, testRoot, testIssuer, name); fault.FieldOf(err) != "name" {
			t.Errorf("%q: error %v, want field name", name, err)
		}
	}
}

func TestOpenCertificateRefuses(t *testing.T) {
	b := newBatch(100, 5)
	cert := mustCertify(t, b)
	text, sig, _ := strings.Cut(cert, "\n\n")
	public := testIssuer.Public()
	other := keyring.NewIssuer(&[32]byte{9})
	for _, c := range []struct {
		name, cert, field, key string
		public                 []byte
	}{
		{"empty", "", "certificate", testName, public},
		{"other key", cert, "certificate", testName, other.Public()},
		{"other name", cert, "certificate", "other.example", public},
		{"bad name", cert, "name", "a b", public},
		{"short key", cert, "public", testName, public[1:]},
		{"cut", cert[:len(cert)-1], "certificate", testName, public},
		{"longer", cert + "\n", "certificate", testName, public},
		{"text only", text + "\n", "certificate", testName, public},
		{"signature twice", cert + sig, "certificate", testName, public},
		{"a second signature", cert + signatureLine(t, other, text+"\n"), "certificate", testName, public},
		{"a second signature first", text + "\n\n" + signatureLine(t, other, text+"\n") + sig, "certificate", testName, public},
		{"spare bits", spareBits(cert), "certificate", testName, public},
		{"signed nonsense", text + "\n" + signatureLine(t, testIssuer, "nonsense\n"), "certificate", testName, public},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := OpenCertificate(c.cert, c.public, c.key)
			if !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != c.field {
				t.Errorf("error %v, want Invalid field %q", err, c.field)
			}
		})
	}
}

// signatureLine returns the last line of text signed by iss.
func signatureLine(t *testing.T, iss *keyring.Issuer, text string) string {
	t.Helper()
	return strings.SplitAfter(signText(t, iss, text), "\n\n")[1]
}

// signText signs any text.
func signText(t *testing.T, iss *keyring.Issuer, text string) string {
	t.Helper()
	signed, err := iss.SignNote(text, testName)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// spareBits sets the unused bits at the end of a certificate's base64.
func spareBits(cert string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	at := len(cert) - len("x=\n")
	return cert[:at] + string(alphabet[strings.IndexByte(alphabet, cert[at])|1]) + cert[at+1:]
}

// The table above is worthless if the note library refuses what it calls a spare
// bit.
func TestSpareBitsDecode(t *testing.T) {
	cert := mustCertify(t, newBatch(100, 5))
	fields := strings.Fields(spareBits(cert))
	if _, err := base64.StdEncoding.DecodeString(fields[len(fields)-1]); err != nil || spareBits(cert) == cert {
		t.Errorf("no other spelling of the signature: %v", err)
	}
}

func TestOpenCertificateRefusesEveryChangedByte(t *testing.T) {
	cert := mustCertify(t, newBatch(100, 5))
	for i := range len(cert) {
		for _, bit := range []byte{1, 2, 0x20} {
			changed := []byte(cert)
			changed[i] ^= bit
			if _, err := OpenCertificate(string(changed), testIssuer.Public(), testName); err == nil {
				t.Fatalf("byte %d changed to %q: accepted", i, changed[i])
			}
		}
	}
}

// Texts that the issuer did sign, but that Certificate would not spell so.
func TestOpenCertificateRefusesOtherSpellings(t *testing.T) {
	good, err := StatementOf(newBatch(100, 5), testRoot).text()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCertificate(signText(t, testIssuer, good), testIssuer.Public(), testName); err != nil {
		t.Fatalf("the original is refused: %v", err)
	}
	for _, c := range []struct{ from, to string }{
		{"mintmark-batch-1\n", "mintmark-batch-2\n"},
		{"mintmark-batch-1\n", ""},
		{"count=100\n", "count=0100\n"},
		{"count=100\n", "count=+100\n"},
		{"count=100\n", "count= 100\n"},
		{"count=100\n", "count=\n"},
		{"count=100\n", ""},
		{"count=100\n", "count=100\ncount=100\n"},
		{"count=100\n", "Count=100\n"},
		{"count=100\n", "count=18446744073709551616\n"},
		{"version=3\nfirst=1000003\n", "first=1000003\nversion=3\n"},
		{"version=3\n", "version=259\n"},
		{"public=false\n", "public=0\n"},
		{"form=plain\n", "form=Plain\n"},
		{"T05:06:07.000008Z", "T05:06:07.0000080Z"},
		{"T05:06:07.000008Z", "T06:06:07.000008+01:00"},
		{"created_at=2026", "created_at=26"},
		{"root=", "root=00"},
		{"root=" + good[len(good)-65:len(good)-1], "root=" + strings.ToUpper(good[len(good)-65:len(good)-1])},
		{"product=", "product=\u0085"},
		{good, good + "more=1\n"},
		{good, good + "\n"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if text == good {
			t.Errorf("%q is not in the text", c.from)
		}
		_, err := OpenCertificate(signText(t, testIssuer, text), testIssuer.Public(), testName)
		if fault.FieldOf(err) != "certificate" {
			t.Errorf("%q instead of %q: error %v, want field certificate", c.to, c.from, err)
		}
	}
}

// Whatever opens is what Certificate makes of the same statement.
func FuzzOpenCertificate(f *testing.F) {
	cert := mustCertify(f, newBatch(1_000_000, 8192))
	f.Add(cert)
	f.Add(cert + cert)
	f.Add(spareBits(cert))
	f.Fuzz(func(t *testing.T, cert string) {
		s, err := OpenCertificate(cert, testIssuer.Public(), testName)
		if err != nil {
			return
		}
		text, err := s.text()
		if err != nil {
			t.Fatal(err)
		}
		if again := signText(t, testIssuer, text); again != cert {
			t.Errorf("accepted %q, which is spelled %q", cert, again)
		}
	})
}

// Whatever parses is spelled in one way, and a batch can have it.
func FuzzParseStatement(f *testing.F) {
	text, err := StatementOf(newBatch(1_000_000, 8192), testRoot).text()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(strings.Replace(text, "plain", "gs1", 1))
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseStatement(text)
		if err != nil {
			return
		}
		if again, err := s.text(); again != text || err != nil {
			t.Errorf("accepted %q, which is spelled %q (%v)", text, again, err)
		}
		b := store.Batch{
			ID: s.Batch, Version: s.Version, First: s.First, Count: s.Count, ChunkSize: s.ChunkSize, Link: s.Link, Product: s.Product,
			Printer: s.Printer, Producer: s.Producer, Public: s.Public, IssuerKey: s.IssuerKey, CreatedAt: s.CreatedAt,
		}
		if StatementOf(&b, s.Root) != s {
			t.Errorf("no batch has the statement %+v", s)
		}
	})
}
