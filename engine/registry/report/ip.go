package report

import "mintmark/engine/registry"

// IPProgress is how far the products that the programme is about have been
// supported in intellectual property. On a day:
//
//	eligible    the product is key or specialty, or has OCOP stars that stand
//	supported   eligible, and a support of type ip_filing (registering) or
//	            ip_management (managing and developing) names the product, on or
//	            before the day; support for its organisation in general is not enough
//	protected   eligible, and a right that stands covers the product
//	controlled  protected, and the newest check of the product from the day on that
//	            the first of these rights was granted has passed
//	reached     supported, and controlled if protected
//
// Percent is reached of eligible, rounded down to a tenth, so that 70 is never
// shown before it is reached; 0 where nothing is eligible.
type IPProgress struct {
	Eligible   int         `json:"eligible"`
	Supported  int         `json:"supported"`
	Protected  int         `json:"protected"`
	Controlled int         `json:"controlled"`
	Reached    int         `json:"reached"`
	Percent    float64     `json:"percent"`
	Missing    []IPMissing `json:"missing"` // eligible and not reached
}

// IPMissing is a product that is not reached, and what it lacks.
type IPMissing struct {
	Product string `json:"product"`
	Names
	Holder Names `json:"holder"`
	Lacks  Lack  `json:"lacks"`
}

// Lack is what a product lacks to be reached.
type Lack string

// What may be lacking: several are told as the first.
const (
	LacksSupport Lack = "support"
	LacksCheck   Lack = "check"        // no check since it was protected
	LacksPass    Lack = "passed_check" // the newest check has failed
)

// ipProgress counts the products on a day.
func ipProgress(s *registry.Snapshot, day registry.Date) IPProgress {
	out := IPProgress{Missing: []IPMissing{}}
	for _, p := range registry.All[registry.Product](s) {
		if !p.Key && !p.Specialty && s.Stars(p, day) == nil {
			continue
		}
		out.Eligible++
		supported, since, check := ipSupported(s, p, day), protectedSince(s, p, day), LacksCheck
		if supported {
			out.Supported++
		}
		if since != "" {
			out.Protected++
			check = lastCheck(s, p, since, day)
			if check == "" {
				out.Controlled++
			}
		}
		switch {
		case !supported:
			out.miss(s, p, LacksSupport)
		case since != "" && check != "":
			out.miss(s, p, check)
		default:
			out.Reached++
		}
	}
	if out.Eligible > 0 {
		out.Percent = float64(out.Reached*1000/out.Eligible) / 10
	}
	return out
}

func (x *IPProgress) miss(s *registry.Snapshot, p *registry.Product, lacks Lack) {
	if len(x.Missing) < MaxRows {
		x.Missing = append(x.Missing, IPMissing{p.ID, Names{p.NameVI, p.NameEN}, holderOf(s, p), lacks})
	}
}

func ipSupported(s *registry.Snapshot, p *registry.Product, day registry.Date) bool {
	for _, c := range registry.Of[registry.Support](s, p) {
		if c.On <= day && (c.Type == "ip_filing" || c.Type == "ip_management") {
			return true
		}
	}
	return false
}

// protectedSince returns the day of the first grant among the rights that protect
// a product on a day, or "".
func protectedSince(s *registry.Snapshot, p *registry.Product, day registry.Date) (since registry.Date) {
	for _, r := range registry.Of[registry.Right](s, p) {
		if r.On(day) && (since == "" || r.Granted < since) {
			since = r.Granted
		}
	}
	return since
}

// lastCheck returns what the newest check of a product from since to day says is
// lacking, or "" if it has passed. Of several of one day a failed one counts.
func lastCheck(s *registry.Snapshot, p *registry.Product, since, day registry.Date) Lack {
	lack, newest := LacksCheck, registry.Date("")
	for _, c := range registry.Of[registry.Check](s, p) {
		if c.On < since || c.On > day || c.On < newest {
			continue
		}
		failed := c.Result != "passed" || c.On == newest && lack == LacksPass
		newest, lack = c.On, ""
		if failed {
			lack = LacksPass
		}
	}
	return lack
}
