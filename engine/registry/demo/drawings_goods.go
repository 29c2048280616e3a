package demo

// jar returns a glass jar with a label, filled in a dark and a light colour.
func jar(dark, light uint32) func(c *canvas) {
	return func(c *canvas) {
		ground(c, 0xdccdb2)
		c.rect(0xe9eef0, 152, 112, 176, 196, 34)
		c.rect(dark, 162, 134, 156, 166, 28)
		c.rect(light, 172, 144, 30, 146, 15)
		c.rect(0x7b5a36, 148, 66, 184, 54, 12)
		c.rect(0x916d44, 148, 66, 184, 20, 10)
		c.rect(0xfdf8ea, 196, 184, 112, 82, 8)
		sprig(c, 252, 226)
	}
}

// sprig is the little plant on labels.
func sprig(c *canvas, x, y float64) {
	c.line(0x4f7f3c, 4, point{x, y + 26}, point{x, y - 18})
	leaf(c, 0x5f9249, point{x, y + 8}, point{x + 30, y - 14}, 7, 2)
	leaf(c, 0x5f9249, point{x, y + 8}, point{x - 30, y - 14}, 7, -2)
	leaf(c, 0x7bb062, point{x, y - 6}, point{x, y - 34}, 7, 0)
}

// bottle returns a bottle and a small glass, filled in a dark and a light colour.
func bottle(dark, light uint32) func(c *canvas) {
	return func(c *canvas) {
		ground(c, 0xccc9d2)
		c.rect(dark, 188, 58, 40, 90, 8)
		c.rect(0xb08a4a, 184, 44, 48, 30, 8)
		c.blob(dark, point{188, 134}, point{170, 160}, point{152, 190}, point{152, 280}, point{166, 308}, point{250, 308}, point{264, 280}, point{264, 190}, point{246, 160}, point{228, 134})
		c.line(light, 10, point{170, 196}, point{168, 240}, point{170, 284})
		c.rect(0xfdf8ea, 182, 200, 72, 76, 6)
		sprig(c, 218, 238)
		c.polygon(0xf4f7f8, point{306, 216}, point{378, 216}, point{366, 306}, point{318, 306})
		c.polygon(light, point{311, 246}, point{373, 246}, point{366, 300}, point{318, 300})
		c.ellipse(dark, 342, 246, 31, 6, 0)
	}
}

// pouch is a paper pouch with a window.
func pouch(c *canvas) {
	ground(c, 0xcfd4c2)
	c.polygon(0xc59b63, point{146, 74}, point{334, 74}, point{352, 300}, point{336, 310}, point{144, 310}, point{128, 300})
	c.polygon(0xd4ad76, point{146, 74}, point{176, 74}, point{160, 310}, point{144, 310}, point{128, 300})
	c.rect(0xa9804c, 140, 62, 200, 26, 5)
	c.rect(0xfdf8ea, 180, 112, 120, 84, 8)
	sprig(c, 240, 156)
	c.rect(0x8b6536, 176, 212, 128, 72, 30)
	for i := range 22 {
		c.ellipse([3]uint32{0xf0dfb4, 0xe3c98c, 0xd2b06c}[i%3], 194+float64(i*37%93), 226+float64(i*i*17%45), 9, 5, float64(i*47))
	}
}

// tea is a cup of tea with leaves.
func tea(c *canvas) {
	ground(c, 0xc8d8c3)
	for i := range 3 {
		x := 186 + float64(i)*40
		c.line(0xf7fbf5, 8, point{x, 132}, point{x + 12, 108}, point{x - 4, 84}, point{x + 8, 60})
	}
	c.line(0xfdfdf8, 18, point{318, 190}, point{372, 196}, point{366, 246}, point{300, 262})
	c.blob(0xfdfdf8, point{118, 168}, point{226, 178}, point{334, 168}, point{322, 236}, point{280, 284}, point{172, 284}, point{130, 236})
	c.ellipse(0xe6e8dd, 226, 170, 108, 20, 0)
	c.ellipse(0xb98032, 226, 172, 96, 15, 0)
	c.ellipse(0xd39c4c, 206, 170, 40, 6, 0)
	c.ellipse(0xeef0e6, 226, 296, 140, 14, 0)
	leaf(c, 0x4f8a4a, point{356, 306}, point{436, 262}, 16, 4)
	leaf(c, 0x6aa45c, point{352, 310}, point{450, 304}, 14, -4)
	leaf(c, 0x5f9249, point{60, 300}, point{126, 250}, 13, -4)
}

