package qr

import (
	"strings"
	"sync"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/serial"
	"pgregory.net/rapid"
)

// TestEncoderOfLinks: the tables give what Encode gives, for the links of every
// shape of batch.
func TestEncoderOfLinks(t *testing.T) {
	r := random()
	for name, link := range links {
		for _, signed := range []bool{false, true} {
			for level := L; level <= H; level++ {
				e, err := NewEncoder(Config{Parts: LinkParts(link, signed), Level: level, MinVersion: 1})
				if signed && level >= Q && fault.FieldOf(err) == "text" {
					continue // some are too long
				}
				if err != nil {
					t.Fatalf("%s, signed %v, %v: %v", name, signed, level, err)
				}
				for range 20 {
					var sig *[64]byte
					if signed {
						sig = randomSig(r)
					}
					text := link.Append(nil, randomCode(r), sig)
					checkEncoder(t, e, text)
				}
			}
		}
	}
}

// checkEncoder compares an encoder's symbol with that of Encode for the same
// segments, and reads it.
func checkEncoder(t interface{ Fatalf(string, ...any) }, e *Encoder, text []byte) {
	sample, err := sampleOf(e.parts)
	if err != nil {
		t.Fatalf("%v", err)
	}
	segments, version, err := fit(nil, sample, e.grid.level, e.Version())
	if err != nil || version != e.Version() {
		t.Fatalf("version %d, %v; the encoder has %d", version, err, e.Version())
	}
	at := 0
	for i := range segments {
		n := len(segments[i].Text)
		segments[i].Text = text[at : at+n]
		at += n
	}
	var got, want Symbol
	if err := e.Encode(&got, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if err := Encode(&want, segments, e.grid.level, version); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if got != want {
		t.Fatalf("%s: the encoder's symbol differs from that of Encode", text)
	}
	if r, err := read(&got); err != nil || string(r.text) != string(text) {
		t.Fatalf("%s reads as %s, %v", text, r.text, err)
	}
}

// TestEncoder: the same for parts of every kind.
func TestEncoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]Mode{Byte, Alphanumeric, Numeric})
		class := []string{Byte: `[a-c:é]{1,9}`, Alphanumeric: `[A-Z0-9:/]{1,12}`, Numeric: `[0-9]{1,30}`}
		var c Config
		var text []byte
		if rapid.Bool().Draw(t, "free head") {
			c.Parts, text = []Part{{Len: 1, Mode: Byte}}, []byte{'x'}
		}
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			fixed := rapid.StringMatching(class[mode.Draw(t, "fixed mode")]).Draw(t, "fixed")
			m := mode.Draw(t, "mode")
			free := rapid.StringMatching(class[m]).Draw(t, "free")
			c.Parts = append(c.Parts, Part{Text: fixed}, Part{Len: len(free), Mode: m})
			text = append(append(text, fixed...), free...)
		}
		c.Level = Level(rapid.IntRange(0, 3).Draw(t, "level"))
		c.MinVersion = rapid.IntRange(1, MaxVersion).Draw(t, "version")
		if rapid.Bool().Draw(t, "tail") {
			c.Parts = append(c.Parts, Part{Text: "/TAIL"})
			text = append(text, "/TAIL"...)
		}
		e, err := NewEncoder(c)
		if err != nil {
			t.Fatal(err)
		}
		checkEncoder(t, e, text)
	})
}

func TestEncoderAtOnce(t *testing.T) {
	link := links["plain"]
	e, err := NewEncoder(Config{Parts: LinkParts(link, false), Level: M, MinVersion: 3})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			r := random()
			for range 200 {
				var s Symbol
				text := link.Append(nil, randomCode(r), nil)
				if err := e.Encode(&s, text); err != nil {
					t.Error(err)
				} else if got, err := read(&s); err != nil || string(got.text) != string(text) {
					t.Errorf("%s reads as %s, %v", text, got.text, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestEncoderErrors(t *testing.T) {
	free := Part{Len: 4, Mode: Alphanumeric}
	for _, c := range []struct {
		config Config
		field  string
	}{
		{Config{Level: M, MinVersion: 1}, "parts"},
		{Config{Parts: []Part{{Text: "A"}}, Level: M, MinVersion: 1}, "parts"},
		{Config{Parts: []Part{free, {}}, Level: M, MinVersion: 1}, "parts"},
		{Config{Parts: []Part{{Text: "A", Len: 1}}, Level: M, MinVersion: 1}, "parts"},
		{Config{Parts: []Part{{Text: "A", Mode: Numeric}, free}, Level: M, MinVersion: 1}, "parts"},
		{Config{Parts: []Part{{Len: -1}}, Level: M, MinVersion: 1}, "parts"},
		{Config{Parts: []Part{{Len: 1 << 40}}, Level: M, MinVersion: 1}, "parts"},
		{Config{Parts: []Part{{Len: 1, Mode: modes}}, Level: M, MinVersion: 1}, "parts"},
		{Config{Parts: []Part{free}, Level: H + 1, MinVersion: 1}, "level"},
		{Config{Parts: []Part{free}, Level: M}, "version"},
		{Config{Parts: []Part{free, {Text: strings.Repeat("a", 300)}}, Level: M, MinVersion: 1}, "text"},
		{Config{Parts: []Part{free, {Text: strings.Repeat("7", 653)}}, Level: M, MinVersion: 1}, "text"},
	} {
		if _, err := NewEncoder(c.config); fault.FieldOf(err) != c.field {
			t.Errorf("%+v: %v; want field %s", c.config, err, c.field)
		}
	}
}

func TestEncoderText(t *testing.T) {
	e, err := NewEncoder(Config{Level: M, MinVersion: 1, Parts: []Part{
		{Text: "https://A/"}, {Len: 3, Mode: Alphanumeric}, {Text: "/"}, {Len: 2, Mode: Numeric}, {Text: "/"}, {Len: 1, Mode: Byte},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var s Symbol
	if err := e.Encode(&s, []byte("https://A/B:7/12/é"[:18])); err != nil {
		t.Fatal(err)
	}
	before := s
	for _, text := range []string{
		"", "https://A/B:7/12/", "https://A/B:7/12/ab", "https://B/B:7/12/a", "https://A/b:7/12/a",
		"https://A/B:7/1A/a", "https://A/B:7.12/a", "https://A/B:7/1:/a",
	} {
		if err := e.Encode(&s, []byte(text)); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "text" {
			t.Errorf("%q: %v", text, err)
		}
	}
	if s != before {
		t.Error("an error changed the symbol")
	}
}

// TestAllocations: neither way of encoding allocates.
func TestAllocations(t *testing.T) {
	for _, signed := range []bool{false, true} {
		link := links["gs1 with lot"]
		var sig *[64]byte
		if signed {
			sig = new([64]byte)
		}
		text := link.Append(nil, serial.Code{}, sig)
		e, err := NewEncoder(Config{Parts: LinkParts(link, signed), Level: L, MinVersion: 1})
		if err != nil {
			t.Fatal(err)
		}
		var s Symbol
		for name, encode := range map[string]func() error{
			"Encoder":    func() error { return e.Encode(&s, text) },
			"EncodeText": func() error { return EncodeText(&s, text, L, 1) },
		} {
			if n := testing.AllocsPerRun(20, func() {
				if err := encode(); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%s allocates %v times, signed %v", name, n, signed)
			}
		}
	}
}
