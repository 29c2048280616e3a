package serial

import (
	"net/netip"
	"strconv"
	"strings"

	"mintmark/engine/fault"
)

// maxBase is the longest base in bytes. A QR symbol grows with every character,
// so a useful base is far shorter.
const maxBase = 128

// ParseBase checks the address under which stamps are verified and returns its
// canonical spelling, at most 128 bytes: "http" or "https", "://", and a host in
// lower case with its port unless that is the scheme's own (80, 443). A host is
// a DNS name (RFC 1123; other scripts as xn--), an IPv4 address, or an IPv6
// address in brackets without zone. A lone "/" at the end is dropped; a user, a
// path, a query or a fragment is an error. Errors are Invalid, field "base_url".
func ParseBase(url string) (string, error) {
	scheme, rest, ok := strings.Cut(url, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return "", baseError("must begin with http:// or https://")
	}
	rest = strings.TrimSuffix(rest, "/")
	if strings.ContainsAny(rest, "/?#@") {
		return "", baseError("must be a scheme and a host only: remove any user, path, query and fragment")
	}
	host, port, err := splitHost(rest)
	if err != nil {
		return "", err
	}
	if host, err = canonicalHost(host); err != nil {
		return "", err
	}
	if port, err = canonicalPort(scheme, port); err != nil {
		return "", err
	}
	base := scheme + "://" + host + port
	if len(base) > maxBase {
		return "", baseError("has %d characters: use a host so short that it has at most %d", len(base), maxBase)
	}
	return base, nil
}

func baseError(format string, args ...any) error { return fault.Field("base_url", format, args...) }

// splitHost parts a host from its port; port keeps its colon, and is empty
// where there is none.
func splitHost(s string) (host, port string, err error) {
	end := strings.IndexByte(s, ':')
	if strings.HasPrefix(s, "[") {
		end = strings.IndexByte(s, ']') + 1
		if end == 0 {
			return "", "", baseError(`has no "]" after the IPv6 address: add it`)
		}
	}
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:], nil
}

func canonicalHost(host string) (string, error) {
	if strings.HasPrefix(host, "[") {
		addr, err := netip.ParseAddr(host[1 : len(host)-1])
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", baseError("has no IPv6 address without zone between the brackets: write it like [2001:db8::1]")
		}
		return "[" + addr.String() + "]", nil
	}
	host = strings.ToLower(host)
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if !validLabel(label) {
			return "", baseError("has no valid host name: use letters, digits, hyphens and dots; write other scripts as xn--")
		}
	}
	// Browsers read a host that ends in a number as an IPv4 address.
	if last := labels[len(labels)-1]; last[0] <= '9' {
		if _, err := netip.ParseAddr(host); err != nil {
			return "", baseError("ends in a number but is no IPv4 address: write four numbers like 192.0.2.1")
		}
	}
	return host, nil
}

// validLabel reports whether s, in lower case, is a label of RFC 1123, 2.1.
func validLabel(s string) bool {
	if len(s) < 1 || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// canonicalPort takes and returns a port with its colon, or "".
func canonicalPort(scheme, port string) (string, error) {
	if port == "" {
		return "", nil
	}
	n, err := strconv.ParseUint(port[1:], 10, 16)
	if port[0] != ':' || err != nil || n == 0 {
		return "", baseError("has a port that is no number from 1 to 65535: correct or remove it")
	}
	if scheme == "http" && n == 80 || scheme == "https" && n == 443 {
		return "", nil
	}
	return ":" + strconv.FormatUint(n, 10), nil
}
