package bench

import (
	"container/heap"
	"math/rand/v2"
)

// simulation is a discrete-event simulation: a clock that jumps from one event
// to the next. Times are seconds. The same seed gives the same run.
type simulation struct {
	now    float64
	random *rand.Rand
	events events
	made   uint64 // events so far
}

func newSimulation(seed uint64) *simulation {
	return &simulation{random: rand.New(rand.NewPCG(seed, 0))}
}

// after has do called d seconds from now. Events of one time happen in the
// order in which they were made.
func (s *simulation) after(d float64, do func()) {
	s.made++
	heap.Push(&s.events, event{s.now + d, s.made, do})
}

// run lets everything happen that happens until then.
func (s *simulation) run(until float64) {
	for len(s.events) > 0 && s.events[0].at <= until {
		e := heap.Pop(&s.events).(event)
		s.now = e.at
		e.do()
	}
	s.now = until
}

type event struct {
	at    float64
	order uint64
	do    func()
}

// events is a heap, the next event first.
type events []event

func (h events) Len() int { return len(h) }
func (h events) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].order < h[j].order
}
func (h events) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *events) Push(e any)   { *h = append(*h, e.(event)) }
func (h *events) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = event{}
	*h = (*h)[:last]
	return e
}

// meter counts how many there are of something, and for how long.
type meter struct {
	sim   *simulation
	value int
	since float64 // when value last changed
	area  float64 // value times seconds until then
}

func (m *meter) add(n int) {
	m.area, m.since, m.value = m.total(), m.sim.now, m.value+n
}

// total returns the sum of value over all seconds so far.
func (m *meter) total() float64 { return m.area + float64(m.value)*(m.sim.now-m.since) }

// station is a queue before equal servers, first come first served: the
// processors of a machine, or a lock (one server).
type station struct {
	servers int
	busy    meter
	queue   []func()
}

func newStation(s *simulation, servers int) *station {
	return &station{servers: servers, busy: meter{sim: s}}
}

// take calls do as soon as a server is free; release frees it.
func (q *station) take(do func()) {
	if q.busy.value == q.servers {
		q.queue = append(q.queue, do)
		return
	}
	q.busy.add(1)
	do()
}

// release passes a server on to the first that waits, if there is one.
func (q *station) release() {
	if len(q.queue) == 0 {
		q.busy.add(-1)
		return
	}
	do := q.queue[0]
	q.queue = q.queue[1:]
	do()
}

// serve takes a server for some seconds and then calls done.
func (q *station) serve(seconds float64, done func()) {
	q.take(func() {
		q.busy.sim.after(seconds, func() {
			q.release()
			done()
		})
	})
}

// disk makes writes durable by flushes, one at a time: all writes that arrive
// during a flush share the next one, as the commits of PostgreSQL share an
// fdatasync of its log.
type disk struct {
	sim     *simulation
	time    func() float64 // of one flush
	waiting []func()
	busy    meter
}

func newDisk(s *simulation, time func() float64) *disk {
	return &disk{sim: s, time: time, busy: meter{sim: s}}
}

func (d *disk) write(done func()) {
	d.waiting = append(d.waiting, done)
	if d.busy.value == 0 {
		d.flush()
	}
}

func (d *disk) flush() {
	writes := d.waiting
	d.waiting = nil
	d.busy.add(1)
	d.sim.after(d.time(), func() {
		d.busy.add(-1)
		for _, done := range writes {
			done()
		}
		if d.busy.value == 0 && len(d.waiting) > 0 {
			d.flush()
		}
	})
}
