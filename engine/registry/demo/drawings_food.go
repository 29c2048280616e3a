package demo

// fish is two dried fish, one over the other.
func fish(c *canvas) {
	ground(c, 0xc9dadd)
	oneFish(c, 0xa9794d, 0xc79a68, 0, 46)
	oneFish(c, 0x94683f, 0xb98a58, 16, -40)
}

func oneFish(c *canvas, back, belly uint32, dx, dy float64) {
	at := func(x, y float64) point { return point{x + dx, y + dy} }
	c.blob(back, at(356, 196), at(424, 160), at(412, 200), at(426, 244), at(380, 220))
	c.blob(back, at(60, 200), at(120, 156), at(220, 146), at(320, 176), at(372, 200), at(320, 226), at(220, 256), at(120, 246))
	c.blob(belly, at(74, 208), at(130, 190), at(230, 186), at(330, 200), at(300, 222), at(220, 246), at(124, 238))
	c.blob(back, at(180, 158), at(230, 122), at(290, 146), at(300, 172), at(230, 168))
	c.line(0x6f4a2b, 3, at(132, 166), at(146, 200), at(132, 236))
	c.circle(0xf3e6d2, 98+dx, 190+dy, 9)
	c.circle(0x2b2320, 98+dx, 190+dy, 5)
	for i := range 5 {
		c.line(0x8a5f3a, 2, at(180+float64(i)*34, 178), at(174+float64(i)*34, 200), at(180+float64(i)*34, 226))
	}
}

// roll is a sticky rice cake in its leaf with two slices before it.
func roll(c *canvas) {
	ground(c, 0xc6dcbb)
	c.rect(0x4f7f3c, 60, 116, 300, 104, 46)
	c.rect(0x5f9249, 60, 126, 300, 38, 19)
	for i := range 5 {
		x := 104 + float64(i)*52
		c.line(0xd9c58a, 6, point{x, 116}, point{x - 6, 168}, point{x, 219})
	}
	slice(c, 286, 236, 70)
	slice(c, 396, 248, 58)
}

func slice(c *canvas, x, y, r float64) {
	c.circle(0x4f7f3c, x, y, r)
	c.circle(0x9fbf5a, x, y, r*0.93)
	c.circle(0xeae6b4, x, y, r*0.8)
	c.circle(0xf0c75c, x, y, r*0.46)
	c.circle(0xd98a4e, x+r*0.05, y+r*0.03, r*0.2)
}

// crackers is a bowl of prawn crackers.
func crackers(c *canvas) {
	ground(c, 0xe0c9bb)
	for i := range 9 {
		p := around(240, 196, 96, 180+float64(i)*22.5)
		q := point{p.x, 196 + (p.y-196)*0.82}
		c.blob([2]uint32{0xf6d9b4, 0xf2c79a}[i%2], point{q.x - 40, q.y}, point{q.x - 18, q.y - 30}, point{q.x + 22, q.y - 26}, point{q.x + 42, q.y + 4}, point{q.x + 12, q.y + 30}, point{q.x - 22, q.y + 24})
		c.line(0xe2a06c, 3, point{q.x - 18, q.y}, point{q.x, q.y - 8}, point{q.x + 20, q.y + 2})
	}
	for i := range 4 {
		x := 168 + float64(i)*48
		c.blob([2]uint32{0xf9e3c4, 0xf4cfa5}[i%2], point{x - 40, 172}, point{x - 14, 140}, point{x + 26, 146}, point{x + 42, 178}, point{x, 204})
		c.circle(0xe2a06c, x-6, 168, 4)
		c.circle(0xe2a06c, x+14, 176, 3)
	}
	c.blob(0xa8563c, point{104, 196}, point{240, 206}, point{376, 196}, point{350, 266}, point{296, 304}, point{184, 304}, point{130, 266})
	c.line(0xe7b08f, 5, point{134, 236}, point{190, 252}, point{240, 256}, point{290, 252}, point{346, 236})
}

// peanut is peanuts in their shells, one of them open.
func peanut(c *canvas) {
	ground(c, 0xdccfae)
	nut(c, 150, 170, -24)
	nut(c, 316, 150, 30)
	nut(c, 240, 244, 4)
	c.ellipse(0xf0dcae, 214, 246, 30, 26, 0)
	c.ellipse(0xf0dcae, 270, 250, 30, 26, 0)
	c.ellipse(0xa8553a, 214, 246, 22, 18, 10)
	c.ellipse(0xa8553a, 270, 250, 22, 18, -10)
	c.ellipse(0xc57a58, 208, 240, 8, 5, -20)
	c.ellipse(0xc57a58, 264, 244, 8, 5, -20)
}

func nut(c *canvas, x, y, turn float64) {
	for i, side := range [2]float64{180, 0} {
		p := around(x, y, 40, turn+side)
		c.ellipse(0xc9a062, p.x, p.y, 56-float64(i)*4, 46, turn)
	}
	for i := range 4 {
		a, b := around(x, y, 78, turn+180+float64(i-2)*14+7), around(x, y, 78, turn-float64(i-2)*14-7)
		c.line(0xb0864a, 3, a, point{x, y + float64(i-2)*12 + 6}, b)
	}
}

// eggs is salted duck eggs, one of them cut.
func eggs(c *canvas) {
	ground(c, 0xc8d5dd)
	c.ellipse(0xd5e2e6, 168, 206, 74, 96, -14)
	c.ellipse(0xe6eff2, 150, 176, 30, 44, -14)
	c.ellipse(0xc9d9de, 262, 200, 72, 94, 8)
	c.ellipse(0xdde9ed, 246, 170, 28, 42, 8)
	c.ellipse(0xbfd0d6, 348, 240, 76, 66, 0)
	c.ellipse(0xfffdf5, 348, 238, 70, 60, 0)
	c.circle(0xe8862c, 348, 240, 36)
	c.ellipse(0xf3a552, 338, 230, 14, 9, -30)
}

// sausage is a pair of sausages on a string.
func sausage(c *canvas) {
	ground(c, 0xdcc4ba)
	c.line(0xcdb48a, 5, point{150, 120}, point{240, 62}, point{330, 120})
	for i, x := range [3]float64{140, 240, 340} {
		top := 112.0
		if i == 1 {
			top = 84
		}
		c.line(0x9c2f2a, 62, point{x, top + 32}, point{x + 8, top + 100}, point{x - 4, top + 178})
		c.line(0xb8453c, 20, point{x - 12, top + 32}, point{x - 4, top + 100}, point{x - 16, top + 172})
		for n := range 8 {
			c.ellipse(0xe6b3a2, x+8+float64(n*37%30)-12, top+40+float64(n)*18, 5, 3, float64(n*50))
		}
		c.circle(0xcdb48a, x, top, 8)
	}
}
