package pgstore

import (
	"net"
	"net/url"
	"sync"
	"testing"
)

// cutter passes connections on to a server and ends one after a given number
// of bytes in one direction.
type cutter struct {
	listener net.Listener
	target   string
	wg       sync.WaitGroup

	mu     sync.Mutex
	conns  []net.Conn
	passed [2]int // bytes since the last arm, by direction
	armed  bool
	dir    int
	left   int // bytes to pass in dir until the cut
}

// The directions of a cutter.
const (
	toServer = iota
	toClient
)

// newCutter returns a cutter before a store's server, and the store's address
// by way of it.
func newCutter(t testing.TB, dsn string) (*cutter, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	noError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	noError(t, err)
	c := &cutter{listener: l, target: u.Host}
	c.wg.Go(c.accept)
	t.Cleanup(func() {
		l.Close()
		c.mu.Lock()
		for _, conn := range c.conns {
			conn.Close()
		}
		c.mu.Unlock()
		c.wg.Wait()
	})
	u.Host = l.Addr().String()
	return c, u.String()
}

func (c *cutter) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return // closed
		}
		server, err := net.Dial("tcp", c.target)
		if err != nil {
			client.Close()
			continue
		}
		c.mu.Lock()
		c.conns = append(c.conns, client, server)
		c.mu.Unlock()
		c.wg.Go(func() { c.pass(server, client, toServer) })
		c.wg.Go(func() { c.pass(client, server, toClient) })
	}
}

// pass copies one direction of a connection, and ends both when it is cut.
func (c *cutter) pass(to, from net.Conn, dir int) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		n, cut := c.allow(dir, n)
		if _, err := to.Write(buf[:n]); err != nil || cut {
			return
		}
	}
}

// allow returns how many of n bytes may pass, and whether the cut is then.
func (c *cutter) allow(dir, n int) (int, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.armed && c.dir == dir {
		if n >= c.left {
			c.armed = false
			return c.left, true
		}
		c.left -= n
	}
	c.passed[dir] += n
	return n, false
}

// arm cuts a connection once, after n more bytes in a direction.
func (c *cutter) arm(dir, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed, c.dir, c.left, c.passed = true, dir, n, [2]int{}
}

// disarm takes back what arm asked for, and tells whether that was too late.
func (c *cutter) disarm() (cut bool, passed [2]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cut, c.armed = !c.armed, false
	return cut, c.passed
}