// basket is a woven basket.
func basket(c *canvas) {
	ground(c, 0xd6ccb2)
	c.line(0x8a6a34, 14, point{150, 166}, point{180, 80}, point{240, 52}, point{300, 80}, point{330, 166})
	c.line(0xb48f4e, 6, point{150, 166}, point{180, 80}, point{240, 52}, point{300, 80}, point{330, 166})
	c.polygon(0xb48f4e, point{116, 160}, point{364, 160}, point{336, 310}, point{144, 310})
	for row := range 7 {
		for col := range 12 {
			y := 172 + float64(row)*20
			in := float64(row) * 3.6
			step := (248 - 2*in) / 12
			x := 116 + in + float64(col)*step
			if (row+col)%2 == 0 {
				c.rect(0xd3b26f, x+2, y, step-4, 16, 4)
			} else {
				c.rect(0x9a7638, x+3, y+2, step-6, 13, 3)
			}
		}
	}
	c.rect(0x8a6a34, 106, 148, 268, 22, 11)
	c.rect(0xc9a55f, 106, 150, 268, 8, 4)
}

// noodles is a bundle of dried noodles or rice paper.
func noodles(c *canvas) {
	ground(c, 0xd5ceba)
	for i := range 26 {
		x := 92 + float64(i)*11.6
		c.line([3]uint32{0xf8f1dc, 0xeee2c0, 0xe3d3a6}[i%3], 9, point{x, 92 + float64(i*7%16)}, point{240 + (x-240)*0.62, 200}, point{x, 298 + float64(i*5%14)})
	}
	c.rect(0xa8432f, 146, 182, 188, 38, 8)
	c.rect(0xbf5a42, 146, 186, 188, 10, 5)
}

// shells is bowls and a spoon of coconut shell.
func shells(c *canvas) {
	ground(c, 0xcfd1bd)
	for i, at := range [2]point{{180, 190}, {318, 226}} {
		r := 96 - float64(i)*22
		c.blob(0x4a2f1e, point{at.x - r, at.y}, point{at.x - r*0.8, at.y + r*0.7}, point{at.x, at.y + r*1.08}, point{at.x + r*0.8, at.y + r*0.7}, point{at.x + r, at.y}, point{at.x, at.y + r*0.2})
		c.ellipse(0x6b4630, at.x, at.y, r, r*0.3, 0)
		c.ellipse(0x3a2417, at.x, at.y, r*0.9, r*0.23, 0)
		c.line(0x7d5640, 5, point{at.x - r*0.72, at.y + r*0.5}, point{at.x - r*0.46, at.y + r*0.8})
	}
	c.line(0x9c7247, 12, point{330, 96}, point{372, 146}, point{404, 196})
	c.ellipse(0x5a3a26, 320, 84, 34, 24, 45)
	c.ellipse(0x6f4b33, 317, 80, 24, 15, 45)
}

// mat is a woven mat, half rolled.
func mat(c *canvas) {
	ground(c, 0xd3cfb8)
	c.polygon(0xd6bd7c, point{96, 150}, point{400, 128}, point{438, 286}, point{112, 312})
	for i := range 11 {
		t := float64(i) / 10
		c.line([2]uint32{0xb0443a, 0x4f7f5a}[i%2], 4, point{100 + 298*t + 6, 150 - 21*t}, point{114 + 322*t, 310 - 25*t})
	}
	for i := range 7 {
		t := float64(i+1) / 8
		c.line(0xc3a765, 2, point{96 + 16*t, 150 + 162*t}, point{400 + 38*t, 128 + 158*t})
	}
	c.line(0xb99a55, 62, point{96, 152}, point{396, 128})
	c.line(0xcdb06c, 22, point{98, 138}, point{396, 114})
	c.ellipse(0x9c7f42, 398, 128, 22, 31, 0)
	c.ellipse(0xcdb06c, 398, 128, 15, 22, 0)
	c.ellipse(0x9c7f42, 398, 128, 8, 12, 0)
}
