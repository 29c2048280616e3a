package zpl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"mintmark/engine/label/bitmap"
)

// command is a command with its parameters.
type command struct {
	name   string // with its prefix
	params string
}

// grammar says what the parameters of each command may be that a file uses.
var grammar = map[string]*regexp.Regexp{
	"~DG": regexp.MustCompile(`^R:[A-Z0-9]{1,8}\.GRF,[0-9]+,[0-9]+,[0-9A-Fg-zG-Y,!:]+$`),
	"^XA": regexp.MustCompile(`^$`),
	"^CI": regexp.MustCompile(`^28$`),
	"^LH": regexp.MustCompile(`^0,0$`),
	"^PW": regexp.MustCompile(`^[0-9]{2,5}$`),
	"^LL": regexp.MustCompile(`^[0-9]{2,5}$`),
	"^FO": regexp.MustCompile(`^[0-9]{1,5},[0-9]{1,5}$`),
	"^FT": regexp.MustCompile(`^[0-9]{1,5},[0-9]{1,5}$`),
	"^XG": regexp.MustCompile(`^R:[A-Z0-9]{1,8}\.GRF,1,1$`),
	"^A0": regexp.MustCompile(`^N,[0-9]{2,5}$`),
	"^BQ": regexp.MustCompile(`^N,2,([1-9]|10)$`),
	"^GF": regexp.MustCompile(`^A,[0-9]+,[0-9]+,[0-9]+,[0-9A-Fg-zG-Y,!:]+$`),
	"^FH": regexp.MustCompile(`^_$`),
	"^FD": regexp.MustCompile(`^[ -~]+$`),
	"^FS": regexp.MustCompile(`^$`),
	"^PQ": regexp.MustCompile(`^1$`),
	"^XZ": regexp.MustCompile(`^$`),
}

// parse splits a file into commands and checks each one's parameters.
func parse(file string) (all []command, err error) {
	file = strings.ReplaceAll(file, "\n", "") // printers ignore the ends of lines
	for file != "" {
		if len(file) < 3 || file[0] != '^' && file[0] != '~' {
			return nil, fmt.Errorf("no command begins at %.20q", file)
		}
		end := strings.IndexAny(file[1:], "^~") + 1
		if end == 0 {
			end = len(file)
		}
		c := command{file[:3], file[3:end]}
		if g := grammar[c.name]; g == nil || !g.MatchString(c.params) {
			return nil, fmt.Errorf("command %s with parameters %.60q", c.name, c.params)
		}
		all = append(all, c)
		file = file[end:]
	}
	return all, nil
}

// field is what one field of a format prints.
type field struct {
	x, y   int
	name   string // of the command that says what it is: ^XG, ^GF, ^BQ or ^A0
	params string
	data   string // decoded
}

// format is one print.
type format struct {
	width, length int
	fields        []field
}

// formats groups commands: a picture first if there is one, then formats, in each
// of which fields begin with a place and end with ^FS.
func formats(all []command) (pictures map[string]*bitmap.Bitmap, out []format, err error) {
	pictures = map[string]*bitmap.Bitmap{}
	var f *format
	var now *field
	for i, c := range all {
		switch {
		case c.name == "~DG" && f == nil:
			name, rest, _ := strings.Cut(c.params, ",")
			if pictures[name], err = decode(rest); err != nil {
				return nil, nil, err
			}
		case c.name == "^XA" && f == nil:
			f = &format{}
		case f == nil:
			return nil, nil, fmt.Errorf("command %d, %s, outside a format", i, c.name)
		case c.name == "^XZ" && now == nil:
			out, f = append(out, *f), nil
		case now == nil:
			if now, err = f.outside(c); err != nil {
				return nil, nil, err
			}
		case c.name == "^FS":
			f.fields = append(f.fields, *now)
			now = nil
		default:
			if err := now.add(c); err != nil {
				return nil, nil, err
			}
		}
	}
	if f != nil {
		return nil, nil, fmt.Errorf("the last format has no end")
	}
	return pictures, out, nil
}

// outside takes a command outside a field; it may begin one.
func (f *format) outside(c command) (*field, error) {
	n := numbers(c.params)
	switch c.name {
	case "^FO", "^FT":
		return &field{x: n[0], y: n[1]}, nil
	case "^PW":
		f.width = n[0]
	case "^LL":
		f.length = n[0]
	case "^CI", "^LH", "^PQ":
	default:
		return nil, fmt.Errorf("%s outside a field", c.name)
	}
	return nil, nil
}

// add takes a command inside a field.
func (f *field) add(c command) error {
	switch c.name {
	case "^XG", "^GF", "^BQ", "^A0":
		if f.name != "" {
			return fmt.Errorf("%s after %s in one field", c.name, f.name)
		}
		f.name, f.params = c.name, c.params
	case "^FH":
	case "^FD":
		data, err := unescape(c.params)
		f.data = data
		return err
	default:
		return fmt.Errorf("%s inside a field", c.name)
	}
	return nil
}

// unescape undoes what ^FH_ allows.
func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '_' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("field %q ends in a code", s)
		}
		v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", err
		}
		b.WriteByte(byte(v))
		i += 2
	}
	return b.String(), nil
}

func numbers(s string) (all []int) {
	for f := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(f)
		if err != nil {
			return append(all, -1)
		}
		all = append(all, n)
	}
	return all
}

// decode reads the parameters of ~DG after its name: total bytes, bytes of a row,
// digits.
func decode(params string) (*bitmap.Bitmap, error) {
	f := strings.SplitN(params, ",", 3)
	n := numbers(f[0] + "," + f[1])
	if len(f) < 3 || n[1] <= 0 || n[0]%n[1] != 0 {
		return nil, fmt.Errorf("a picture of %.30q", params)
	}
	digits, err := expand(f[2], 2*n[1])
	if err != nil {
		return nil, err
	}
	if len(digits) != 2*n[0] {
		return nil, fmt.Errorf("%d digits for %d bytes", len(digits), n[0])
	}
	out := bitmap.New(8*n[1], n[0]/n[1])
	for i := range out.Pix {
		v, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			return nil, err
		}
		out.Pix[i] = byte(v)
	}
	return out, nil
}

// expand undoes the shorter form of digits, with rows of a number of them.
func expand(s string, row int) (string, error) {
	var b strings.Builder
	times := 0
	for _, c := range []byte(s) {
		left := row - b.Len()%row
		switch {
		case c >= 'G' && c <= 'Y':
			times += int(c-'G') + 1
			continue
		case c >= 'g' && c <= 'z':
			times += 20 * (int(c-'g') + 1)
			continue
		case times > 0 && (c == ',' || c == '!' || c == ':'):
			return "", fmt.Errorf("a count before %c", c)
		case c == ',':
			b.WriteString(strings.Repeat("0", left))
		case c == '!':
			b.WriteString(strings.Repeat("F", left))
		case c == ':':
			if left != row || b.Len() == 0 {
				return "", fmt.Errorf("a colon inside a row or in the first")
			}
			b.WriteString(b.String()[b.Len()-row:])
		default:
			if max(times, 1) > left {
				return "", fmt.Errorf("%d digits where %d are left of a row", times, left)
			}
			b.WriteString(strings.Repeat(string(c), max(times, 1)))
		}
		times = 0
	}
	return b.String(), nil
}
