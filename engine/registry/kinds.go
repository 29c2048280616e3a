package registry

import "time"

// The tag "check" of a field says what it may hold; field.go reads it. Texts are
// one line in NFC unless "text" says that they may be long. "vi" and "en" at the
// end of a name are the language.

// OrganisationKind is what an organisation is.
type OrganisationKind string

// The kinds of organisations.
const (
	Union       OrganisationKind = "union" // of cooperatives
	Cooperative OrganisationKind = "cooperative"
	Company     OrganisationKind = "company"
	Enterprise  OrganisationKind = "enterprise" // private
	Household   OrganisationKind = "household"  // business
)

// Organisation makes or sells products. Capital is in đồng.
type Organisation struct {
	Meta
	Type        OrganisationKind `json:"type" check:"required,one of union cooperative company enterprise household"`
	NameVI      string           `json:"name_vi" check:"required"`
	NameEN      string           `json:"name_en,omitempty"`
	Address     string           `json:"address,omitempty"`
	Commune     string           `json:"commune,omitempty"`
	GLN         string           `json:"gln,omitempty" check:"gln,unique"`
	Phone       string           `json:"phone,omitempty" check:"max 40"`
	Email       string           `json:"email,omitempty" check:"email"`
	Website     string           `json:"website,omitempty" check:"url"`
	Founded     Date             `json:"founded,omitempty"`
	Dissolved   Date             `json:"dissolved,omitempty" check:"not before founded"`
	Members     int64            `json:"members,omitempty"`
	Capital     int64            `json:"charter_capital_vnd,omitempty"`
	CapitalOver bool             `json:"charter_capital_over,omitempty"` // the capital is more than the figure
}

// Product is what stamps are stuck on. ID is its internal code; a stamp names it
// by GTIN, by ID or by a name, see Snapshot.ProductOf.
type Product struct {
	Meta
	GTIN           string   `json:"gtin,omitempty" check:"gtin,unique"`
	Organisation   string   `json:"organisation" check:"required,ref organisations"`
	NameVI         string   `json:"name_vi" check:"required"`
	NameEN         string   `json:"name_en,omitempty"`
	Pictures       []string `json:"pictures,omitempty" check:"pictures,items 8"` // SHA-256, see engine.SavePicture
	IngredientsVI  string   `json:"ingredients_vi,omitempty" check:"text"`
	IngredientsEN  string   `json:"ingredients_en,omitempty" check:"text"`
	InstructionsVI string   `json:"instructions_vi,omitempty" check:"text"`
	InstructionsEN string   `json:"instructions_en,omitempty" check:"text"`
	WarningsVI     string   `json:"warnings_vi,omitempty" check:"text"`
	WarningsEN     string   `json:"warnings_en,omitempty" check:"text"`
	ShelfLifeVI    string   `json:"shelf_life_vi,omitempty"`
	ShelfLifeEN    string   `json:"shelf_life_en,omitempty"`
	Standard       string   `json:"standard,omitempty"`
	Brand          string   `json:"brand,omitempty"`
	Model          string   `json:"model,omitempty"`
	Lot            string   `json:"lot,omitempty" check:"lot"` // the current one
	MadeOn         Date     `json:"made_on,omitempty"`         // of that lot
	Key            bool     `json:"key,omitempty"`             // a key product of the province
	Specialty      bool     `json:"specialty,omitempty"`
	Rural          bool     `json:"rural_industrial,omitempty"` // a typical rural industrial product
}

// Scheme says how products are recognised from a day on: which levels assess
// them, in order, and how long the stars last.
type Scheme struct {
	Meta
	NameVI         string   `json:"name_vi" check:"required"`
	NameEN         string   `json:"name_en,omitempty"`
	From           Date     `json:"from" check:"required"`
	Levels         []string `json:"levels" check:"required,items 8"` // such as commune, province
	ValidityMonths int64    `json:"validity_months" check:"required,from 1 to 1200"`
}

