package batch

import (
	"maps"
	"slices"
	"strconv"

	"mintmark/engine/store"
)

// Share is what has become of the stamps that one printer has, or of those that
// were released to nobody. Released is always the sum of Activated, all of Spoiled,
// Returned, Revoked, Expired and Outstanding.
type Share struct {
	Printer  string `json:"printer,omitempty"`
	Released uint64 `json:"released"` // stamps that it got last of all printers
	// PassedOn is how many more it got that went to another printer afterwards, by
	// force; they count there.
	PassedOn    uint64            `json:"passed_on"`
	Activated   uint64            `json:"activated"`
	Spoiled     map[string]uint64 `json:"spoiled,omitempty"` // by code, without activation
	Returned    uint64            `json:"returned"`
	Revoked     uint64            `json:"revoked"`
	Expired     uint64            `json:"expired"`
	Outstanding uint64            `json:"outstanding"`
}

// Reconciliation accounts for every stamp of a batch: the shares of all printers
// and the stamps that were not released add up to Accounts.
type Reconciliation struct {
	Accounts    Accounts `json:"accounts"`
	Printers    []Share  `json:"printers"`     // by name
	NotReleased Share    `json:"not_released"` // Released: how many they are
}

// Reconcile accounts for the stamps at time now (µs).
func (e *Entry) Reconcile(now int64) Reconciliation {
	shares := map[string]*Share{}
	for _, r := range e.releases {
		if shares[r.Printer] == nil {
			shares[r.Printer] = &Share{Printer: r.Printer, PassedOn: e.ever(r.Printer)}
		}
	}
	none := Share{}
	owners := e.owners
	for run, s := range e.Segments {
		for at := run.First; at <= run.Last; {
			for len(owners) > 0 && owners[0].Last < at {
				owners = owners[1:]
			}
			share, last := &none, run.Last
			if len(owners) > 0 && owners[0].First <= at {
				share, last = shares[owners[0].Printer], min(last, owners[0].Last)
			} else if len(owners) > 0 {
				last = min(last, owners[0].First-1)
			}
			share.add(&s, now, last-at+1)
			at = last + 1
		}
	}
	out := Reconciliation{Accounts: e.Accounts(now), Printers: []Share{}, NotReleased: none}
	for _, name := range slices.Sorted(maps.Keys(shares)) {
		s := *shares[name]
		s.PassedOn -= s.Released
		out.Printers = append(out.Printers, s)
	}
	return out
}

// ever returns how many stamps were ever released to a printer.
func (e *Entry) ever(printer string) (n uint64) {
	var owners []Owner
	for _, r := range e.releases {
		if r.Printer == printer {
			owners = assign(owners, Owner{r.Range, printer})
		}
	}
	for _, o := range owners {
		n += o.Len()
	}
	return n
}

// add counts n stamps that are alike.
func (s *Share) add(stamp *Stamp, now int64, n uint64) {
	s.Released += n
	switch stamp.ClassAt(now) {
	case ClassActivated:
		s.Activated += n
	case ClassSpoiled:
		if s.Spoiled == nil {
			s.Spoiled = map[string]uint64{}
		}
		s.Spoiled[stamp.Code.String()] += n
	case ClassReturned:
		s.Returned += n
	case ClassRevoked:
		s.Revoked += n
	case ClassExpired:
		s.Expired += n
	default:
		s.Outstanding += n
	}
}

// named writes a printer's name for messages.
func named(printer string) string {
	if printer == "" {
		return "no named printer"
	}
	return strconv.Quote(printer)
}

// position writes the position of an ordinal for messages.
func position(b *store.Batch, ordinal uint64) string {
	return strconv.FormatUint(ordinal-b.First+1, 10)
}
