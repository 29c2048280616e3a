package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"image"
	_ "image/jpeg" // registers the format
	_ "image/png"
	"sync"

	"mintmark/engine/batch"
	"mintmark/engine/fault"
	"mintmark/engine/photo"
	"mintmark/engine/registry"
	"mintmark/engine/store"
)

// Bounds of pictures.
const (
	maxPixels   = 16 << 20 // of one picture; decoding takes some bytes for each
	maxPictures = 200_000
	maxCached   = 32 << 20 // bytes of pictures that are kept in memory
)

// pictureCache keeps files that were asked for. It is emptied when it is full.
type pictureCache struct {
	mu     sync.Mutex
	files  map[string][]byte
	bytes  int
	decode sync.Mutex // one picture is decoded at a time, for it may take much memory
}

// SavePicture saves a JPEG or PNG file and returns its id, the SHA-256 of the
// file in hexadecimal. Saving the same file again changes nothing. Errors are
// Invalid, field "picture", for a file that is too large or is no such picture.
func (e *Engine) SavePicture(ctx context.Context, data []byte, by Actor) (id string, err error) {
	if err := by.check(); err != nil {
		return "", err
	}
	p, err := e.pictures.inspect(data)
	if err != nil {
		return "", err
	}
	info, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	_, err = e.commit(ctx, func(*batch.Index) (c store.Change, err error) {
		if err := e.loadRecords(); err != nil {
			return c, e.enforced(err)
		}
		if _, known := e.Registry().Picture(p.ID); known {
			return c, errNothing
		}
		if n := e.Registry().Pictures(); n >= maxPictures {
			return c, fault.New(fault.Conflict, "%d pictures are saved, and no more may be", n)
		}
		return store.Change{Op: store.OpRecord, Actor: by.Name, Token: by.Token, Reason: "save picture " + p.ID, Records: []store.Record{
			{Kind: store.Pictures, ID: p.ID, Data: data}, {Kind: store.PictureInfos, ID: p.ID, Data: info}}}, nil
	})
	if err != nil && !errors.Is(err, errNothing) {
		return "", err
	}
	return p.ID, nil
}

// inspect decodes a picture's file to the end and returns what is known of it.
func (c *pictureCache) inspect(data []byte) (p registry.Picture, err error) {
	if len(data) == 0 || len(data) > registry.MaxPicture {
		return p, fault.Field("picture", "has %d bytes; send a JPEG or PNG file of at most %d kB", len(data), registry.MaxPicture>>10)
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(data))
	if errors.Is(err, image.ErrFormat) || err == nil && format != "jpeg" && format != "png" {
		return p, fault.Field("picture", "is neither a JPEG nor a PNG file")
	}
	if err == nil && size.Width*size.Height > maxPixels {
		return p, fault.Field("picture", "has %d x %d pixels; make it smaller, for it may have %d million", size.Width, size.Height, maxPixels>>20)
	}
	if err == nil {
		c.decode.Lock()
		defer c.decode.Unlock()
		_, _, err = image.Decode(bytes.NewReader(data))
	}
	if err != nil {
		return p, fault.Field("picture", "is damaged: %v", err)
	}
	p = registry.Picture{ID: registry.PictureID(sha256.Sum256(data)), Type: "image/" + format, Bytes: len(data), Width: size.Width, Height: size.Height}
	if photo.Orientation(data) >= 5 {
		p.Width, p.Height = p.Height, p.Width // as browsers show it
	}
	return p, nil
}

// Picture returns the file of a picture and its media type. It must not be
// changed. The error is NotFound, field "picture", for an id that was never saved.
func (e *Engine) Picture(ctx context.Context, id string) (data []byte, mime string, err error) {
	p, known := e.Registry().Picture(id)
	if !known {
		snapshot, err := e.FreshRegistry(ctx)
		if err != nil {
			return nil, "", err
		}
		if p, known = snapshot.Picture(id); !known {
			return nil, "", &fault.Error{Kind: fault.NotFound, Field: "picture", Msg: "there is no such picture"}
		}
	}
	if data := e.pictures.get(id); data != nil {
		return data, p.Type, nil
	}
	r, err := e.st.Record(ctx, store.Pictures, id)
	if err != nil {
		return nil, "", e.check(err)
	}
	e.pictures.put(id, r.Data)
	return r.Data, p.Type, nil
}

func (c *pictureCache) get(id string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.files[id]
}

func (c *pictureCache) put(id string, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files == nil || c.bytes+len(data) > maxCached {
		c.files, c.bytes = map[string][]byte{}, 0
	}
	if c.files[id] == nil {
		c.files[id] = data
		c.bytes += len(data)
	}
}
