package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"mintmark/engine/fault"
)

// decode reads a JSON body into v. It refuses another content type, unknown
// fields, anything after the object, and text that is not UTF-8.
func decode(ctx *fasthttp.RequestCtx, v any) error {
	if err := checkJSON(ctx); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(ctx.PostBody()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return decodeError(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return fault.Field("body", "goes on after the JSON object; send one object")
	}
	return nil
}

// checkJSON refuses a body that is not said to be JSON or is not UTF-8.
func checkJSON(ctx *fasthttp.RequestCtx) error {
	kind, _, err := mime.ParseMediaType(string(ctx.Request.Header.ContentType()))
	if err != nil || kind != "application/json" {
		return &problem{status: fasthttp.StatusUnsupportedMediaType, field: "Content-Type", detail: "Content-Type: must be application/json"}
	}
	if !utf8.Valid(ctx.PostBody()) {
		return fault.Field("body", "is not valid UTF-8")
	}
	return nil
}

// decodeOptional is decode for a request that may have no body.
func decodeOptional(ctx *fasthttp.RequestCtx, v any) error {
	if len(ctx.PostBody()) == 0 {
		return nil
	}
	return decode(ctx, v)
}

// decodeError names the field that the decoder stumbled over.
func decodeError(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		// An embedded struct stands before the name, with a dot.
		field := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:]
		return fault.Field(cmp.Or(field, "body"), "is a JSON %s; this is the wrong type for it or out of range", wrong.Value)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fault.Field("body", "is not JSON from byte %d on: %v", syntax.Offset, syntax)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fault.Field(strings.Trim(name, `"`), "is no field of this request; check its spelling")
	}
	return fault.Field("body", "is empty or ends too early; send one JSON object")
}

// param returns a copy of a part of the path: the router's own is only valid
// until the handler returns.
func param(ctx *fasthttp.RequestCtx, name string) string {
	value, _ := ctx.UserValue(name).(string)
	return strings.Clone(value)
}

// reply answers with JSON.
func reply(ctx *fasthttp.RequestCtx, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "encode the answer")
	}
	ctx.SetStatusCode(status)
	ctx.SetContentType("application/json")
	ctx.SetBody(body)
	return nil
}