// Recognition is the stars of a product. Past its last day it no longer counts
// and is no longer shown.
type Recognition struct {
	Meta
	Product   string `json:"product" check:"required,ref products"`
	Scheme    string `json:"scheme,omitempty" check:"ref schemes"` // empty: see Snapshot.SchemeOf
	Stars     int64  `json:"stars" check:"required,from 3 to 5"`
	Potential bool   `json:"potential,omitempty"` // the last star is proposed, not awarded yet
	Decision  string `json:"decision" check:"required"`
	Level     string `json:"level,omitempty"` // who decided; empty: the last of the scheme
	Decided   Date   `json:"decided" check:"required"`
	Until     Date   `json:"valid_until,omitempty" check:"not before decided"` // last day; empty: as the scheme says
}

// Application asks for the recognition of a product.
type Application struct {
	Meta
	Product string `json:"product" check:"required,ref products"`
	Scheme  string `json:"scheme,omitempty" check:"ref schemes"`
	Type    string `json:"type" check:"required,one of new upgrade"`
	Stars   int64  `json:"stars" check:"required,from 3 to 5"` // asked for
	Year    int64  `json:"year" check:"required,from 2000 to 2100"`
	Opened  Date   `json:"opened,omitempty"`
	Outcome string `json:"outcome,omitempty" check:"one of open recognised refused withdrawn"`
}

// Step is one step of an application.
type Step struct {
	Meta
	Application string `json:"application" check:"required,ref applications"`
	Number      int64  `json:"number" check:"required,from 1 to 99"`
	Level       string `json:"level,omitempty"`
	NameVI      string `json:"name_vi" check:"required"`
	NameEN      string `json:"name_en,omitempty"`
	Due         Date   `json:"due,omitempty"`
	Done        Date   `json:"done,omitempty"`
	Result      string `json:"result,omitempty"`
}

// RightKind is a kind of intellectual property.
type RightKind string

// The kinds of intellectual property.
const (
	Trademark         RightKind = "trademark"
	CollectiveMark    RightKind = "collective_mark"
	CertificationMark RightKind = "certification_mark"
	IndustrialDesign  RightKind = "industrial_design"
	Patent            RightKind = "patent"
	UtilitySolution   RightKind = "utility_solution"
	Geographical      RightKind = "geographical_indication"
)

// Right is intellectual property that protects products.
type Right struct {
	Meta
	Type      RightKind `json:"type" check:"required,one of trademark collective_mark certification_mark industrial_design patent utility_solution geographical_indication"`
	Number    string    `json:"number" check:"required"`
	NameVI    string    `json:"name_vi" check:"required"`
	NameEN    string    `json:"name_en,omitempty"`
	Owner     string    `json:"owner,omitempty" check:"ref organisations"`
	OwnerName string    `json:"owner_name,omitempty"` // of an owner that is not in the registry
	Products  []string  `json:"products,omitempty" check:"ref products,items 500"`
	Granted   Date      `json:"granted,omitempty"`
	Until     Date      `json:"valid_until,omitempty" check:"not before granted"` // last day; empty: for ever
}

// Event is a traceability event: what was done with a lot, where and when, one
// step back and one step forward.
type Event struct {
	Meta
	Product   string    `json:"product" check:"required,ref products"`
	Lot       string    `json:"lot,omitempty" check:"lot"` // empty: every lot
	Type      string    `json:"type" check:"required,one of production processing packing shipping"`
	NameVI    string    `json:"name_vi,omitempty"`
	NameEN    string    `json:"name_en,omitempty"`
	Place     string    `json:"place" check:"required"`
	PlaceCode string    `json:"place_code,omitempty" check:"max 64"` // GLN or the place's own code
	At        time.Time `json:"at" check:"required"`
	From      string    `json:"from,omitempty"` // one step back: who it came from
	To        string    `json:"to,omitempty"`   // one step forward: who it went to
}

// Channel is a place to buy: an organisation's, or one product's.
type Channel struct {
	Meta
	Organisation string `json:"organisation" check:"required,ref organisations"`
	Product      string `json:"product,omitempty" check:"ref products"`
	Type         string `json:"type" check:"required,one of marketplace website"`
	Name         string `json:"name" check:"required"` // of the marketplace or site
	URL          string `json:"url,omitempty" check:"url"`
	Since        Date   `json:"since,omitempty"`
	Role         string `json:"role" check:"required,one of seller supported linked"` // sells there; was helped to register; site is linked
}

