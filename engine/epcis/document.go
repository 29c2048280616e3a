package epcis

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"mintmark/engine/store"
)

// Context is the JSON-LD context of EPCIS 2.0.
const Context = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

// MediaType is what documents are served as (EPCIS 2.0, section 12.4).
const MediaType = "application/ld+json"

// EPCs names stamps. Append appends the address of a stamp, which has only
// characters that stand for themselves in JSON, and Len bytes.
type EPCs interface {
	Append(dst []byte, ordinal uint64) []byte
	Len() int
}

// Summary is what a document holds.
type Summary struct {
	Size   int64  // bytes
	Events uint64 // in the document
	EPCs   uint64 // in all lists
}

// Summary tells what the document of a request will hold, without making any EPC
// but its length.
func (r *Request) Summary(changes Changes, epcs EPCs) (Summary, error) {
	d := document{epcs: epcs}
	err := d.run(r, changes)
	return d.sum, err
}

// Write writes the document of a request. Memory is one event's, beside what the
// replay of the batch takes: 64 bytes a run of like stamps.
func (r *Request) Write(w io.Writer, changes Changes, epcs EPCs) error {
	d := document{epcs: epcs, w: w}
	return d.run(r, changes)
}

// document is one document in the making.
type document struct {
	w    io.Writer // nil: only count
	epcs EPCs
	sum  Summary

	event   Event
	pending []store.Range // of event
	count   int           // EPCs of pending
	last    int64         // time of the newest event
	list    [][]byte      // EPCs of one event, backed by text
	text    []byte
	buf     []byte
}

// run makes the document. Its date comes last, for it is that of the newest event:
// so the document changes only if events do.
func (d *document) run(r *Request, changes Changes) error {
	if err := d.put([]byte(`{"@context":["` + Context + `"],"type":"EPCISDocument","schemaVersion":"2.0","epcisBody":{"eventList":[`)); err != nil {
		return err
	}
	d.last = r.Batch.SealedAt.UnixMicro()
	err := r.each(changes, d.add)
	if err == nil {
		err = d.flush()
	}
	if err != nil {
		return err
	}
	return d.put([]byte("\n]}," + `"creationDate":"` + timeText(d.last) + `"}` + "\n"))
}

// add takes in stamps of an event and writes what is full.
func (d *document) add(e Event, in store.Range) error {
	if e != d.event {
		if err := d.flush(); err != nil {
			return err
		}
		d.event = e
	}
	for in.First <= in.Last {
		n := min(in.Len(), uint64(MaxEPCs-d.count))
		d.pending = append(d.pending, store.Range{First: in.First, Last: in.First + n - 1})
		d.count += int(n)
		in.First += n
		if d.count == MaxEPCs {
			if err := d.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush writes the event that is pending.
func (d *document) flush() error {
	if d.count == 0 {
		return nil
	}
	buf := d.buf[:0]
	if d.sum.Events > 0 {
		buf = append(buf, ',')
	}
	d.sum.Events++
	d.sum.EPCs += uint64(d.count)
	d.last = max(d.last, d.event.At)
	if d.w == nil {
		buf = d.event.append(append(buf, '\n'), nil, eventID{})
		d.sum.Size += int64(d.count*(d.epcs.Len()+len(`"",`)) - len(`,`))
	} else {
		d.name()
		buf = d.event.append(append(buf, '\n'), d.list, d.event.hash(d.list))
	}
	d.pending, d.count, d.buf = d.pending[:0], 0, buf
	return d.put(buf)
}

// name makes the EPCs of the pending event. They are put in order: a document that
// is passed on does not tell in which order stamps are on the roll.
func (d *document) name() {
	size := d.epcs.Len()
	d.text = slices.Grow(d.text[:0], d.count*size)
	d.list = d.list[:0]
	for _, r := range d.pending {
		for o := r.First; o <= r.Last; o++ {
			from := len(d.text)
			d.text = d.epcs.Append(d.text, o)
			d.list = append(d.list, d.text[from:])
		}
	}
	slices.SortFunc(d.list, slices.Compare)
}

func (d *document) put(b []byte) error {
	d.sum.Size += int64(len(b))
	if d.w == nil {
		return nil
	}
	_, err := d.w.Write(b)
	return err
}

// append appends the event as JSON, with its members in the order of the standard.
func (e *Event) append(dst []byte, epcs [][]byte, id eventID) []byte {
	dst = append(dst, `{"type":"ObjectEvent","eventTime":"`+timeText(e.At)+`","eventTimeZoneOffset":"`+offset+`","eventID":"`...)
	dst = id.append(dst)
	dst = append(dst, `","epcList":[`...)
	for i, epc := range epcs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), epc...), '"')
	}
	dst = append(dst, `],"action":"`+string(e.Action)+`","bizStep":"`+e.Step+`","disposition":"`+e.Disposition+`"`...)
	if e.ReadPoint != "" {
		dst = append(dst, `,"readPoint":{"id":"`+e.ReadPoint+`"}`...)
	}
	if e.Lot != "" {
		lot, err := json.Marshal(e.Lot)
		if err != nil {
			panic(err) // texts always encode
		}
		dst = append(append(append(dst, `,"ilmd":{"cbvmda:lotNumber":`...), lot...), '}')
	}
	return append(dst, '}')
}

// Viet Nam has no summer time.
const offset = "+07:00"

var vietnam = time.FixedZone("", 7*60*60)

// timeText writes a time to the millisecond, which is as fine as the id of an event
// tells times apart.
func timeText(us int64) string {
	return time.UnixMicro(us).In(vietnam).Format("2006-01-02T15:04:05.000-07:00")
}
