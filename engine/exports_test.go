package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"mintmark/engine/batch"
	"mintmark/engine/export"
	"mintmark/engine/fault"
	"mintmark/engine/store"
)

// wanted returns a request as the tester.
func wanted(batch string, r export.Request) ExportRequest {
	return ExportRequest{Batch: batch, Request: r, By: tester}
}

// export makes an export and returns it complete.
func (s *site) export(r ExportRequest) ExportInfo {
	s.t.Helper()
	info, _, err := s.CreateExport(s.t.Context(), r)
	noError(s.t, err)
	info, err = s.WaitExport(s.t.Context(), r.Batch, info.ID)
	noError(s.t, err)
	if info.State != ExportComplete {
		s.t.Fatalf("the export is %s: %s", info.State, info.Error)
	}
	return info
}

// files downloads the files of an export, checks them against the manifest, and
// returns them by name.
func (s *site) files(x ExportInfo) map[string]string {
	s.t.Helper()
	noError(s.t, s.ReleaseExport(s.t.Context(), x.Batch, x.ID, "", tester))
	data, err := s.ExportManifest(s.t.Context(), x.Batch, x.ID)
	noError(s.t, err)
	m, err := export.OpenManifest(data, s.IssuerKeys()[0].Public)
	noError(s.t, err)
	out := map[string]string{"manifest": string(data)}
	for _, f := range m.Files {
		file, err := s.ExportFile(s.t.Context(), x.Batch, x.ID, f.Name)
		noError(s.t, err)
		var data bytes.Buffer
		noError(s.t, file.WriteRange(&data, 0, f.Size/2))
		noError(s.t, file.WriteRange(&data, f.Size/2, f.Size))
		sum := sha256.Sum256(data.Bytes())
		if file.File != f || hex.EncodeToString(sum[:]) != f.SHA256 {
			s.t.Errorf("%s is not what the manifest says", f.Name)
		}
		out[f.Name] = data.String()
	}
	return out
}

func TestExportFiles(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 2*ChunkSize + 10, Printer: "Press"})
	x := s.export(wanted(b.ID, export.Request{Format: "csv"}))
	want := string(s.naive(b.ID))
	if got := s.files(x)[x.Files[0].Name]; got != want {
		t.Error("the rows are not the naive ones")
	}
	x = s.export(wanted(b.ID, export.Request{Format: "pdf", Layout: "a4-24", From: ChunkSize - 50, Count: 100, Split: 30}))
	if x.Parts != 4 || len(s.files(x)) != 5 || x.First != ChunkSize-50 || x.Last != ChunkSize+49 {
		t.Errorf("the export is %+v", x)
	}
	all, err := s.Exports(t.Context(), b.ID)
	if err != nil || len(all) != 2 || all[1].ID != x.ID || all[1].Printer != "Press" || !all[1].Released {
		t.Errorf("exports are %+v, %v", all, err)
	}
	s.clean()
}

// TestPublicExport holds the rows of a public batch to the naive ones, which are
// signed.
func TestPublicExport(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 20, Public: true, GTIN: "4006381333931"})
	x := s.export(wanted(b.ID, export.Request{Format: "csv"}))
	if got := s.files(x)[x.Files[0].Name]; got != string(s.naive(b.ID)) {
		t.Error("the rows are not the naive ones")
	}
	s.export(wanted(b.ID, export.Request{Format: "pdf", Layout: "a4-6"}))
}

func TestSameExport(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 500, Product: "Rice"})
	r := wanted(b.ID, export.Request{Format: "pdf", Layout: "a4-24"})
	first := s.export(r)
	files := s.files(first)
	head := s.tracker.Index().Head()
	again, created, err := s.CreateExport(t.Context(), wanted(b.ID, export.Request{Format: "pdf", Layout: "a4-24", From: 1, Level: "M", Split: 500}))
	noError(t, err)
	if created || again.ID != first.ID || s.tracker.Index().Head() != head {
		t.Errorf("asked again it is %+v, created %v", again, created)
	}
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Product: "Tea"})
	noError(t, s.DeleteExport(t.Context(), b.ID, first.ID))
	_, err = s.ExportManifest(t.Context(), b.ID, first.ID)
	wantError(t, err, fault.Busy, "")
	made, err := s.WaitExport(t.Context(), b.ID, first.ID)
	noError(t, err)
	if !maps.Equal(s.files(made), files) {
		t.Error("made again the files differ")
	}
}

