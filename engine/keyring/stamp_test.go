package keyring

import (
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

func TestStampVectors(t *testing.T) {
	v := readVectors(t)
	batch, site := NewBatchKey((*[32]byte)(v.BatchKey)), NewSiteKey((*[32]byte)(v.SiteKey))
	s := new(Scratch)
	if len(v.Stamps) == 0 {
		t.Fatal("no vectors")
	}
	for _, c := range v.Stamps {
		ordinal, tag, sealed := uint64(c.Ordinal), uint64(c.Tag), uint64(c.Sealed)
		if got := batch.Tag(s, c.Version, ordinal); got != tag {
			t.Errorf("version %d ordinal %010x: tag %014x, want %014x", c.Version, ordinal, got, tag)
		}
		if !batch.Check(s, c.Version, ordinal, tag) {
			t.Errorf("version %d ordinal %010x: the right tag is refused", c.Version, ordinal)
		}
		if got := site.Seal(s, c.Version, ordinal, tag); got != sealed {
			t.Errorf("version %d ordinal %010x: sealed %010x, want %010x", c.Version, ordinal, got, sealed)
		}
		if got := site.Seal(s, c.Version, sealed, tag); got != ordinal {
			t.Errorf("version %d sealed %010x: opened %010x, want %010x", c.Version, sealed, got, ordinal)
		}
	}
}

// TestTagMessage holds the message that is authenticated to its definition.
func TestTagMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, version, ordinal := drawKey(t), rapid.Byte().Draw(t, "version"), drawOrdinal(t)
		tag := NewBatchKey(key).Tag(new(Scratch), version, ordinal)
		if tag>>56 != 0 {
			t.Fatalf("tag %x has more than 56 bits", tag)
		}
		message := append([]byte("mm.tag.v1."), version)
		message = append(message, binary.BigEndian.AppendUint64(nil, ordinal)[3:]...)
		sum := NewMAC(key).Sum(message)
		if want := binary.BigEndian.Uint64(sum[:8]) >> 8; tag != want {
			t.Fatalf("tag %014x, want %014x", tag, want)
		}
	})
}

func TestCheckRefusesEveryChangedBit(t *testing.T) {
	key, s := NewBatchKey(&[32]byte{1}), new(Scratch)
	const version, ordinal = 3, 0x12345
	tag := key.Tag(s, version, ordinal)
	for bit := range 64 {
		if key.Check(s, version, ordinal, tag^1<<bit) {
			t.Errorf("accepted with bit %d of the tag changed", bit)
		}
		if key.Check(s, version, ordinal^1<<bit, tag) {
			t.Errorf("accepted with bit %d of the ordinal changed", bit)
		}
	}
	for bit := range 8 {
		if key.Check(s, version^1<<bit, ordinal, tag) {
			t.Errorf("accepted with bit %d of the version changed", bit)
		}
	}
}

func TestSealIsItsOwnInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		site, s := NewSiteKey(drawKey(t)), new(Scratch)
		version, ordinal := rapid.Byte().Draw(t, "version"), drawOrdinal(t)
		tag := rapid.Uint64Range(0, tagMask).Draw(t, "tag")
		sealed := site.Seal(s, version, ordinal, tag)
		if sealed>>40 != 0 {
			t.Fatalf("sealed ordinal %x has more than 40 bits", sealed)
		}
		if got := site.Seal(s, version, sealed, tag); got != ordinal {
			t.Fatalf("opened %x, want %x", got, ordinal)
		}
	})
}

func TestHighBitsAreIgnored(t *testing.T) {
	batch, site, s := NewBatchKey(&[32]byte{1}), NewSiteKey(&[32]byte{2}), new(Scratch)
	tag, sealed := batch.Tag(s, 0, 5), site.Seal(s, 0, 5, 9)
	for bit := 40; bit < 64; bit++ {
		if batch.Tag(s, 0, 5|1<<bit) != tag {
			t.Errorf("bit %d of the ordinal changes the tag", bit)
		}
		if site.Seal(s, 0, 5|1<<bit, 9) != sealed {
			t.Errorf("bit %d of the ordinal changes the sealed ordinal", bit)
		}
		if bit >= 56 && site.Seal(s, 0, 5, 9|1<<bit) != sealed {
			t.Errorf("bit %d of the tag changes the sealed ordinal", bit)
		}
	}
}

// TestVerifyPathAllocatesNothing covers the calls of one scan.
func TestVerifyPathAllocatesNothing(t *testing.T) {
	batch, site, s := NewBatchKey(&[32]byte{1}), NewSiteKey(&[32]byte{2}), new(Scratch)
	var tag, sum uint64
	calls := map[string]func(){
		"Tag":   func() { tag = batch.Tag(s, 1, 7) },
		"Check": func() { batch.Check(s, 1, 7, tag) },
		"Seal":  func() { sum += site.Seal(s, 1, 7, tag) },
	}
	for name, call := range calls {
		if n := testing.AllocsPerRun(100, call); n != 0 {
			t.Errorf("%s makes %v allocations, want 0", name, n)
		}
	}
}

func drawOrdinal(t *rapid.T) uint64 {
	return rapid.Uint64Range(0, ordinalMask).Draw(t, "ordinal")
}

func BenchmarkTag(b *testing.B) {
	key, s := NewBatchKey(&[32]byte{1}), new(Scratch)
	for i := uint64(0); b.Loop(); i++ {
		key.Tag(s, 1, i)
	}
}

func BenchmarkSeal(b *testing.B) {
	key, s := NewSiteKey(&[32]byte{1}), new(Scratch)
	for i := uint64(0); b.Loop(); i++ {
		key.Seal(s, 1, i, i)
	}
}
