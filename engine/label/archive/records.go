package archive

import (
	"encoding/binary"
	"math"
)

var le = binary.LittleEndian

// Signatures, versions and sizes of records (APPNOTE.TXT, sections 4.3 and 4.4).
const (
	localSignature   = 0x04034b50
	centralSignature = 0x02014b50
	endSignature     = 0x06054b50
	end64Signature   = 0x06064b50
	locatorSignature = 0x07064b50

	plainVersion = 20
	zip64Version = 45

	zip64Extra    = 0x0001
	zip64ExtraLen = 4 + 8 // with an offset alone
	end64Len      = 56
	localLen      = 30 // without the name

	date = 1<<5 | 1 // 1 January 1980

	// A field that holds these stands for a larger number in a ZIP64 record.
	max16 = math.MaxUint16
	max32 = math.MaxUint32
)

// appendLocal appends the header before a file (section 4.3.7).
func (w *Writer) appendLocal(b []byte, e entry) []byte {
	b = le.AppendUint32(b, localSignature)
	b = w.appendShared(b, e, plainVersion, 0)
	return append(b, w.name...)
}

// appendCentral appends a file's header in the directory (section 4.3.12).
func (w *Writer) appendCentral(b []byte, e entry, offset uint64) []byte {
	version, extra := uint16(plainVersion), 0
	if offset >= max32 {
		version, extra = zip64Version, zip64ExtraLen
	}
	b = le.AppendUint32(b, centralSignature)
	b = le.AppendUint16(b, version) // made by; the upper byte 0 is MS-DOS
	b = w.appendShared(b, e, version, extra)
	b = append(b, make([]byte, 2+2+2+4)...) // comment, disk, attributes
	b = le.AppendUint32(b, uint32(min(offset, max32)))
	b = append(b, w.name...)
	if extra > 0 {
		b = le.AppendUint16(b, zip64Extra)
		b = le.AppendUint16(b, 8)
		b = le.AppendUint64(b, offset)
	}
	return b
}

// appendShared appends what both headers say alike.
func (w *Writer) appendShared(b []byte, e entry, version uint16, extra int) []byte {
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, 0) // flags
	b = le.AppendUint16(b, uint16(w.method))
	b = le.AppendUint16(b, 0) // midnight
	b = le.AppendUint16(b, date)
	b = le.AppendUint32(b, e.crc)
	b = le.AppendUint32(b, e.packed)
	b = le.AppendUint32(b, e.size)
	b = le.AppendUint16(b, uint16(len(w.name)))
	return le.AppendUint16(b, uint16(extra))
}

// appendEnd appends the end of an archive of a number of files whose directory
// starts at an offset and has a size (sections 4.3.14 to 4.3.16).
func appendEnd(b []byte, files, start, size uint64) []byte {
	if files >= max16 || start >= max32 || size >= max32 {
		b = appendEnd64(b, files, start, size)
	}
	b = le.AppendUint32(b, endSignature)
	b = le.AppendUint32(b, 0) // this disk and that of the directory
	b = le.AppendUint16(b, uint16(min(files, max16)))
	b = le.AppendUint16(b, uint16(min(files, max16)))
	b = le.AppendUint32(b, uint32(min(size, max32)))
	b = le.AppendUint32(b, uint32(min(start, max32)))
	return le.AppendUint16(b, 0) // comment
}

func appendEnd64(b []byte, files, start, size uint64) []byte {
	b = le.AppendUint32(b, end64Signature)
	b = le.AppendUint64(b, end64Len-12) // what follows
	b = le.AppendUint16(b, zip64Version)
	b = le.AppendUint16(b, zip64Version)
	b = le.AppendUint64(b, 0) // disks
	b = le.AppendUint64(b, files)
	b = le.AppendUint64(b, files)
	b = le.AppendUint64(b, size)
	b = le.AppendUint64(b, start)
	b = le.AppendUint32(b, locatorSignature)
	b = le.AppendUint32(b, 0) // disk
	b = le.AppendUint64(b, start+size)
	return le.AppendUint32(b, 1) // disks in all
}
