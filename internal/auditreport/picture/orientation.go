package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a JPEG wants to be turned, as its EXIF data say: 1 to 8, where 1 is not at all. Cameras store what the sensor saw, and
// leave the turning to the viewer.
func orientation(content []byte) int {
	const (
		startOfImage = 2
		scan         = 0xda
		app1         = 0xe1
	)
	for at := startOfImage; at+4 <= len(content) && content[at] == 0xff; {
		marker, length := content[at+1], int(binary.BigEndian.Uint16(content[at+2:]))
		if marker == scan || length < 2 || at+2+length > len(content) {
			break
		}
		body := content[at+4 : at+2+length]
		if tiff, found := bytes.CutPrefix(body, []byte("Exif\x00\x00")); marker == app1 && found {
			return tiffOrientation(tiff)
		}
		at += 2 + length
	}
	return 1
}

// tiffOrientation looks for the tag in the first directory.
func tiffOrientation(tiff []byte) int {
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
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort && order.Uint32(entries[4:]) == 1 {
			if value := int(order.Uint16(entries[8:])); value >= 1 && value <= 8 {
				return value
			}
			return 1
		}
		entries = entries[entrySize:]
	}
	return 1
}

// turn puts a picture upright.
func turn(source *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 {
		return source
	}
	width, height := source.Rect.Dx(), source.Rect.Dy()
	across, down := width, height
	if orientation >= 5 {
		across, down = height, width
	}
	result := image.NewRGBA(image.Rect(0, 0, across, down))
	for y := range down {
		for x := range across {
			fromX, fromY := x, y
			if orientation >= 5 { // rows have become columns
				fromX, fromY = y, x
			}
			switch orientation {
			case 2, 3, 7, 8:
				fromX = width - 1 - fromX
			}
			switch orientation {
			case 3, 4, 6, 7:
				fromY = height - 1 - fromY
			}
			result.SetRGBA(x, y, source.RGBAAt(fromX, fromY))
		}
	}
	return result
}
