package demo

import "math"

// drawing paints one kind of goods on a background.
type drawing struct {
	background uint32
	paint      func(c *canvas)
}

// drawings are the pictures, by the names that goods and stories use.
var drawings = map[string]drawing{
	"basket":     {0xefe8d8, basket},
	"bottle":     {0xe7e4ee, bottle(0x6a2c4e, 0x8a4168)},
	"citrus":     {0xf4f0d6, citrus(0x6f9a3a, 0xf7e7b4, 0xf29a2e)},
	"coconut":    {0xdcefe6, coconut},
	"crackers":   {0xf5e6dd, crackers},
	"dragon":     {0xf3e0e6, dragonFruit},
	"eggs":       {0xe2ebf0, eggs},
	"fish":       {0xe3eef0, fish},
	"fruit":      {0xe8f1dc, mango},
	"jar":        {0xf6ecd8, jar(0xc9801c, 0xe2a23c)},
	"mangosteen": {0xeae3ec, mangosteen},
	"mat":        {0xe9e6d6, mat},
	"melon":      {0xe6f0df, melon},
	"noodles":    {0xece7da, noodles},
	"oil":        {0xe4efe4, bottle(0xd3bb4c, 0xe6d57c)},
	"palms":      {0xcfe8f3, palms},
	"peanut":     {0xf2e9d6, peanut},
	"pomelo":     {0xe9f2dc, citrus(0x8fb548, 0xfaf3df, 0xf3b5a8)},
	"pouch":      {0xe9ece0, pouch},
	"rambutan":   {0xe6f1d9, rambutan},
	"rice":       {0xf3ecd2, rice},
	"roll":       {0xe2efdb, roll},
	"sauce":      {0xf1e6da, jar(0x6b3420, 0x8c4a2c)},
	"sausage":    {0xf2e4de, sausage},
	"shells":     {0xe8eadb, shells},
	"shrimp":     {0xd9ecf2, shrimp},
	"tea":        {0xe5efe2, tea},
}

// ground paints the shadow that goods stand on.
func ground(c *canvas, colour uint32) { c.ellipse(colour, 240, 308, 186, 22, 0) }

// leaf paints a pointed leaf from a to b, wide pixels on each side of a middle
// that is bent by bend pixels.
func leaf(c *canvas, colour uint32, a, b point, wide, bend float64) {
	long := math.Hypot(b.x-a.x, b.y-a.y)
	nx, ny := (b.y-a.y)/long, (a.x-b.x)/long
	over := point{(a.x+b.x)/2 + nx*(bend+wide)*2, (a.y+b.y)/2 + ny*(bend+wide)*2}
	under := point{(a.x+b.x)/2 + nx*(bend-wide)*2, (a.y+b.y)/2 + ny*(bend-wide)*2}
	const steps = 24
	var pts []point
	for _, side := range [2][3]point{{a, over, b}, {b, under, a}} { // quadratic curves
		for i := range steps {
			t := float64(i) / steps
			u := 1 - t
			pts = append(pts, point{u*u*side[0].x + 2*u*t*side[1].x + t*t*side[2].x, u*u*side[0].y + 2*u*t*side[1].y + t*t*side[2].y})
		}
	}
	c.polygon(colour, pts...)
}

// around returns the point at an angle in degrees, clockwise from the right.
func around(cx, cy, r, degrees float64) point {
	s, k := math.Sincos(degrees * math.Pi / 180)
	return point{cx + r*k, cy + r*s}
}

// coconut is a macapuno coconut cut open, its thick flesh to be seen, and a whole one.
func coconut(c *canvas) {
	ground(c, 0xc3ddd0)
	c.blob(0x5e8a45, point{120, 190}, point{150, 120}, point{215, 105}, point{275, 140}, point{290, 220}, point{240, 290}, point{165, 285})
	c.blob(0x75a457, point{140, 180}, point{165, 132}, point{215, 122}, point{250, 150}, point{215, 165}, point{165, 205})
	c.blob(0x8a6a3d, point{196, 116}, point{222, 98}, point{246, 122}, point{220, 136})
	c.circle(0x4f3220, 322, 222, 88)
	c.circle(0x6b4630, 322, 222, 82)
	c.circle(0xfffdf6, 322, 222, 74)
	c.circle(0xe9e6da, 322, 224, 44)
	c.blob(0xf8f6ee, point{284, 226}, point{296, 196}, point{330, 190}, point{358, 212}, point{354, 244}, point{322, 258}, point{296, 250})
	c.blob(0xffffff, point{300, 220}, point{312, 204}, point{334, 206}, point{340, 224}, point{320, 238})
	c.ellipse(0xdedacb, 330, 246, 14, 5, 20)
	leaf(c, 0x3f7a4a, point{40, 290}, point{190, 316}, 14, -10)
	leaf(c, 0x579660, point{60, 310}, point{230, 318}, 9, 8)
}

