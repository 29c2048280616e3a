package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
)

// archive is a ZIP file of which no more than maxUnpack bytes are unpacked.
type archive struct {
	files []*zip.File
	left  int64
}

// openArchive reads the directory of a ZIP file. Its errors, and those of read and
// open, are Invalid, field "file".
func openArchive(data []byte) (*archive, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errFile("is damaged or in another format: %v", err)
	}
	if len(z.File) > maxEntries {
		return nil, errFile("holds %d files; %d are the most", len(z.File), maxEntries)
	}
	return &archive{z.File, maxUnpack}, nil
}

var errUnpack = errFile("unpacks to more than %d MiB; split it", maxUnpack>>20)

// open returns what a file holds, unpacked as it is read. Reading past maxUnpack in
// all is an error, as is a wrong checksum at the end.
func (a *archive) open(f *zip.File) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, errFile("is damaged at %s: %v", shorten(f.Name), err)
	}
	return &bounded{r, a, f.Name}, nil
}

// read returns all of a file.
func (a *archive) read(f *zip.File) ([]byte, error) {
	r, err := a.open(f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

type bounded struct {
	io.ReadCloser
	from *archive
	name string
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.from.left -= int64(n); b.from.left < 0 {
		return 0, errUnpack
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = errFile("is damaged at %s: %v", shorten(b.name), err)
	}
	return n, err
}
