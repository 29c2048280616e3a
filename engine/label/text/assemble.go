package text

import "math/bits"

type table struct {
	tag  string
	data []byte
}

// assemble writes a TrueType file of tables, which are sorted by name ("Table
// Directory" in the OpenType specification).
func assemble(tables []table) []byte {
	n := len(tables)
	log := bits.Len(uint(n)) - 1
	file := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 << log, log, 16*n - 16<<log} {
		file = be.AppendUint16(file, uint16(v))
	}
	at, head := 12+16*n, 0
	for _, t := range tables {
		if t.tag == "head" {
			head = at
		}
		file = append(file, t.tag...)
		file = be.AppendUint32(file, checksum(t.data))
		file = be.AppendUint32(file, uint32(at))
		file = be.AppendUint32(file, uint32(len(t.data)))
		at += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		file = append(file, t.data...)
		for len(file)%4 != 0 {
			file = append(file, 0)
		}
	}
	be.PutUint32(file[head+8:], 0xB1B0AFBA-checksum(file))
	return file
}

// checksum adds up the 32-bit words of a table, as if zeros followed it.
func checksum(data []byte) (sum uint32) {
	for len(data) >= 4 {
		sum += be.Uint32(data)
		data = data[4:]
	}
	var rest [4]byte
	copy(rest[:], data)
	return sum + be.Uint32(rest[:])
}
