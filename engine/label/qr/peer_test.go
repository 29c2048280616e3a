package qr

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// buildPeer compiles the program that drives libqrencode.
func buildPeer(tb testing.TB) string {
	tb.Helper()
	const packages = "gcc libc6-dev libqrencode-dev"
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		skip(tb, "gcc", packages)
	}
	peer := filepath.Join(tb.TempDir(), "peer")
	out, err := exec.Command(gcc, "-O2", "-o", peer, "testdata/peer/qrencode.c", "-lqrencode").CombinedOutput()
	if bytes.Contains(out, []byte("qrencode.h: No such file")) {
		skip(tb, "libqrencode", packages)
	}
	if err != nil {
		tb.Fatalf("gcc: %v\n%s", err, out)
	}
	return peer
}

// request is a symbol to be compared.
type request struct {
	version  int
	level    Level
	segments []Segment
}

// TestLibqrencode: texts of mixed segments give libqrencode's modules, with the
// mask that libqrencode chose. Scored as libqrencode scores, its choice is always
// the lowest.
func TestLibqrencode(t *testing.T) {
	peer := buildPeer(t)
	requests := mixedRequests(t, 3000)
	var in bytes.Buffer
	for _, q := range requests {
		fmt.Fprintf(&in, "%d %d %d", q.version, q.level, len(q.segments))
		for _, s := range q.segments {
			fmt.Fprintf(&in, " %c %x", "BAN"[s.Mode], s.Text)
		}
		in.WriteByte('\n')
	}
	cmd := exec.Command(peer, "symbols")
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(bytes.NewReader(out))
	agree := 0
	for i, q := range requests {
		theirs := readPeer(t, r, q.level)
		var ours, same Symbol
		if err := Encode(&ours, q.segments, q.level, q.version); err != nil {
			t.Fatal(err)
		}
		if err := EncodeMask(&same, q.segments, q.level, q.version, theirs.Mask); err != nil {
			t.Fatal(err)
		}
		if same != *theirs {
			t.Fatalf("%d-%v, %q: differs from libqrencode", q.version, q.level, q.segments)
		}
		if ours.Mask == theirs.Mask {
			agree++
		}
		if i%10 > 0 {
			continue // to save time
		}
		if mask := lowest(t, q.segments, q.level, q.version, libqrencodePenalty); mask != theirs.Mask {
			t.Errorf("%d-%v, %q: libqrencode chose mask %d; its own rules say %d", q.version, q.level, q.segments, theirs.Mask, mask)
		}
	}
	t.Logf("%d symbols, of %d the same mask was chosen", len(requests), agree)
}

// libqrencodePenalty is the penalty as libqrencode reads the rules: 1:1:3:1:1 at
// any scale, a light area that the quiet zone continues, and dark modules in
// whole percents, rounded.
func libqrencodePenalty(m module) int {
	p := m.score()
	p.patterns = 0
	dark, all := 0, 2*len(m)*len(m) // both counted in rows and in columns
	for _, lines := range []module{m, m.transposed()} {
		for _, line := range lines {
			dark += count(line, "1")
			n := runsOf(line)
			for i := range n {
				for scale := 1; scale <= len(m)/7; scale++ {
					wide := func(k int) bool { return k <= 0 || k >= len(n)-1 || n[k] >= 4*scale }
					if isPattern(line, n, i, scale) && (wide(i-1) || wide(i+5)) {
						p.patterns += 40
					}
				}
			}
		}
	}
	p.share = abs((200*dark+all)/all/2-50) / 5 * 10
	return p.total()
}

// mixedRequests returns symbols of all versions and levels: links of stamps, and
// random segments of all modes as full as the version allows.
func mixedRequests(t *testing.T, n int) (all []request) {
	t.Helper()
	r := random()
	for i := range n {
		q := request{version: 1 + i%MaxVersion, level: Level(i / MaxVersion % 4)}
		for m := Mode(r.UintN(modes)); ; m = (m + 1 + Mode(r.UintN(modes-1))) % modes {
			s := Segment{m, randomText(r, m, 1+r.IntN(20))}
			if bitsOf(append(q.segments, s), q.version) > 8*dataBytes(q.version, q.level) {
				break
			}
			q.segments = append(q.segments, s)
		}
		if len(q.segments) > 0 {
			all = append(all, q)
		}
	}
	for range n / 20 {
		for _, link := range links {
			text := link.Append(nil, randomCode(r), nil)
			segments, version, err := fit(nil, text, M, 1)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, request{version, M, segments})
		}
	}
	return all
}

// readPeer reads one line of the peer's answers.
func readPeer(t *testing.T, r io.Reader, level Level) *Symbol {
	t.Helper()
	s := &Symbol{Level: level}
	if _, err := fmt.Fscan(r, &s.Version); err != nil {
		t.Fatalf("libqrencode refused: %v", err)
	}
	for y := range s.Size() {
		if _, err := fmt.Fscanf(r, "%x", &s.rows[y]); err != nil {
			t.Fatal(err)
		}
	}
	s.Mask = maskOf(s)
	return s
}

// TestZbar has zbarimg, a reader that is not ours, read links of every shape.
func TestZbar(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		skip(t, "zbarimg", "zbar-tools")
	}
	per := 40
	if testing.Short() {
		per = 2
	}
	r := random()
	dir := t.TempDir()
	args := []string{"--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"}
	var want []string
	for _, link := range links {
		for i := range per {
			signed := i%2 == 1
			var sig *[64]byte
			if signed {
				sig = randomSig(r)
			}
			e, err := NewEncoder(Config{Parts: LinkParts(link, signed), Level: Level(i / 2 % 2), MinVersion: 1})
			if err != nil {
				t.Fatal(err)
			}
			text := link.Append(nil, randomCode(r), sig)
			var s Symbol
			if err := e.Encode(&s, text); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, fmt.Sprintf("%04d.png", len(want)))
			writePicture(t, file, &s)
			args = append(args, file)
			want = append(want, string(text))
		}
	}
	out, err := exec.Command(zbar, args...).Output()
	if err != nil {
		t.Error(err)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(got) != len(want) {
		t.Fatalf("zbarimg read %d of %d symbols", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("zbarimg read %s, want %s", got[i], want[i])
		}
	}
}
