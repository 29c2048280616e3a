package demo

import "math"

// rambutan is three rambutans, one of them peeled.
func rambutan(c *canvas) {
	ground(c, 0xcfe0bc)
	leaf(c, 0x4f8a4a, point{236, 110}, point{330, 60}, 20, 0)
	leaf(c, 0x6aa45c, point{236, 112}, point{140, 74}, 20, 0)
	hairy(c, 160, 220, 70)
	hairy(c, 258, 176, 72)
	hairy(c, 330, 236, 66)
	c.blob(0xfbfaf2, point{282, 220}, point{308, 186}, point{352, 184}, point{382, 214}, point{376, 226}, point{330, 214})
	c.ellipse(0xffffff, 326, 202, 22, 9, -14)
}

func hairy(c *canvas, x, y, r float64) {
	for i := range 40 {
		end := around(x, y, r+18, float64(i)*9+4)
		c.line([3]uint32{0xc23b3b, 0xd95555, 0x8fae4a}[i%3], 3, around(x, y, r-8, float64(i)*9), end)
	}
	c.circle(0xc23b3b, x, y, r)
	for i := range 26 {
		p := around(x, y, r*0.86*float64(i%5+1)/5, float64(i)*77)
		c.line(0xdf6a62, 3, p, point{p.x + 7, p.y - 9})
	}
}

// citrus returns a whole fruit and half of one, in colours of peel, pith and flesh.
func citrus(peel, pith, flesh uint32) func(c *canvas) {
	return func(c *canvas) {
		ground(c, 0xd8d8b4)
		c.circle(peel, 176, 200, 96)
		c.ellipse(peel+0x141410, 150, 166, 42, 26, -40)
		c.rect(0x6a4b2a, 176, 92, 8, 22, 4)
		leaf(c, 0x3f7a42, point{180, 108}, point{270, 70}, 16, 8)
		c.circle(peel, 322, 222, 86)
		c.circle(pith, 322, 222, 78)
		for i := range 10 {
			a := float64(i) * 36
			c.blob(flesh, around(322, 222, 14, a), around(322, 222, 62, a-12), around(322, 222, 70, a), around(322, 222, 62, a+12))
		}
		c.circle(pith, 322, 222, 9)
	}
}

// mango is two mangoes with leaves.
func mango(c *canvas) {
	ground(c, 0xd0e0bd)
	leaf(c, 0x4c8a48, point{226, 96}, point{350, 50}, 18, 12)
	leaf(c, 0x66a258, point{226, 98}, point{110, 62}, 18, -12)
	c.line(0x6a4b2a, 7, point{226, 92}, point{214, 120})
	c.blob(0xe8a833, point{210, 112}, point{270, 130}, point{300, 190}, point{286, 262}, point{226, 298}, point{160, 276}, point{132, 210}, point{156, 136})
	c.blob(0xf3c35a, point{196, 132}, point{226, 150}, point{214, 200}, point{170, 226}, point{152, 196}, point{166, 150})
	c.blob(0xd99032, point{330, 190}, point{384, 206}, point{404, 252}, point{376, 296}, point{316, 304}, point{278, 276}, point{284, 220})
	c.blob(0xe8b054, point{326, 204}, point{352, 220}, point{336, 250}, point{304, 262}, point{298, 228})
	c.blob(0xb9c24a, point{210, 112}, point{250, 122}, point{262, 150}, point{220, 140}, point{176, 132})
}

// mangosteen is a whole mangosteen and an open one.
func mangosteen(c *canvas) {
	ground(c, 0xd3c8d6)
	c.circle(0x4b2440, 166, 210, 92)
	c.ellipse(0x65345a, 136, 186, 34, 22, -40)
	for i := range 4 {
		p := around(166, 134, 36, 20+float64(i)*47)
		c.ellipse([2]uint32{0x7f9a52, 0x95ad66}[i%2], p.x, p.y, 34, 22, 20+float64(i)*47)
	}
	c.rect(0x5d6b3a, 156, 92, 18, 36, 7)
	c.circle(0x4b2440, 322, 222, 88)
	c.circle(0x8e4a6c, 322, 222, 78)
	for i := range 6 {
		p := around(322, 222, 32, float64(i)*60)
		c.ellipse(0xfdfbf4, p.x, p.y, 30, 19, float64(i)*60)
		c.ellipse(0xffffff, p.x-4, p.y-5, 14, 7, float64(i)*60)
	}
}

// dragonFruit is a whole dragon fruit and half of one.
func dragonFruit(c *canvas) {
	ground(c, 0xdcc6cd)
	c.ellipse(0xd43a6a, 178, 200, 84, 102, -10)
	for i := range 11 {
		a := around(178, 200, 40+float64(i%3)*26, float64(i)*104)
		leaf(c, [2]uint32{0x8fb14c, 0xe76a8f}[i%2], point{a.x - 4, a.y + 20}, point{a.x + 10, a.y - 34}, 8, 3)
	}
	for i := range 5 {
		leaf(c, 0x8fb14c, point{170, 112}, around(168, 116, 56, 200+float64(i)*36), 7, 0)
	}
	c.ellipse(0xd43a6a, 328, 224, 80, 86, 0)
	c.ellipse(0xf2b3c6, 328, 224, 74, 80, 0)
	c.ellipse(0xb51d55, 328, 224, 67, 73, 0)
	for i := range 90 {
		p := around(328, 224, 62*math.Sqrt(float64(i)/90), float64(i)*137.5)
		c.circle(0x1f1018, p.x, p.y+(p.y-224)*0.08, 2.4)
	}
}

// melon is a netted melon with a slice.
func melon(c *canvas) {
	ground(c, 0xccdbc2)
	c.circle(0x9db36b, 196, 194, 108)
	for i := range 7 {
		x := float64(i-3) * 32
		c.line(0xdfe3c0, 4, point{196 + x*0.4, 90}, point{196 + x*1.1, 194}, point{196 + x*0.4, 298})
		if y := float64(i-3) * 28; i > 0 && i < 6 {
			c.line(0xdfe3c0, 3, point{100 + math.Abs(y)*0.4, 194 + y}, point{196, 204 + y*1.1}, point{292 - math.Abs(y)*0.4, 194 + y})
		}
	}
	c.line(0x5f7a3c, 9, point{196, 92}, point{200, 66}, point{226, 56})
	c.blob(0x9db36b, point{240, 226}, point{400, 214}, point{430, 240}, point{388, 300}, point{318, 316}, point{262, 292})
	c.blob(0xf3b061, point{252, 226}, point{400, 218}, point{416, 240}, point{380, 288}, point{318, 302}, point{272, 280})
	c.blob(0xf8cf96, point{276, 228}, point{388, 222}, point{372, 254}, point{324, 266}, point{288, 252})
}
