package demo

import (
	"fmt"

	"mintmark/engine/serial"
)

// gtin returns the n-th demonstration GTIN, in 14 digits: GTIN-13s, with a zero
// before them.
func gtin(n int) string { return "0" + checked(fmt.Sprintf("9521%08d", n)) }

// gln returns the n-th demonstration Global Location Number, in 13 digits.
func gln(n int) string { return checked(fmt.Sprintf("9529%08d", n)) }

// checked appends the check digit, which a GLN computes as a GTIN-13 does.
func checked(digits string) string {
	for d := '0'; ; d++ {
		if one := digits + string(d); valid(one) {
			return one
		}
	}
}

func valid(number string) bool {
	_, err := serial.NormalizeGTIN(number)
	return err == nil
}
