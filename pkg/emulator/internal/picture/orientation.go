package picture

import (
	"bytes"
	"encoding/binary"
)

// turn says how a camera was held: what Exif calls the orientation, 1 (upright) to 8.
type turn int

// swaps reports whether width becomes height.
func (t turn) swaps() bool { return t >= 5 }

// source gives the place in a file of width by height pixels that stands at x, y when upright.
func (t turn) source(x, y, width, height int) (int, int) {
	if t.swaps() {
		x, y = y, x
	}
	switch t {
	case 2, 3, 7, 8:
		x = width - 1 - x
	}
	switch t {
	case 3, 4, 6, 7:
		y = height - 1 - y
	}
	return x, y
}

// orientation reads a JPEG file's Exif orientation; 1 where there is none that can be read.
func orientation(file []byte) turn {
	const marker, soi, app1, sos = 0xFF, 0xD8, 0xE1, 0xDA
	if len(file) < 2 || file[0] != marker || file[1] != soi {
		return 1
	}
	for rest := file[2:]; len(rest) >= 4 && rest[0] == marker && rest[1] != sos; {
		length := int(binary.BigEndian.Uint16(rest[2:]))
		if length < 2 || 2+length > len(rest) {
			return 1
		}
		if exif, ok := bytes.CutPrefix(rest[4:2+length], []byte("Exif\x00\x00")); ok && rest[1] == app1 {
			return exifOrientation(exif)
		}
		rest = rest[2+length:]
	}
	return 1
}

// exifOrientation reads the first directory of a TIFF header.
func exifOrientation(exif []byte) turn {
	const tag, short, headerSize, entrySize = 0x0112, 3, 8, 12
	if len(exif) < headerSize {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if exif[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 1
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < entrySize {
			break
		}
		if value := order.Uint16(entries[8:]); order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short && 1 <= value && value <= 8 {
			return turn(value)
		}
		entries = entries[entrySize:]
	}
	return 1
}
