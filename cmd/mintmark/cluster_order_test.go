package main

import (
	"fmt"

	"mintmark/engine"
	"mintmark/engine/fault"
)

// orderStamps is the size of the batches that are ordered while a cluster is
// harmed.
const orderStamps = 1_000_000

// order orders a batch, at one node after the other until one has taken it; the
// key makes it one batch. It does not wait for the minting.
func (m *nemesis) order() {
	m.t.Helper()
	r := mintRequest{MintRequest: engine.MintRequest{Count: orderStamps}, Actor: "test"}
	key := fmt.Sprintf("order %d", len(m.orders))
	await(m.t, "an order is taken", func() bool {
		n := m.nodes[m.moment.IntN(len(m.nodes))]
		c := &client{http: m.caller.http, base: *n.url.Load(), token: m.token}
		b, _, err := c.createBatch(m.t.Context(), r, key)
		if err != nil && !fault.Is(err, fault.Busy) {
			m.t.Fatalf("%s: %v", n.name, err)
		}
		if err == nil {
			m.orders = append(m.orders, b.ID)
		}
		return err == nil
	})
}

// awaitOrders waits until all that was ordered is sealed, and checks that it was
// made once.
func (m *nemesis) awaitOrders() {
	m.t.Helper()
	for i, id := range m.orders {
		m.nodes[i%len(m.nodes)].waitSealed(id)
	}
	if got := m.query("SELECT count(*) FROM mm_batch"); got[0] != fmt.Sprint(len(m.orders)+1) {
		m.t.Errorf("%s batches, want %d", got[0], len(m.orders)+1)
	}
}
