package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/export"
	"mintmark/engine/fault"
)

// exportRequest is the body of POST /v1/batches/{id}/exports.
type exportRequest struct {
	export.Request
	Logo    logoFile `json:"logo"`    // PNG or SVG, in base64
	Printer string   `json:"printer"` // who is to have the files; left out: the batch's own
	Force   bool     `json:"force"`   // although another printer has stamps of the range
	Actor   string   `json:"actor"`
}

// logoFile is a file in base64.
type logoFile []byte

// UnmarshalJSON implements json.Unmarshaler. Errors name the field "logo".
func (l *logoFile) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*[]byte)(l)) != nil {
		return fault.Field("logo", "is no file in base64")
	}
	return nil
}

func (s *Server) createExport(ctx *fasthttp.RequestCtx, t engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	var in exportRequest
	if err := decode(ctx, &in); err != nil {
		return err
	}
	r := engine.ExportRequest{Batch: info.ID, Request: in.Request, LogoFile: in.Logo, Force: in.Force, By: actor(t, in.Actor)}
	if r.Printer, err = printerOf(t, in.Printer); err != nil {
		return err
	}
	if in.Force && t.Role != engine.Admin {
		return &fault.Error{Kind: fault.Forbidden, Field: "force", Msg: "is for admins; ask one to export what another printer has"}
	}
	x, created, err := s.engine.CreateExport(context.Background(), r)
	if err != nil {
		return err
	}
	ctx.Response.Header.Set(fasthttp.HeaderLocation, "/v1/batches/"+info.ID+"/exports/"+x.ID)
	if !created {
		return reply(ctx, fasthttp.StatusOK, x)
	}
	return reply(ctx, fasthttp.StatusAccepted, x)
}

// exportList is all exports of a batch, oldest first.
type exportList struct {
	Exports []engine.ExportInfo `json:"exports"`
}

func (s *Server) listExports(ctx *fasthttp.RequestCtx, t engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	all, err := s.engine.Exports(s.abort, info.ID)
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, exportList{all})
}

// showExport tells how far an export is. With ?wait=SECONDS the answer comes when it
// is no longer being made, and at the latest after that time.
func (s *Server) showExport(ctx *fasthttp.RequestCtx, t engine.Token) error {
	q, err := checkQuery(ctx, "wait")
	if err != nil {
		return err
	}
	wait, err := q.seconds("wait", maxWait)
	if err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	until, cancel := context.WithTimeout(s.quit, wait)
	defer cancel()
	x, err := s.engine.WaitExport(until, info.ID, param(ctx, "export"))
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		x, err = s.engine.Exported(s.abort, info.ID, param(ctx, "export"))
	}
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, x)
}

// deleteExport ends the making of an export and deletes its files here. The record
// stays.
func (s *Server) deleteExport(ctx *fasthttp.RequestCtx, t engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	if err := s.engine.DeleteExport(s.abort, info.ID, param(ctx, "export")); err != nil {
		return err
	}
	ctx.SetStatusCode(fasthttp.StatusNoContent)
	return nil
}

// fileKinds are the content types of exports, by the end of a file's name.
var fileKinds = map[string]string{
	".csv": "text/csv; charset=utf-8", ".ndjson": "application/x-ndjson", ".pdf": "application/pdf",
	".zip": "application/zip", ".zpl": "application/octet-stream",
}

// exportFile sends a file of an export, or the part that a Range asks for. The first
// download is recorded as a release to the printer.
func (s *Server) exportFile(ctx *fasthttp.RequestCtx, t engine.Token) error {
	info, id, err := s.download(ctx, t)
	if err != nil {
		return err
	}
	x, err := s.engine.ExportFile(s.abort, info.ID, id, param(ctx, "name"))
	if err != nil {
		return err
	}
	sum, err := hex.DecodeString(x.SHA256)
	if err != nil {
		return fault.Wrap(fault.Corrupt, err, "the digest of %s", x.Name)
	}
	if err := s.release(ctx, t, info.ID, id); err != nil {
		return err
	}
	return s.send(ctx, file{name: x.Name, kind: fileKinds[filepath.Ext(x.Name)], size: x.Size, sum: sum, write: x.WriteRange})
}

// exportManifest sends the signed manifest of an export.
func (s *Server) exportManifest(ctx *fasthttp.RequestCtx, t engine.Token) error {
	info, id, err := s.download(ctx, t)
	if err != nil {
		return err
	}
	data, err := s.engine.ExportManifest(s.abort, info.ID, id)
	if err != nil {
		return err
	}
	if err := s.release(ctx, t, info.ID, id); err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	return s.send(ctx, file{name: info.ID + "-" + id + ".manifest.json", kind: "application/json", size: int64(len(data)), sum: sum[:],
		write: func(w io.Writer, from, to int64) error {
			_, err := io.Copy(w, bytes.NewReader(data[from:to]))
			return err
		}})
}

// download returns the batch and the export's id of a request for a file.
func (s *Server) download(ctx *fasthttp.RequestCtx, t engine.Token) (engine.BatchInfo, string, error) {
	if _, err := checkQuery(ctx); err != nil {
		return engine.BatchInfo{}, "", err
	}
	info, err := s.batch(t, param(ctx, "id"))
	return info, param(ctx, "export"), err
}

// release records a download, unless only the headers are asked for. A print shop
// downloads for itself, an admin for the printer that the export was made for.
func (s *Server) release(ctx *fasthttp.RequestCtx, t engine.Token, id, exportID string) error {
	if !ctx.IsGet() {
		return nil
	}
	return s.engine.ReleaseExport(context.Background(), id, exportID, t.Org, actor(t, ""))
}

// reconcile accounts for every stamp of a batch, printer by printer.
func (s *Server) reconcile(ctx *fasthttp.RequestCtx, t engine.Token) error {
	if _, err := checkQuery(ctx); err != nil {
		return err
	}
	info, err := s.batch(t, param(ctx, "id"))
	if err != nil {
		return err
	}
	out, err := s.engine.Reconcile(s.abort, info.ID)
	if err != nil {
		return err
	}
	return reply(ctx, fasthttp.StatusOK, out)
}
