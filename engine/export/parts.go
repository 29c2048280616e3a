package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The names of files in an export's directory beside its parts.
const (
	writing      = "writing"       // the file in the making
	partsName    = "parts"         // what is known of the finished parts
	manifestName = "manifest.json" // stands in a complete export alone
	lockName     = "lock"          // in the directory of all exports
)

// finished reads the lines of the parts that a run has finished. A last line that
// was cut off is left out, and so is everything after one that is no line.
func finished(dir string) (map[string]File, error) {
	data, err := os.ReadFile(filepath.Join(dir, partsName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseParts(data), nil
}

func parseParts(data []byte) map[string]File {
	parts := map[string]File{}
	for {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if !whole {
			return parts
		}
		fields := strings.Split(string(line), " ")
		if len(fields) != 3 {
			return parts
		}
		size, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil || size < 0 || len(fields[0]) != 2*sha256.Size {
			return parts
		}
		parts[fields[2]] = File{Name: fields[2], SHA256: fields[0], Size: size}
		data = rest
	}
}

// line returns what parseParts reads.
func (f *File) line() string { return fmt.Sprintf("%s %d %s\n", f.SHA256, f.Size, f.Name) }

// whole reports whether a file of a directory is there with its size and digest.
func (f *File) whole(dir string) bool {
	file, err := os.Open(filepath.Join(dir, f.Name))
	if err != nil {
		return false
	}
	defer file.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, file)
	return err == nil && n == f.Size && hex.EncodeToString(hash.Sum(nil)) == f.SHA256
}

// appendLine adds a line to the parts' file, durably.
func appendLine(dir, line string) error {
	f, err := os.OpenFile(filepath.Join(dir, partsName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Sync(), f.Close())
}