// TestSameExportAtOnce asks for one export many times at once: it is recorded once.
func TestSameExportAtOnce(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 500})
	head := s.tracker.Index().Head()
	var created atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, first, err := s.CreateExport(t.Context(), wanted(b.ID, export.Request{Format: "pdf", Layout: "a4-24", Split: 100}))
			if err != nil {
				t.Error(err)
			}
			if first {
				created.Add(1)
			}
		})
	}
	wg.Wait()
	if got := s.tracker.Index().Head(); created.Load() != 1 || got != head+1 {
		t.Errorf("created %d times, in %d changes", created.Load(), got-head)
	}
}

// TestTooManyExports asks for one export more than a batch may have.
func TestTooManyExports(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 100})
	ordinal := s.tracker.Index().ByID(b.ID).Batch.First
	for i := range maxExports {
		_, err := s.commit(t.Context(), func(*batch.Index) (store.Change, error) {
			return store.Change{Op: store.OpExport, Batch: b.ID, Actor: "tester", Export: fmt.Sprint(i),
				Ranges: []store.Range{{First: ordinal, Last: ordinal}}}, nil
		})
		noError(t, err)
	}
	_, _, err := s.CreateExport(t.Context(), wanted(b.ID, export.Request{Format: "csv"}))
	wantError(t, err, fault.Conflict, "")
}

// TestExportsGoOn ends a site in the middle of an export; the next start completes
// it.
func TestExportsGoOn(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 3000})
	r := wanted(b.ID, export.Request{Format: "pdf", Layout: "a4-24", Split: 100})
	want := s.files(s.export(r))
	info, err := s.Exports(t.Context(), b.ID)
	noError(t, err)
	dir := filepath.Join(s.dir, "exports", info[0].ID)
	noError(t, s.Close())
	noError(t, os.Remove(filepath.Join(dir, "manifest.json")))
	names, err := os.ReadDir(dir)
	noError(t, err)
	for _, d := range names[:20] {
		noError(t, os.Remove(filepath.Join(dir, d.Name())))
	}
	noError(t, os.Mkdir(filepath.Join(s.dir, "exports", "00000000000000000000000000000000"), 0o700)) // of another store
	s.open()
	noError(t, s.exporter.Wait(t.Context(), info[0].ID))
	if got := s.files(info[0]); !maps.Equal(got, want) {
		t.Error("completed at the next start the files differ")
	}
	if _, err := os.Stat(filepath.Join(s.dir, "exports", "00000000000000000000000000000000")); err == nil {
		t.Error("the files of an unknown export are kept")
	}
}

