package table

import (
	"io"

	"mintmark/engine/registry"
)

// File is an export that is ready to be written once.
type File struct {
	Name string // such as registry.xlsx
	Type string // content type

	write func(io.Writer) error
	close func() error
}

// MediaType returns the content type of a format, "" for none that is known.
func MediaType(format string) string {
	switch format {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case CSV:
		return "text/csv"
	case ZIP:
		return "application/zip"
	}
	return ""
}

// Write writes the file. An error is the writer's.
func (f *File) Write(w io.Writer) error { return f.write(w) }

// Close removes what the file has of temporary files.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

// Export makes a file of a registry, or of one kind of its records. Errors are
// Invalid, field "format" or "kind", and those of newWorkbook.
func Export(format string, k registry.Kind, s *registry.Snapshot) (*File, error) {
	if err := check(format, k); err != nil {
		return nil, err
	}
	kinds, name := registry.Kinds, "registry"
	if k != "" {
		kinds, name = []registry.Kind{k}, string(k)
	}
	f := &File{Name: name + "." + format, Type: MediaType(format)}
	switch format {
	case XLSX:
		w, err := newWorkbook(kinds, s)
		if err != nil {
			return nil, err
		}
		f.write, f.close = w.write, w.close
	case ZIP:
		f.write = func(w io.Writer) error { return writeZIP(w, kinds, s) }
	default:
		f.write = func(w io.Writer) error { return writeCSV(w, k, s) }
	}
	return f, nil
}
