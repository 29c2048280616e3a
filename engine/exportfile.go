package engine

import (
	"context"
	"io"

	"mintmark/engine/export"
	"mintmark/engine/fault"
)

// ExportFile is a part of a complete export, ready to be downloaded.
type ExportFile struct {
	export.File
	e  *Engine
	id string // of the export
}

// ExportFile returns a part of an export. If the files are not on this node they are
// made, and the error is Busy until they are; else it is that of the attempt. It is
// NotFound, field "export" or "file", for what there is not. Before the bytes go to
// a printer, call ReleaseExport.
func (e *Engine) ExportFile(ctx context.Context, id, exportID, name string) (*ExportFile, error) {
	if err := e.ready(ctx, id, exportID); err != nil {
		return nil, err
	}
	file, part, err := e.exporter.OpenFile(exportID, name)
	if err != nil {
		return nil, err
	}
	return &ExportFile{part, e, exportID}, file.Close()
}

// WriteRange writes the bytes [from, to) of the file. Errors are Busy for a file that
// was deleted meanwhile, and those of w.
func (f *ExportFile) WriteRange(w io.Writer, from, to int64) error {
	file, _, err := f.e.exporter.OpenFile(f.id, f.Name)
	if err != nil {
		return err
	}
	defer file.Close() // only read
	n, err := io.Copy(w, io.NewSectionReader(file, from, to-from))
	if err == nil && n < to-from {
		err = fault.New(fault.Corrupt, "%s ends after %d bytes", f.Name, from+n)
	}
	return err
}

// ExportManifest returns the bytes of a complete export's signed manifest; see
// ExportFile.
func (e *Engine) ExportManifest(ctx context.Context, id, exportID string) ([]byte, error) {
	if err := e.ready(ctx, id, exportID); err != nil {
		return nil, err
	}
	return e.exporter.ReadManifest(exportID)
}

// ready begins to make the files of an export if they are not here.
func (e *Engine) ready(ctx context.Context, id, exportID string) error {
	if _, _, err := e.findExport(ctx, id, exportID); err != nil || e.exporter.Status(exportID).Manifest != nil {
		return err
	}
	if _, err := e.Exported(ctx, id, exportID); err != nil {
		return err
	}
	return e.exporter.Status(exportID).Err
}

// DeleteExport stops the making of an export on this node and deletes its files
// here. What was asked for stays on record: asking for it makes it again.
func (e *Engine) DeleteExport(ctx context.Context, id, exportID string) error {
	if _, _, err := e.findExport(ctx, id, exportID); err != nil {
		return err
	}
	return e.exporter.Delete(exportID)
}