func TestBadExports(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 100})
	revoked := s.mint(MintRequest{Count: 100})
	s.change(ChangeRequest{Op: store.OpRevoke, Batch: revoked.ID, Ranges: span("1", "50")})
	half := wanted(revoked.ID, export.Request{Format: "csv", Count: 50})
	for name, c := range map[string]struct {
		r     ExportRequest
		kind  fault.Kind
		field string
	}{
		"no batch":       {wanted("nothing", export.Request{Format: "csv"}), fault.NotFound, "batch"},
		"format":         {wanted(b.ID, export.Request{Format: "doc"}), fault.Invalid, "format"},
		"range":          {wanted(b.ID, export.Request{Format: "csv", From: 101}), fault.Invalid, "from"},
		"revoked":        {half, fault.Conflict, ""},
		"nobody":         {ExportRequest{Batch: b.ID, Request: export.Request{Format: "csv"}}, fault.Invalid, "actor"},
		"printer":        {ExportRequest{Batch: b.ID, Request: export.Request{Format: "csv"}, By: tester, Printer: "\x00"}, fault.Invalid, "printer"},
		"logo not there": {wanted(b.ID, export.Request{Format: "pdf", Layout: "a4-24", Logo: export.LogoDigest(nil)}), fault.Invalid, "logo"},
		"logo":           {ExportRequest{Batch: b.ID, Request: export.Request{Format: "pdf", Layout: "a4-24"}, By: tester, LogoFile: []byte("x")}, fault.Invalid, "logo"},
	} {
		t.Run(name, func(t *testing.T) {
			head := s.tracker.Index().Head()
			_, _, err := s.CreateExport(t.Context(), c.r)
			wantError(t, err, c.kind, c.field)
			if s.tracker.Index().Head() != head {
				t.Error("a refused export is on record")
			}
		})
	}
	if _, err := os.Stat(filepath.Join(s.dir, "exports")); err == nil {
		t.Error("refused exports left a directory")
	}
	s.export(wanted(revoked.ID, export.Request{Format: "csv", From: 51}))
	_, err := s.Exported(t.Context(), b.ID, "nothing")
	wantError(t, err, fault.NotFound, "export")
	_, err = s.Exports(t.Context(), "nothing")
	wantError(t, err, fault.NotFound, "batch")
	_, err = s.Reconcile(t.Context(), "nothing")
	wantError(t, err, fault.NotFound, "batch")
	wantError(t, s.DeleteExport(t.Context(), b.ID, "nothing"), fault.NotFound, "export")
	wantError(t, s.ReleaseAll(t.Context(), "nothing", "Press", tester), fault.NotFound, "batch")
}

// TestRevokedAfterExport holds the files of a revoked batch back.
func TestRevokedAfterExport(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 100})
	x := s.export(wanted(b.ID, export.Request{Format: "csv"}))
	s.change(ChangeRequest{Op: store.OpRevoke, Batch: b.ID})
	wantError(t, s.ReleaseExport(t.Context(), b.ID, x.ID, "", tester), fault.Conflict, "")
	_, _, err := s.CreateExport(t.Context(), wanted(b.ID, x.Request))
	wantError(t, err, fault.Conflict, "")
}

func TestExportWhileMinting(t *testing.T) {
	s := newSiteWith(t, func(st store.Store) store.Store { return noChunks{st} })
	info, _, err := s.CreateBatch(t.Context(), MintRequest{Count: 10, By: tester})
	noError(t, err)
	_, _, err = s.CreateExport(t.Context(), wanted(info.ID, export.Request{Format: "csv"}))
	wantError(t, err, fault.Conflict, "")
}

// noChunks is a store that takes no chunk, so that batches stay in minting.
type noChunks struct{ store.Store }

func (noChunks) PutChunks(context.Context, string, uint64, []store.Chunk) error {
	return fault.New(fault.Busy, "no chunks today")
}

