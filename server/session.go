package server

import (
	"crypto/rand"
	"encoding/hex"

	"github.com/valyala/fasthttp"
)

const (
	sessionCookie = "mm_session"
	sessionLen    = 32                 // hexadecimal digits: 128 random bits
	sessionAge    = 365 * 24 * 60 * 60 // seconds
)

// sessionOf returns the value of the cookie that tells one browser's scans from
// another's, nil if this server cannot have made it.
func sessionOf(c []byte) []byte {
	if len(c) != sessionLen {
		return nil
	}
	for _, b := range c {
		if (b < '0' || b > '9') && (b < 'a' || b > 'f') {
			return nil
		}
	}
	return c
}

// startSession gives a browser its cookie. It says nothing of the person: it is
// random, and only its hash is ever stored.
func startSession(ctx *fasthttp.RequestCtx, secure bool) {
	var value [sessionLen / 2]byte
	rand.Read(value[:])
	c := fasthttp.AcquireCookie()
	defer fasthttp.ReleaseCookie(c)
	c.SetKey(sessionCookie)
	c.SetValue(hex.EncodeToString(value[:]))
	c.SetPath("/")
	c.SetMaxAge(sessionAge)
	c.SetHTTPOnly(true)
	c.SetSameSite(fasthttp.CookieSameSiteLaxMode)
	c.SetSecure(secure)
	ctx.Response.Header.SetCookie(c)
}
