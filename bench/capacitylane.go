package bench

import "slices"

// simLane is the queue of one lane in one node. It follows the rules of
// engine/scan: a group is written when no other is under way and the last one
// started a group age ago, or when it is full; two at most are under way.
type simLane struct {
	*simNode
	lock  *station // of the lane's row, which all nodes share
	shard *simShard

	open     []simScan
	full     [][]simScan
	waiting  int // in open and full
	underWay int
	started  float64
	timed    bool // next is due at the open group's age
}

// simUnderWay is maxUnderWay of engine/scan.
const simUnderWay = 2

// enqueue puts a scan into the open group, or refuses it.
func (l *simLane) enqueue(s simScan) {
	if l.waiting >= max(l.group.Queue/l.Lanes, l.group.GroupSize) {
		l.counts.refused++
		l.leave(s)
		return
	}
	l.open = append(l.open, s)
	l.wait(1)
	if len(l.open) >= l.group.GroupSize {
		l.closeGroup()
	}
	l.next()
}

func (l *simLane) wait(n int) {
	l.waiting += n
	l.queued.add(n)
}

func (l *simLane) closeGroup() {
	l.full = append(l.full, l.open)
	l.open = nil
}

// next starts a group if one may start now, and else sees to it that it does
// in time.
func (l *simLane) next() {
	if len(l.full) == 0 && len(l.open) > 0 && l.underWay == 0 {
		if age := l.started + l.group.GroupAge.Seconds() - l.now; age > 0 {
			l.later(age)
			return
		}
		l.closeGroup()
	}
	if len(l.full) == 0 || l.underWay == simUnderWay {
		return
	}
	g := l.full[0]
	l.full = l.full[1:]
	l.wait(-len(g))
	l.underWay++
	l.started = l.now
	l.commit(g)
}

func (l *simLane) later(seconds float64) {
	if l.timed {
		return
	}
	l.timed = true
	l.after(seconds, func() {
		l.timed = false
		l.next()
	})
}

// commit is what pgstore does with a group: the node prepares it; the first
// round trip ends with the lane's row locked and read, the second with the
// commit, which waits for the log's flush and for the standby if there is one.
// The lock is held until then.
func (l *simLane) commit(g []simScan) {
	n := float64(len(g))
	s := &l.service
	steps := []func(done func()){
		l.cpu.step(s.NodeGroup + s.NodeEvent*n),
		l.delay(l.RoundTrip / 2),
		l.lock.take,
		l.shard.cpu.step(s.DBGroup + s.DBEvent*n),
		l.delay(l.RoundTrip),
		l.shard.log.write,
	}
	if l.Standby {
		steps = append(steps, l.delay(l.RoundTrip), l.shard.standby.write)
	}
	steps = append(steps, l.unlock, l.delay(l.RoundTrip/2))
	sequence(steps, func() { l.committed(g) })
}

func (l *simLane) unlock(done func()) {
	l.lock.release()
	done()
}

func (l *simLane) committed(g []simScan) {
	l.underWay--
	l.counts.groups++
	l.counts.events += float64(len(g))
	l.next()
	l.counts.answered += float64(len(g))
	for _, s := range g {
		l.latencies = append(l.latencies, l.now-s.at)
		l.leave(s)
	}
}

// sequence does one step after another and then calls done.
func sequence(steps []func(done func()), done func()) {
	for _, step := range slices.Backward(steps) {
		next := done
		done = func() { step(next) }
	}
	done()
}

// step is serve as a step of a sequence.
func (q *station) step(seconds float64) func(done func()) {
	return func(done func()) { q.serve(seconds, done) }
}

// delay is a step that only takes time.
func (s *simulation) delay(seconds float64) func(done func()) {
	return func(done func()) {
		if seconds == 0 {
			done()
			return
		}
		s.after(seconds, done)
	}
}