// palms is a landscape: coconut palms on the bank of a river.
func palms(c *canvas) {
	c.circle(0xfbe6a2, 372, 92, 38)
	c.blob(0xa9cf9b, point{-60, 250}, point{80, 205}, point{220, 222}, point{360, 200}, point{540, 240}, point{540, 420}, point{-60, 420})
	c.polygon(0x86bcd4, point{0, 268}, point{480, 252}, point{480, 360}, point{0, 360})
	for _, w := range [5][3]float64{{60, 290, 90}, {250, 282, 120}, {180, 316, 150}, {370, 306, 80}, {330, 338, 110}} {
		c.rect(0xa6d0e2, w[0], w[1], w[2], 4, 2)
	}
	c.blob(0x6fa15f, point{-40, 262}, point{70, 244}, point{170, 258}, point{210, 280}, point{110, 292}, point{-40, 300})
	palm(c, 118, 262, 150, 96, 1)
	palm(c, 70, 266, 44, 132, 0.8)
	c.blob(0x7a4b2c, point{284, 288}, point{330, 300}, point{400, 290}, point{386, 310}, point{336, 316}, point{298, 308})
	c.rect(0xc79a5b, 320, 270, 44, 26, 10)
}

// palm paints a coconut palm from its foot to its crown.
func palm(c *canvas, footX, footY, x, y, size float64) {
	c.line(0x8a6642, 11*size, point{footX, footY}, point{(footX*2+x)/3 + 6, (footY*2 + y) / 3}, point{(footX+x*2)/3 + 4, (footY + y*2) / 3}, point{x, y})
	for i, turn := range [8]float64{-170, -145, -110, -70, -35, -8, 25, 155} {
		colour := [2]uint32{0x3f7f48, 0x5a9a55}[i%2]
		leaf(c, colour, point{x, y}, around(x, y+18*size, 84*size, turn), 8*size, [2]float64{13, -13}[map[bool]int{true: 0, false: 1}[math.Cos(turn*math.Pi/180) > 0]]*size)
	}
	c.circle(0x7c8f3a, x-7*size, y+9*size, 8*size)
	c.circle(0x8da244, x+8*size, y+10*size, 8*size)
}

// rice is a bowl of rice with two ears beside it.
func rice(c *canvas) {
	ground(c, 0xddd3ac)
	for _, ear := range [2]float64{0, 36} {
		c.line(0xb59a3c, 4, point{352 + ear, 306}, point{366 + ear, 220}, point{396 + ear/2, 140}, point{430 + ear/2, 108 + ear})
		for i := range 7 {
			t := float64(i)
			x, y := 374+ear*0.8+t*8, 190-t*12+ear*0.5
			c.ellipse(0xd9b347, x-9, y, 5, 12, -14)
			c.ellipse(0xe6c765, x+10, y+2, 5, 12, 44)
		}
	}
	c.blob(0xfffef8, point{110, 200}, point{140, 150}, point{190, 122}, point{230, 112}, point{276, 128}, point{320, 160}, point{342, 200}, point{226, 224})
	for i := range 46 {
		x := 128 + float64(i*47%190)
		y := 146 + float64(i*31%56)
		if math.Hypot((x-226)/112, (y-204)/84) < 1 {
			c.ellipse([2]uint32{0xf0ead6, 0xe6dfc6}[i%2], x, y, 8, 3, float64(i*53%180))
		}
	}
	c.blob(0x3f6f8f, point{100, 200}, point{226, 208}, point{352, 200}, point{330, 262}, point{280, 300}, point{172, 300}, point{122, 262})
	c.ellipse(0x5486a6, 226, 202, 126, 10, 0)
	c.ellipse(0xfffef8, 226, 199, 116, 7, 0)
	c.line(0xd8e6ee, 4, point{128, 236}, point{180, 250}, point{226, 254}, point{272, 250}, point{324, 236})
	c.rect(0x345c77, 178, 296, 96, 14, 6)
}

// shrimp is a curled dried shrimp and a small one.
func shrimp(c *canvas) {
	ground(c, 0xbfdbe4)
	oneShrimp(c, 196, 186, 1)
	oneShrimp(c, 388, 254, 0.42)
}

// oneShrimp paints a shrimp around a centre; its head is at the upper right.
func oneShrimp(c *canvas, x, y, size float64) {
	at := func(p point) point { return point{x + p.x*size, y + p.y*size} }
	c.line(0xc75a2c, 3*size, at(point{70, -60}), at(point{134, -96}), at(point{196, -84}))
	c.line(0xc75a2c, 3*size, at(point{74, -52}), at(point{144, -66}), at(point{190, -30}))
	for i := range 7 { // legs
		turn := 40 + float64(i)*22
		c.line(0xc9622f, 5*size, at(around(0, 0, 66, turn)), at(around(-4, -2, 34, turn+16)))
	}
	leaf(c, 0xe07b45, at(around(0, 0, 82, 262)), at(point{42, -126}), 12*size, 0) // tail
	leaf(c, 0xc75a2c, at(around(0, 0, 82, 258)), at(point{30, -84}), 11*size, 0)
	for i := range 15 { // segments, from the tail to the head
		turn, r := 262-float64(i)*19, 15+float64(i)*1.9
		p := at(around(0, 0, 84, turn))
		c.circle([2]uint32{0xe8854e, 0xdb6f3a}[i%2], p.x, p.y, r*size)
		q := at(around(0, 0, 84+r*0.4, turn))
		c.circle(0xf2a877, q.x, q.y, r*0.34*size)
	}
	leaf(c, 0xdb6f3a, at(point{84, 14}), at(point{104, -86}), 24*size, 0) // head
	e := at(point{94, -32})
	c.circle(0x2b2320, e.x, e.y, 6*size)
	c.circle(0xffffff, e.x+2*size, e.y-2*size, 2*size)
}
