package pdf

import (
	"bytes"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"mintmark/engine/label/sheet"
)

// TestPDFCPU checks files of every layout against the standard with pdfcpu.
func TestPDFCPU(t *testing.T) {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	for _, l := range sheet.Layouts() {
		for name, data := range map[string][]byte{"labels": file(t, newWriter(t, l.Name), 2*uint64(l.PerPage())+1), "test page": testPage(t, l)} {
			if err := api.Validate(bytes.NewReader(data), conf); err != nil {
				t.Errorf("%s, %s: %v", l.Name, name, err)
			}
		}
	}
}
