package engine

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"mintmark/engine/fault"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// edit makes edits that must succeed.
func (s *site) edit(edits ...registry.Edit) registry.Result {
	s.t.Helper()
	res, problems, err := s.EditRegistry(s.t.Context(), edits, "test", tester, false)
	noError(s.t, err)
	if len(problems) > 0 {
		s.t.Fatalf("problems: %+v", problems)
	}
	return res
}

func putRecord(r registry.Record) registry.Edit {
	return registry.Edit{Record: r, Version: registry.AnyVersion}
}

func organisation(id, nameVI string) *registry.Organisation {
	return &registry.Organisation{Meta: registry.Meta{ID: id}, Type: registry.Cooperative, NameVI: nameVI}
}

func productOf(id, organisation string) *registry.Product {
	return &registry.Product{Meta: registry.Meta{ID: id}, Organisation: organisation, NameVI: "Dừa sáp"}
}

func TestEditRegistry(t *testing.T) {
	s := newSite(t)
	res, problems, err := s.EditRegistry(t.Context(), []registry.Edit{putRecord(productOf("P1", "A"))}, "", tester, false)
	if noError(t, err); len(problems) != 1 || problems[0].Field != "organisation" || res != (registry.Result{}) {
		t.Errorf("a product of nobody: %+v, %+v", res, problems)
	}
	both := []registry.Edit{putRecord(productOf("P1", "A")), putRecord(organisation("A", "HTX A"))}
	head := s.tracker.Index().Head()
	res, _, err = s.EditRegistry(t.Context(), both, "", tester, true)
	if noError(t, err); res != (registry.Result{Created: 2}) || s.Registry().Len() != 0 || s.tracker.Index().Head() != head {
		t.Errorf("a dry run: %+v, and %d records", res, s.Registry().Len())
	}
	if res = s.edit(both...); res != (registry.Result{Change: head + 1, Created: 2}) {
		t.Errorf("%+v", res)
	}
	if res = s.edit(both...); res != (registry.Result{Unchanged: 2}) || s.tracker.Index().Head() != head+1 {
		t.Errorf("again: %+v", res)
	}
	res = s.edit(putRecord(organisation("A", "HTX B")), putRecord(productOf("P1", "A")))
	if res != (registry.Result{Change: head + 2, Updated: 1, Unchanged: 1}) {
		t.Errorf("a new name: %+v", res)
	}
	s.edit(registry.Edit{Record: productOf("P1", ""), Delete: true, Version: 1})
	for range 2 {
		history, err := s.RegistryHistory(t.Context(), registry.Organisations, "A")
		noError(t, err)
		if len(history) != 2 || history[0].(*registry.Organisation).NameVI != "HTX B" || history[1].(*registry.Organisation).NameVI != "HTX A" ||
			history[1].Head().Version != 1 || history[0].Head().Actor != "tester" {
			t.Errorf("the history of A: %+v", history)
		}
		history, err = s.RegistryHistory(t.Context(), registry.Products, "P1")
		noError(t, err)
		if len(history) != 2 || !history[0].Head().Deleted || history[1].(*registry.Product).NameVI != "Dừa sáp" {
			t.Errorf("the history of P1: %+v", history)
		}
		if o := registry.Find[registry.Organisation](s.Registry(), "A"); s.Registry().Len() != 1 || o.NameVI != "HTX B" || o.Version != 2 {
			t.Errorf("%d records, %+v", s.Registry().Len(), o)
		}
		s.reopen()
	}
	_, err = s.RegistryHistory(t.Context(), registry.Products, "P2")
	wantError(t, err, fault.NotFound, "id")
	var last store.Change
	noError(t, s.Changes(t.Context(), head, func(c store.Change) error { last = c; return nil }))
	want := fmt.Sprint([]store.Record{{Kind: store.RegistryVersions, ID: "products/P1/00000001"}, {Kind: store.Registry, ID: "products/P1"}})
	if fmt.Sprint(last.Records) != want || last.Actor != "tester" || last.Reason != "test" {
		t.Errorf("the audit log says %+v", last)
	}
}

// drawn returns a PNG file of a size.
func drawn(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	noError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))))
	return b.Bytes()
}

// turnedPhoto is a JPEG file of a camera that was held upright (Exif, orientation 6).
func turnedPhoto(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	noError(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil))
	exif := "\xff\xd8\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	return append([]byte(exif), b.Bytes()[2:]...)
}

func TestPictures(t *testing.T) {
	s := newSite(t)
	file := drawn(t, 30, 20)
	id, err := s.SavePicture(t.Context(), file, tester)
	noError(t, err)
	head := s.tracker.Index().Head()
	again, err := s.SavePicture(t.Context(), file, tester)
	noError(t, err)
	if again != id || s.tracker.Index().Head() != head {
		t.Errorf("saved again as %s, and the log went from %d to %d", again, head, s.tracker.Index().Head())
	}
	for range 2 {
		got, mime, err := s.Picture(t.Context(), id)
		noError(t, err)
		p, _ := s.Registry().Picture(id)
		if !bytes.Equal(got, file) || mime != "image/png" || p.Width != 30 || p.Height != 20 || p.Bytes != len(file) {
			t.Errorf("read back as %d bytes of %s, %+v", len(got), mime, p)
		}
		s.reopen()
	}
	// A photograph that was taken upright is as high as its file is wide.
	turned, err := s.SavePicture(t.Context(), turnedPhoto(t, 30, 20), tester)
	noError(t, err)
	if p, _ := s.Registry().Picture(turned); p.Width != 20 || p.Height != 30 {
		t.Errorf("turned: %+v", p)
	}
	_, _, err = s.Picture(t.Context(), "0000")
	wantError(t, err, fault.NotFound, "picture")
	for name, bad := range map[string][]byte{"nothing": nil, "a text": []byte("<svg/>"), "half a file": file[:len(file)-20],
		"many pixels": drawn(t, 5000, 4000), "many bytes": make([]byte, registry.MaxPicture+1)} {
		if _, err := s.SavePicture(t.Context(), bad, tester); !fault.Is(err, fault.Invalid) || fault.FieldOf(err) != "picture" {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := productOf("P1", "A")
	p.Pictures = []string{id}
	s.edit(putRecord(organisation("A", "HTX A")), putRecord(p))
}
