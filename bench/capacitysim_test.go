package bench

import (
	"math"
	"math/rand/v2"
	"testing"
)

// queueTest is a queue whose mean wait has a formula.
type queueTest struct {
	name    string
	servers int
	load    float64 // of each server
	service func(r *rand.Rand) float64
	want    float64 // mean seconds in the queue, for a mean service of one second
}

// pollaczekKhinchine is the mean wait in an M/G/1 queue: the rate times the
// second moment of the service time over 2(1-load).
func pollaczekKhinchine(load, secondMoment float64) float64 {
	return load * secondMoment / (2 * (1 - load))
}

// erlangC is the mean wait in an M/M/c queue with a mean service of one second.
func erlangC(c int, load float64) float64 {
	a := float64(c) * load
	term, sum := 1.0, 0.0
	for k := range c {
		sum += term
		term *= a / float64(k+1)
	}
	wait := term / (1 - load)
	return wait / (sum + wait) / (float64(c) * (1 - load))
}

func exponential(r *rand.Rand) float64 { return r.ExpFloat64() }
func constant(*rand.Rand) float64      { return 1 }

// TestStationAgainstFormulas holds mean waits against the formulas. The samples
// of one run depend on each other, so that the tolerance comes from independent
// runs: four standard errors of their mean.
func TestStationAgainstFormulas(t *testing.T) {
	const runs = 20
	for _, q := range []queueTest{
		{"M/M/1 at 0.5", 1, 0.5, exponential, pollaczekKhinchine(0.5, 2)},
		{"M/M/1 at 0.8", 1, 0.8, exponential, pollaczekKhinchine(0.8, 2)},
		{"M/D/1 at 0.5", 1, 0.5, constant, pollaczekKhinchine(0.5, 1)},
		{"M/D/1 at 0.8", 1, 0.8, constant, pollaczekKhinchine(0.8, 1)},
		{"M/M/4 at 0.8", 4, 0.8, exponential, erlangC(4, 0.8)},
	} {
		t.Run(q.name, func(t *testing.T) {
			var sum, squares float64
			for seed := range uint64(runs) {
				wait := q.meanWait(seed)
				sum += wait
				squares += wait * wait
			}
			mean := sum / runs
			deviation := math.Sqrt(max(0, squares/runs-mean*mean) / (runs - 1))
			if tolerance := 4 * deviation; math.Abs(mean-q.want) > tolerance || tolerance > 0.1*q.want {
				t.Errorf("mean wait %.4f s ± %.4f, the formula says %.4f", mean, tolerance, q.want)
			}
		})
	}
}

// meanWait simulates 40,000 jobs, the first 4,000 uncounted.
func (q queueTest) meanWait(seed uint64) float64 {
	const jobs, warm = 40_000, 4_000
	s := newSimulation(seed)
	st := newStation(s, q.servers)
	var sum float64
	arrived := 0
	var arrive func()
	arrive = func() {
		if arrived++; arrived > jobs {
			return
		}
		counted, begin, service := arrived > warm, s.now, q.service(s.random)
		st.serve(service, func() {
			if counted {
				sum += s.now - begin - service
			}
		})
		s.after(s.random.ExpFloat64()/(float64(q.servers)*q.load), arrive)
	}
	arrive()
	s.run(math.Inf(1))
	return sum / (jobs - warm)
}

func TestErlangC(t *testing.T) {
	// One server is M/M/1; two at half load wait 1/3 of a service (Kleinrock,
	// Queueing Systems, volume 1, section 3.5).
	for _, c := range []struct {
		servers    int
		load, want float64
	}{{1, 0.8, 4}, {2, 0.5, 1.0 / 3}} {
		if got := erlangC(c.servers, c.load); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d servers at %v: %v, want %v", c.servers, c.load, got, c.want)
		}
	}
}

func TestEventsOfOneTimeKeepTheirOrder(t *testing.T) {
	s := newSimulation(1)
	var got []int
	s.after(2, func() { got = append(got, 4) })
	for i := range 3 {
		s.after(1, func() { got = append(got, i) })
	}
	s.run(1)
	if len(got) != 3 || got[0] != 0 || got[1] != 1 || got[2] != 2 || s.now != 1 {
		t.Errorf("happened %v by %v", got, s.now)
	}
	s.run(3)
	if len(got) != 4 || s.now != 3 {
		t.Errorf("happened %v by %v", got, s.now)
	}
}

func TestStationCountsItsWork(t *testing.T) {
	s := newSimulation(1)
	st := newStation(s, 2)
	var ends []float64
	for range 3 {
		st.serve(2, func() { ends = append(ends, s.now) })
	}
	s.run(3)
	if st.busy.total() != 5 || len(ends) != 2 {
		t.Errorf("%v server seconds and %v done by 3; want 5 and two", st.busy.total(), ends)
	}
	s.run(10)
	if st.busy.total() != 6 || len(ends) != 3 || ends[2] != 4 {
		t.Errorf("%v server seconds, ends %v; want 6 and 2, 2, 4", st.busy.total(), ends)
	}
}

// TestDiskSharesFlushes writes one, then two while it is being flushed: those
// two share a flush.
func TestDiskSharesFlushes(t *testing.T) {
	s := newSimulation(1)
	d := newDisk(s, func() float64 { return 1 })
	var ends []float64
	write := func() { d.write(func() { ends = append(ends, s.now) }) }
	write()
	s.after(0.25, write)
	s.after(0.5, write)
	s.run(10)
	if len(ends) != 3 || ends[0] != 1 || ends[1] != 2 || ends[2] != 2 || d.busy.total() != 2 {
		t.Errorf("writes ended at %v with %v s of flushes; want 1, 2, 2 with 2", ends, d.busy.total())
	}
}
