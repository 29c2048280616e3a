package report

import "mintmark/engine/registry"

// rights counts what protects on the day. Marks of all kinds are trademarks;
// designs, inventions and geographical indications are counted beside them.
func (r *Report) rights(s *registry.Snapshot) {
	for _, one := range registry.All[registry.Right](s) {
		if one.Granted == "" {
			r.Pending++
		}
		if !one.On(r.AsOf) {
			continue
		}
		switch one.Type {
		case registry.Trademark:
			r.Trademarks++
		case registry.CollectiveMark:
			r.Trademarks++
			r.CollectiveMarks++
		case registry.CertificationMark:
			r.Trademarks++
			r.CertificationMarks++
		case registry.IndustrialDesign:
			r.Designs++
		case registry.Patent, registry.UtilitySolution:
			r.Inventions++
		case registry.Geographical:
			r.Geographical++
		}
	}
}
