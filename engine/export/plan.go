package export

import (
	"iter"

	"mintmark/engine/fault"
	"mintmark/engine/label"
	"mintmark/engine/label/qr"
)

// Plan is an export that is ready to be made. It never changes.
type Plan struct {
	ID       string
	Batch    Batch
	Request  Request  // normalized
	Warnings []string // of the labels' design, for people

	writer label.Writer
}

// NewPlan checks a request for a batch and prepares its writer. logo is the file
// that the request's digest names, nil without one; workers is how many goroutines
// make labels. Errors are Invalid and name a field of Request, or of the custom
// layout, or are those of the labels' design.
func NewPlan(b Batch, r Request, logo []byte, workers int) (*Plan, error) {
	r, err := r.Normalize(&b)
	if err != nil {
		return nil, err
	}
	p := &Plan{Batch: b, Request: r}
	if p.ID, err = r.id(&b); err != nil {
		return nil, err
	}
	f, err := formatOf(r.Format)
	if err != nil {
		return nil, err
	}
	if p.writer = f.plain; p.writer != nil {
		return p, nil
	}
	return p, p.design(f, logo, workers)
}

// design makes the writer of labels.
func (p *Plan) design(f *format, logo []byte, workers int) error {
	c, err := newConfig(&p.Batch, &p.Request, logo, workers)
	if err != nil {
		return err
	}
	w, err := f.writer(c)
	if err != nil {
		return err
	}
	p.writer, p.Warnings = w, w.Design().Warnings
	return nil
}

func newConfig(b *Batch, r *Request, logo []byte, workers int) (c *config, err error) {
	c = &config{r: r, workers: workers, urlLen: b.Link.Len(b.Public)}
	if c.layout, err = r.layout(); err != nil {
		return nil, err
	}
	if c.level, err = qr.ParseLevel(r.Level); err != nil {
		return nil, err
	}
	c.info = label.Info{
		Batch: b.ID, Host: b.Link.Host(), Product: b.Product, Producer: b.Producer, Lot: b.Link.Lot,
		Stars: r.Stars, Potential: r.Potential,
	}
	if r.Logo != "" {
		if c.info.Logo, err = parseLogo(r.Logo, logo); err != nil {
			return nil, err
		}
	}
	c.encoder, err = qr.NewEncoder(qr.Config{Parts: qr.LinkParts(&b.Link, b.Public), Level: c.level, MinVersion: 1})
	return c, err
}

func parseLogo(digest string, data []byte) (*label.Logo, error) {
	if len(data) > MaxLogoBytes {
		return nil, fault.Field("logo", "has %d bytes; use a file of at most %d", len(data), MaxLogoBytes)
	}
	if LogoDigest(data) != digest {
		return nil, fault.New(fault.Corrupt, "the logo does not have the SHA-256 %s", digest)
	}
	return label.ParseLogo(data)
}

// parts yields the export's parts in order.
func (p *Plan) parts() iter.Seq[label.Part] { return p.Request.split().Parts() }

// Files returns the number of the export's parts.
func (p *Plan) Files() uint64 { return p.Request.split().Len() }

func (p *Plan) name(part label.Part) string { return part.Name(p.Batch.ID, p.writer.Ext()) }

// Labels returns the number of labels and their first position.
func (p *Plan) Labels() (first, count uint64) { return p.Request.From, p.Request.Count }
