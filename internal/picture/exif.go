package picture

import (
	"bytes"
	"encoding/binary"
)

// orientation is the Exif orientation, from 1 (upright) to 8. Cameras store what the sensor saw,
// and leave turning to the viewer.
type orientation int

// swaps reports whether the orientation exchanges width and height.
func (o orientation) swaps() bool { return o >= 5 }

// source returns the position, in a file of width by height pixels, of the pixel that is at x, y
// when upright.
func (o orientation) source(x, y, width, height int) (int, int) {
	if o.swaps() {
		x, y = y, x
	}
	switch o {
	case 2, 3, 7, 8:
		x = width - 1 - x
	}
	switch o {
	case 3, 4, 6, 7:
		y = height - 1 - y
	}
	return x, y
}

// orientationOf returns the orientation of a JPEG file, or 1 if it has none that can be read.
func orientationOf(file []byte) orientation {
	const (
		marker       = 0xff
		startOfImage = 0xd8
		scan         = 0xda
		app1         = 0xe1
	)
	if len(file) < 2 || file[0] != marker || file[1] != startOfImage {
		return 1
	}
	for rest := file[2:]; len(rest) >= 4 && rest[0] == marker && rest[1] != scan; {
		length := int(binary.BigEndian.Uint16(rest[2:]))
		if length < 2 || 2+length > len(rest) {
			return 1
		}
		if tiff, found := bytes.CutPrefix(rest[4:2+length], []byte("Exif\x00\x00")); found && rest[1] == app1 {
			return ofTIFF(tiff)
		}
		rest = rest[2+length:]
	}
	return 1
}

// ofTIFF looks for the tag in the first directory.
func ofTIFF(tiff []byte) orientation {
	const (
		tagOrientation = 0x0112
		typeShort      = 3
		entrySize      = 12
	)
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	start := int64(order.Uint32(tiff[4:]))
	if start+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < entrySize {
			break
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort &&
			order.Uint32(entries[4:]) == 1 {
			if value := order.Uint16(entries[8:]); value >= 1 && value <= 8 {
				return orientation(value)
			}
		}
		entries = entries[entrySize:]
	}
	return 1
}
