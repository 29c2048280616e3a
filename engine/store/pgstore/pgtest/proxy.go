package pgtest

import (
	"bytes"
	"errors"
	"net"
	"sync"
)

// Proxy passes TCP connections on to a server until it is told to cut them.
type Proxy struct {
	listener net.Listener
	wg       sync.WaitGroup

	mu     sync.Mutex
	target string
	down   bool
	conns  map[net.Conn]bool // both sides
	marker []byte            // of the request to cut at, nil: none
	before bool              // cut before it is passed on, not after its answer
	hit    chan struct{}
}

// NewProxy listens on a free port of 127.0.0.1 for a server at target
// (host:port). The caller ends it with Close.
func NewProxy(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, target: target, conns: map[net.Conn]bool{}}
	p.wg.Go(p.accept)
	return p, nil
}

// Addr returns host and port to connect to.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Cut ends all connections, and each new one at once, until Heal.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	p.closeAll()
}

// Heal ends a Cut.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
}

// Redirect ends all connections and passes new ones on to another server.
func (p *Proxy) Redirect(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
	p.closeAll()
}

// CutAfter ends one connection once: the next one on which a client sends bytes
// that hold marker, as soon as the server has answered those, without passing
// the answer on. The channel is closed then.
func (p *Proxy) CutAfter(marker []byte) <-chan struct{} { return p.arm(marker, false) }

// CutBefore is CutAfter, but the server never sees the bytes.
func (p *Proxy) CutBefore(marker []byte) <-chan struct{} { return p.arm(marker, true) }

func (p *Proxy) arm(marker []byte, before bool) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marker, p.before, p.hit = marker, before, make(chan struct{})
	return p.hit
}

// Close ends the proxy and all its connections.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.Cut()
	p.wg.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// closeAll ends all connections. The caller holds mu.
func (p *Proxy) closeAll() {
	for c := range p.conns {
		c.Close()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.wg.Go(func() { p.serve(client) })
	}
}

// serve passes one connection on until either side ends it.
func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.keep(client, server) {
		return
	}
	defer p.forget(client, server)
	cut := make(chan chan struct{}, 1) // the next answer is not passed on
	p.wg.Go(func() {
		p.requests(client, server, cut)
		client.Close()
		server.Close()
	})
	answers(client, server, cut)
}

func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
	return !p.down
}

func (p *Proxy) forget(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.conns, c)
	}
}

// requests passes on what the client sends.
func (p *Proxy) requests(client, server net.Conn, cut chan<- chan struct{}) {
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		hit, before := p.matches(buf[:n])
		if hit != nil && before {
			close(hit)
			return
		}
		if hit != nil {
			cut <- hit
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// matches reports whether a request is the one to cut at, which is only one.
func (p *Proxy) matches(data []byte) (hit chan struct{}, before bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.marker == nil || !bytes.Contains(data, p.marker) {
		return nil, false
	}
	p.marker = nil
	return p.hit, p.before
}

// answers passes on what the server answers. A client that waits for one
// answer at a time has been sent all earlier ones when it is to be cut.
func answers(client, server net.Conn, cut <-chan chan struct{}) {
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		select {
		case hit := <-cut:
			close(hit)
			return
		default:
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}
