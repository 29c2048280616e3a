package qr

// Error correction is by Reed-Solomon codes over GF(256), whose elements are
// polynomials over GF(2) modulo x^8+x^4+x^3+x^2+1 (ISO/IEC 18004, section 7.5.2).
const fieldPolynomial = 0x11D

// multiply returns the product of two elements.
func multiply(a, b byte) byte {
	p := uint(0)
	for i := 7; i >= 0; i-- {
		p <<= 1
		if p >= 256 {
			p ^= fieldPolynomial
		}
		if b>>uint(i)&1 == 1 {
			p ^= uint(a)
		}
	}
	return byte(p)
}

// generator returns the coefficients of (x-1)(x-2)(x-4)...(x-2^(degree-1)) but
// for the first, which is 1, from the highest power down (annex A).
func generator(degree int) []byte {
	g := make([]byte, degree+1)
	g[0] = 1
	root := byte(1)
	for n := range degree {
		for i := n + 1; i > 0; i-- {
			g[i] ^= multiply(g[i-1], root)
		}
		root = multiply(root, 2)
	}
	return g[1:]
}

// register is the remainder of a division in progress: at most 32 bytes, the
// highest power first and uppermost.
type register [4]uint64

// feedback holds the generator times each element: what the register takes in
// when that element leaves it.
type feedback [256]register

func newFeedback(degree int) *feedback {
	f := new(feedback)
	g := generator(degree)
	for factor := range f {
		for i, c := range g {
			f[factor][i/8] |= uint64(multiply(c, byte(factor))) << uint(56-i%8*8)
		}
	}
	return f
}

// remainder divides data, followed by as many zeros as the generator's degree,
// by the generator; the result is the error correction codewords.
func (f *feedback) remainder(data []byte) (r register) {
	for _, c := range data {
		t := &f[c^byte(r[0]>>56)]
		r[0] = r[0]<<8 | r[1]>>56
		r[1] = r[1]<<8 | r[2]>>56
		r[2] = r[2]<<8 | r[3]>>56
		r[3] <<= 8
		for i := range r {
			r[i] ^= t[i]
		}
	}
	return r
}

// at returns byte i of the register.
func (r *register) at(i int) byte { return byte(r[i/8] >> uint(56-i%8*8)) }
