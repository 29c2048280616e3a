package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"mintmark/engine"
	"mintmark/engine/registry"
	"mintmark/engine/serial"
	"mintmark/server"
)

// Page measures the page that a buyer gets, with a product about which everything is
// known, against the JSON answer for the same stamps: same server, same client, in
// turn, every scan durable.
func Page(ctx context.Context, c Config) ([]Figure, error) {
	e, codes, err := c.site(ctx, "page")
	if err != nil {
		return nil, err
	}
	defer e.Close()
	if err := describe(ctx, e, codes[0]); err != nil {
		return nil, err
	}
	addr, stop, err := serve(ctx, e)
	if err != nil {
		return nil, err
	}
	defer stop()
	defer server.UseProcessors()()
	size, err := pageSize(addr, codes[0])
	if err != nil {
		return nil, err
	}
	return c.comparePage(ctx, addr, codes, size)
}

// comparePage runs the rounds in turn.
func (c *Config) comparePage(ctx context.Context, addr string, codes []serial.Code, size int) ([]Figure, error) {
	var rates [2][]float64
	var name string
	for i := range c.Rounds {
		for j, accept := range []string{asPage, asJSON} {
			client, err := c.newClient(codes, accept)
			if err != nil {
				return nil, err
			}
			r, err := client.run(ctx, addr, c.Connections, c.Duration)
			if err != nil {
				return nil, err
			}
			name = client.name()
			rates[j] = append(rates[j], r.rate)
		}
		fmt.Fprintf(c.Out, "round %d: pages %.1f k/s, JSON %.1f k/s, a page costs %.2f JSON answers\n", i+1,
			rates[0][i]/1e3, rates[1][i]/1e3, rates[1][i]/rates[0][i])
	}
	page, json := median(rates[0]), median(rates[1])
	return []Figure{
		{"page over HTTP, every scan durable", page, "requests/s", fmt.Sprintf("%d bytes; %s, %d connections, median of %d rounds", size, name, c.Connections, c.Rounds)},
		{"JSON over HTTP, every scan durable", json, "requests/s", ""},
		{"cost of a page / of a JSON answer", json / page, "ratio", "target below 3"},
	}, nil
}

// describe makes the batch that has a code one of a product and puts that into the
// registry.
func describe(ctx context.Context, e *engine.Engine, code serial.Code) error {
	stamp, err := e.Stamp(ctx, code)
	if err != nil {
		return err
	}
	if _, err := e.Change(ctx, engine.ChangeRequest{Op: "activate", Batch: stamp.Batch, Product: "product", By: engine.Actor{Name: "bench"}}, false); err != nil {
		return err
	}
	at := time.Date(2026, 4, 19, 1, 0, 0, 0, time.UTC)
	meta := func(id string) registry.Meta { return registry.Meta{ID: id} }
	records := []registry.Record{
		&registry.Organisation{Meta: meta("maker"), Type: registry.Cooperative, NameVI: "Hợp tác xã Dừa sáp", NameEN: "Wax Coconut Cooperative", Address: "Ấp 3, xã Cầu Kè", Phone: "0900 000 000"},
		&registry.Product{Meta: meta("product"), Organisation: "maker", NameVI: "Kẹo dừa sáp", NameEN: "Wax coconut candy", Brand: "Cầu Kè", Model: "Hộp 250 g", Standard: "TCCS 01:2026",
			ShelfLifeVI: "6 tháng", ShelfLifeEN: "6 months", Lot: "L1", MadeOn: "2026-04-19", Key: true,
			IngredientsVI: strings.Repeat("cơm dừa sáp, ", 30), IngredientsEN: strings.Repeat("wax coconut, ", 30), WarningsVI: "Có dừa.", WarningsEN: "Contains coconut."},
		&registry.Recognition{Meta: meta("stars"), Product: "product", Stars: 4, Decision: "417/QĐ-UBND", Decided: "2026-01-02", Until: "2199-12-31"},
		&registry.Right{Meta: meta("mark"), Type: registry.CollectiveMark, Number: "04211", NameVI: "Kẹo dừa Cầu Kè", Owner: "maker", Products: []string{"product"}, Granted: "2020-05-01"},
		&registry.Channel{Meta: meta("shop"), Organisation: "maker", Type: "website", Name: "Trang của hợp tác xã", URL: "https://maker.example/", Role: "linked"},
		&registry.Story{Meta: meta("story"), Product: "product", TitleVI: "Trái dừa sáp", TitleEN: "The wax coconut",
			TextVI: strings.Repeat("Cầu Kè có những **cây dừa** mà trái lắc không nghe tiếng nước.\n\n", 15), TextEN: strings.Repeat("The coconuts of Cầu Kè make **no sound** when shaken.\n\n", 15)},
	}
	for i, kind := range []string{"production", "processing", "packing", "shipping"} {
		records = append(records, &registry.Event{Meta: meta(kind), Product: "product", Type: kind, Place: "Xưởng kẹo", PlaceCode: "X1", At: at.Add(time.Duration(i) * time.Hour)})
	}
	var edits []registry.Edit
	for _, r := range records {
		edits = append(edits, registry.Edit{Record: r})
	}
	_, problems, err := e.EditRegistry(ctx, edits, "bench", engine.Actor{Name: "bench"}, false)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("the registry refuses %+v", problems[0])
	}
	return err
}

// pageSize returns the bytes of a stamp's page, which must tell of the product.
func pageSize(addr string, code serial.Code) (int, error) {
	var req fasthttp.Request
	var res fasthttp.Response
	req.SetRequestURI("http://" + addr + path(code))
	req.Header.Set("Accept", asPage)
	if err := fasthttp.Do(&req, &res); err != nil {
		return 0, err
	}
	if !strings.Contains(string(res.Body()), "417/QĐ-UBND") {
		return 0, fmt.Errorf("the page does not tell of the product: %s", res.Body())
	}
	return len(res.Body()), nil
}
