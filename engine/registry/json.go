package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"mintmark/engine/fault"
)

// Encode returns a record as it is stored and sent: one JSON object without line
// ends.
func Encode(r Record) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		panic(err) // texts, numbers and times of four-digit years always encode
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

// Load reads a record that Encode has written, also by a newer program: fields
// that this one does not know are passed over. Errors are Corrupt.
func Load(k Kind, data []byte) (Record, error) {
	r := New(k)
	if r == nil {
		return nil, fault.New(fault.Corrupt, "%q is no kind of records", k)
	}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fault.Wrap(fault.Corrupt, err, "a record of the %s does not decode", k)
	}
	return r, nil
}

// metaNames are the fields of Meta that a writer may send back as it got them.
var metaNames = []string{"version", "updated_at", "actor", "deleted"}

// Decode reads a record that someone sends: one JSON object with fields of its
// kind, each at most once and spelled as they are; null is as if the field were
// left out. Values are not checked beyond their type: Apply does that. Errors
// are Invalid and name the field.
func Decode(k Kind, data []byte) (Record, error) {
	r := New(k)
	if r == nil {
		return nil, fault.Field("kind", "%q is no kind of records", k)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fault.Field("body", "is no JSON object; send one object")
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, fault.Field("body", "is not JSON: %v", err)
		}
		name := t.(string) // the decoder gives nothing else for a key
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, fault.Field("body", "is not JSON at %q: %v", shorten(name), err)
		}
		if seen[name] {
			return nil, fault.Field(name, "is given twice")
		}
		seen[name] = true
		if err := decodeField(r, name, raw); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, fault.Field("body", "ends too early; send one JSON object")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fault.Field("body", "goes on after the JSON object; send one object")
	}
	return r, nil
}

// decodeField sets one field of a record.
func decodeField(r Record, name string, raw json.RawMessage) error {
	var to any
	i := slices.IndexFunc(fields[r.Kind()], func(f Field) bool { return f.Name == name })
	switch {
	case i >= 0:
		to = fields[r.Kind()][i].Value(r).Addr().Interface()
	case slices.Contains(metaNames, name):
		h := r.Head()
		to = map[string]any{"version": &h.Version, "updated_at": &h.UpdatedAt, "actor": &h.Actor, "deleted": &h.Deleted}[name]
	case name == "":
		return fault.Field("body", "has a field without a name")
	default:
		return fault.Field(shorten(name), "is no field of %s; check its spelling", r.Kind())
	}
	err := json.Unmarshal(raw, to)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return fault.Field(name, "is a JSON %s; this is the wrong type for it or out of range", wrong.Value)
	case err != nil: // a time
		return fault.Field(name, "is no time; write it as 2022-04-19T08:00:00Z")
	}
	return nil
}

// content returns what a record says, without its version and who wrote it.
func content(r Record) []byte {
	c := clone(r)
	*c.Head() = Meta{ID: c.Head().ID}
	return Encode(c)
}