// TestReleases follows one range from printer to printer.
func TestReleases(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 100, Printer: "Press"})
	r := wanted(b.ID, export.Request{Format: "csv", From: 11, Count: 50})
	x := s.export(r)
	if x.Released {
		t.Error("an export counts as released before it is downloaded")
	}
	head := s.tracker.Index().Head()
	s.files(x)
	s.files(x)
	if got := s.tracker.Index().Head(); got != head+1 {
		t.Errorf("four downloads made %d changes, want 1", got-head)
	}
	other := wanted(b.ID, export.Request{Format: "ndjson", From: 60})
	other.Printer = "Other"
	_, _, err := s.CreateExport(t.Context(), other)
	wantError(t, err, fault.Conflict, "printer")
	wantError(t, s.ReleaseExport(t.Context(), b.ID, x.ID, "Other", tester), fault.Conflict, "printer")
	wantError(t, s.ReleaseAll(t.Context(), b.ID, "Other", tester), fault.Conflict, "printer")
	other.Force = true
	y := s.export(other)
	if !y.Forced {
		t.Error("a forced export is not marked as such")
	}
	s.files(y)
	forced := s.lastChange(store.OpExport)
	if !forced.Force || forced.Printer != "Other" || forced.Actor != tester.Name {
		t.Errorf("the audit trail has %+v", forced)
	}
	s.change(ChangeRequest{Op: store.OpSpoil, Batch: b.ID, Ranges: span("11", "13"), Code: "misprint"})
	s.change(ChangeRequest{Op: store.OpSpoil, Batch: b.ID, Ranges: span("14", "14")})
	s.change(ChangeRequest{Op: store.OpReturn, Batch: b.ID, Ranges: span("60", "61")})
	s.change(ChangeRequest{Op: store.OpActivate, Batch: b.ID, Ranges: span("90", "100")})
	s.reopen()
	got, err := s.Reconcile(t.Context(), b.ID)
	noError(t, err)
	press, rival := got.Printers[1], got.Printers[0]
	if press.Released != 49 || press.PassedOn != 1 || press.Spoiled["misprint"] != 3 || press.Spoiled["unspecified"] != 1 || press.Outstanding != 45 {
		t.Errorf("Press has %+v", press)
	}
	if rival.Printer != "Other" || rival.Released != 41 || rival.Returned != 2 || rival.Activated != 11 || rival.Outstanding != 28 {
		t.Errorf("Other has %+v", rival)
	}
	if got.NotReleased.Released != 10 || got.Accounts.Spoiled != 4 {
		t.Errorf("the rest is %+v of %+v", got.NotReleased, got.Accounts)
	}
	s.clean()
}

// lastChange returns the newest change of an operation.
func (s *site) lastChange(op store.Op) (last store.Change) {
	s.t.Helper()
	noError(s.t, s.Changes(s.t.Context(), 0, func(c store.Change) error {
		if c.Op == op {
			last = c
		}
		return nil
	}))
	return last
}

func TestSpoilCodes(t *testing.T) {
	s := newSite(t)
	b := s.mint(MintRequest{Count: 10})
	_, err := s.Change(t.Context(), ChangeRequest{Op: store.OpSpoil, Batch: b.ID, Reason: "x", Code: "eaten", By: tester}, false)
	wantError(t, err, fault.Invalid, "code")
	_, err = s.Change(t.Context(), ChangeRequest{Op: store.OpReturn, Batch: b.ID, Reason: "x", Code: "lost", By: tester}, false)
	wantError(t, err, fault.Invalid, "code")
}

// TestExportOnAnyNode makes an export on one node and downloads it from both: the
// bytes are the same, and the release is known to both.
func TestExportOnAnyNode(t *testing.T) {
	nodes := newNodes(t, 2, noPoll)
	b := nodes[0].mint(MintRequest{Count: ChunkSize + 5, Printer: "Press"})
	x := nodes[0].export(wanted(b.ID, export.Request{Format: "pdf", Layout: "sra3-84", Split: 3000}))
	want := nodes[0].files(x)
	there, err := nodes[1].Exported(t.Context(), b.ID, x.ID)
	noError(t, err)
	if there.State != ExportMaking && there.State != ExportComplete || !there.Released {
		t.Errorf("on the other node the export is %+v", there)
	}
	there, err = nodes[1].WaitExport(t.Context(), b.ID, x.ID)
	noError(t, err)
	if !maps.Equal(nodes[1].files(there), want) {
		t.Error("the nodes have different files")
	}
	again, created, err := nodes[1].CreateExport(t.Context(), wanted(b.ID, x.Request))
	if err != nil || created || again.ID != x.ID {
		t.Errorf("asked on the other node it is %+v, %v", again, err)
	}
	if names, err := os.ReadDir(nodes[1].dir); err != nil || slices.ContainsFunc(names, func(d os.DirEntry) bool { return d.Name() == "exports" }) {
		t.Errorf("a node wrote into its data directory: %v, %v", names, err)
	}
}
