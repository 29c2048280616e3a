package keyring

import (
	"bytes"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

type cmacVectors struct {
	Key, K1, K2, Message hexBytes
	Vectors              []struct {
		Length int
		MAC    hexBytes
	}
}

func readCMAC(t testing.TB) (*MAC, *cmacVectors) {
	t.Helper()
	v := new(cmacVectors)
	readJSON(t, "cmac.json", v)
	return NewMAC((*[32]byte)(v.Key)), v
}

func TestCMACVectors(t *testing.T) {
	mac, v := readCMAC(t)
	if !bytes.Equal(mac.k1[:], v.K1) || !bytes.Equal(mac.k2[:], v.K2) {
		t.Errorf("subkeys %x %x, want %x %x", mac.k1, mac.k2, v.K1, v.K2)
	}
	if len(v.Vectors) != 14 {
		t.Fatalf("%d vectors, want 14", len(v.Vectors))
	}
	for _, c := range v.Vectors {
		if got := mac.Sum(v.Message[:c.Length]); !bytes.Equal(got[:], c.MAC) {
			t.Errorf("MAC of %d bytes is %x, want %x", c.Length, got, c.MAC)
		}
	}
}

// TestDouble holds the subkey step to the schoolbook shift, bit by bit.
func TestDouble(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBlock(t, "block")
		var want [16]byte
		for i := range want {
			want[i] = b[i] << 1
			if i < 15 && b[i+1]&0x80 != 0 {
				want[i] |= 1
			}
		}
		if b[0]&0x80 != 0 {
			want[15] ^= 0x87
		}
		if got := double(b); got != want {
			t.Fatalf("double(%x) = %x, want %x", b, got, want)
		}
	})
}

func TestBlockEqualsSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mac := NewMAC(drawKey(t))
		in := drawBlock(t, "message")
		message := in
		var out [16]byte
		mac.block(&out, &in)
		if want := mac.Sum(message[:]); out != want {
			t.Fatalf("block gives %x, Sum %x", out, want)
		}
		if in != message {
			t.Fatalf("block changed its input from %x to %x", message, in)
		}
	})
}

func TestSumConcurrently(t *testing.T) {
	mac, v := readCMAC(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, c := range v.Vectors {
				if got := mac.Sum(v.Message[:c.Length]); !bytes.Equal(got[:], c.MAC) {
					t.Errorf("MAC of %d bytes is %x, want %x", c.Length, got, c.MAC)
				}
			}
		})
	}
	group.Wait()
}

func drawBlock(t *rapid.T, label string) [16]byte {
	return [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, label))
}

func drawKey(t *rapid.T) *[32]byte {
	return (*[32]byte)(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
}