// Story is a product's OCOP story. The texts are Markdown without HTML.
type Story struct {
	Meta
	Product  string   `json:"product" check:"required,ref products"`
	TitleVI  string   `json:"title_vi" check:"required"`
	TitleEN  string   `json:"title_en,omitempty"`
	TextVI   string   `json:"text_vi" check:"required,text"`
	TextEN   string   `json:"text_en,omitempty" check:"text"`
	Pictures []string `json:"pictures,omitempty" check:"pictures,items 8"`
}

// Programme is a plan.
type Programme struct {
	Meta
	NameVI   string `json:"name_vi" check:"required"`
	NameEN   string `json:"name_en,omitempty"`
	Decision string `json:"decision,omitempty"`
}

// Target is one figure that a programme is to reach in a year.
type Target struct {
	Meta
	Programme string `json:"programme" check:"required,ref programmes"`
	Year      int64  `json:"year" check:"required,from 2000 to 2100"`
	Measure   string `json:"measure" check:"required,one of new_cooperatives supported_products new_products upgraded_products cooperative_products cooperatives_with_products ip_supported_percent"`
	Goal      int64  `json:"goal" check:"required,from 1 to 1000000000"`
	AtLeast   bool   `json:"at_least,omitempty"`
}

// Support is help that was given to an organisation, for a product if it is named.
type Support struct {
	Meta
	Organisation string `json:"organisation" check:"required,ref organisations"`
	Product      string `json:"product,omitempty" check:"ref products"`
	Type         string `json:"type" check:"required,one of advice training ip_filing ip_management marketplace story"`
	On           Date   `json:"on" check:"required"`
	Note         string `json:"note,omitempty" check:"text"`
}

// Check is a control of origin and quality after a product was protected.
type Check struct {
	Meta
	Product string `json:"product" check:"required,ref products"`
	Right   string `json:"right,omitempty" check:"ref rights"`
	On      Date   `json:"on" check:"required"`
	Result  string `json:"result" check:"required,one of passed failed"`
	Note    string `json:"note,omitempty" check:"text"`
}

// Kind implements Record.
func (*Organisation) Kind() Kind { return Organisations }

// Kind implements Record.
func (*Product) Kind() Kind { return Products }

// Kind implements Record.
func (*Scheme) Kind() Kind { return Schemes }

// Kind implements Record.
func (*Recognition) Kind() Kind { return Recognitions }

// Kind implements Record.
func (*Application) Kind() Kind { return Applications }

// Kind implements Record.
func (*Step) Kind() Kind { return Steps }

// Kind implements Record.
func (*Right) Kind() Kind { return Rights }

// Kind implements Record.
func (*Event) Kind() Kind { return Events }

// Kind implements Record.
func (*Channel) Kind() Kind { return Channels }

// Kind implements Record.
func (*Story) Kind() Kind { return Stories }

// Kind implements Record.
func (*Programme) Kind() Kind { return Programmes }

// Kind implements Record.
func (*Target) Kind() Kind { return Targets }

// Kind implements Record.
func (*Support) Kind() Kind { return Supports }

// Kind implements Record.
func (*Check) Kind() Kind { return Checks }

// New returns an empty record of a kind, or nil if there is no such kind.
func New(k Kind) Record {
	switch k {
	case Organisations:
		return new(Organisation)
	case Products:
		return new(Product)
	case Schemes:
		return new(Scheme)
	case Recognitions:
		return new(Recognition)
	case Applications:
		return new(Application)
	case Steps:
		return new(Step)
	case Rights:
		return new(Right)
	case Events:
		return new(Event)
	case Channels:
		return new(Channel)
	case Stories:
		return new(Story)
	case Programmes:
		return new(Programme)
	case Targets:
		return new(Target)
	case Supports:
		return new(Support)
	case Checks:
		return new(Check)
	}
	return nil
}
