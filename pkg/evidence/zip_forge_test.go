package evidence

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
)

// forgery describes a ZIP that is correct in every field unless something is forged.
type forgery struct {
	prefix   []byte // before everything else, not counted in any offset
	entries  []*forgedEntry
	gap      []byte // between the last entry and the directory
	extra    []byte // between the directory and the end records, not counted in the directory's size
	zip64    bool   // write the ZIP64 end record and locator
	between  []byte // between the ZIP64 end record and its locator
	beforeIt []byte // between the locator and the end record
	comment  []byte
	trailing []byte

	end      func(e *forgedEnd) // edits the end record
	end64    func(e *forgedEnd) // edits the ZIP64 end record
	locator  func(l *forgedLocator)
	finished func(all []byte) []byte // edits the whole ZIP
}

type forgedEntry struct {
	name    string
	content []byte
	method  uint16
	data    []byte // replaces the compressed content if not nil
	// form of the descriptor: "", "sig32", "plain32", "sig64" or "plain64"
	descriptor string

	local     func(h *forgedHeader)
	central   func(h *forgedHeader)
	both      func(h *forgedHeader)
	describe  func(d []byte) []byte // edits the descriptor
	before    []byte                // before the local header
	after     []byte                // after the descriptor
	noLocal   bool
	noCentral bool
}

type forgedHeader struct {
	signature               uint32
	madeBy, needed          uint16
	flags, method           uint16
	time, date              uint16
	crc, compressed, size   uint32
	name, extra, comment    []byte
	disk, internal          uint16
	attributes, offset      uint32
	nameLength, extraExcess int // added to the true lengths
}

type forgedEnd struct {
	signature           uint32
	recordSize          uint64 // ZIP64 only
	disk, directoryDisk uint32
	here, count         uint64
	size, offset        uint64
	commentExcess       int
}

type forgedLocator struct {
	signature, disk uint32
	offset          uint64
	disks           uint32
}

func little(values ...any) []byte {
	var out bytes.Buffer
	for _, value := range values {
		if err := binary.Write(&out, binary.LittleEndian, value); err != nil {
			panic(err)
		}
	}
	return out.Bytes()
}

// field returns an extra field.
func field(id uint16, body ...byte) []byte {
	return append(little(id, uint16(len(body))), body...)
}

// field64 returns a ZIP64 extra field.
func field64(values ...any) []byte { return field(1, little(values...)...) }

func deflated(content []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	w.Write(content)
	w.Close()
	return out.Bytes()
}

func (h *forgedHeader) bytes(central bool) []byte {
	var out []byte
	if central {
		out = little(h.signature, h.madeBy, h.needed)
	} else {
		out = little(h.signature, h.needed)
	}
	out = append(out, little(h.flags, h.method, h.time, h.date, h.crc, h.compressed, h.size,
		uint16(len(h.name)+h.nameLength), uint16(len(h.extra)+h.extraExcess))...)
	if central {
		out = append(out, little(uint16(len(h.comment)), h.disk, h.internal, h.attributes, h.offset)...)
	}
	out = append(append(out, h.name...), h.extra...)
	if central {
		out = append(out, h.comment...)
	}
	return out
}

// bytes builds the ZIP.
func (f *forgery) bytes() []byte {
	out := bytes.Clone(f.prefix)
	var directory []byte
	count := 0
	for _, e := range f.entries {
		data := e.data
		if data == nil {
			data = e.content
			if e.method == 8 {
				data = deflated(e.content)
			}
		}
		out = append(out, e.before...)
		h := forgedHeader{
			needed: 20, method: e.method, time: 0x6000, date: 0x5a21,
			crc: crc32.ChecksumIEEE(e.content), compressed: uint32(len(data)), size: uint32(len(e.content)),
			name: []byte(e.name),
		}
		for _, r := range e.name {
			if r >= 0x80 {
				h.flags |= 1 << 11
			}
		}
		if e.descriptor != "" {
			h.flags |= 1 << 3
		}
		local, central := h, h
		local.signature, central.signature = signatureLocal, signatureDirectory
		central.madeBy, central.offset = 0x0314, uint32(len(out)-len(f.prefix))
		central.attributes = 0o100644 << 16
		if e.name != "" && e.name[len(e.name)-1] == '/' {
			central.attributes = 0o40755<<16 | 0x10
		}
		if e.descriptor != "" {
			local.crc, local.compressed, local.size = 0, 0, 0
		}
		for _, edit := range []func(*forgedHeader){e.both, e.local} {
			if edit != nil {
				edit(&local)
			}
		}
		for _, edit := range []func(*forgedHeader){e.both, e.central} {
			if edit != nil {
				edit(&central)
			}
		}
		if !e.noLocal {
			out = append(append(out, local.bytes(false)...), data...)
			var descriptor []byte
			switch e.descriptor {
			case "sig32":
				descriptor = little(uint32(signatureDescriptor), h.crc, h.compressed, h.size)
			case "plain32":
				descriptor = little(h.crc, h.compressed, h.size)
			case "sig64":
				descriptor = little(uint32(signatureDescriptor), h.crc, uint64(h.compressed), uint64(h.size))
			case "plain64":
				descriptor = little(h.crc, uint64(h.compressed), uint64(h.size))
			}
			if e.describe != nil {
				descriptor = e.describe(descriptor)
			}
			out = append(append(out, descriptor...), e.after...)
		}
		if !e.noCentral {
			directory = append(directory, central.bytes(true)...)
			count++
		}
	}
	out = append(out, f.gap...)
	end := forgedEnd{
		signature: signatureEnd, recordSize: 44, here: uint64(count), count: uint64(count),
		size: uint64(len(directory)), offset: uint64(len(out) - len(f.prefix)),
	}
	out = append(append(out, directory...), f.extra...)
	if f.zip64 {
		wide := end
		wide.signature = signatureZIP64End
		if f.end64 != nil {
			f.end64(&wide)
		}
		locator := forgedLocator{signature: signatureZIP64Locator, offset: uint64(len(out) - len(f.prefix)), disks: 1}
		if f.locator != nil {
			f.locator(&locator)
		}
		out = append(out, little(wide.signature, wide.recordSize, uint16(45), uint16(45), wide.disk, wide.directoryDisk,
			wide.here, wide.count, wide.size, wide.offset)...)
		out = append(out, f.between...)
		out = append(out, little(locator.signature, locator.disk, locator.offset, locator.disks)...)
	}
	out = append(out, f.beforeIt...)
	if f.end != nil {
		f.end(&end)
	}
	out = append(out, little(end.signature, uint16(end.disk), uint16(end.directoryDisk), uint16(end.here),
		uint16(end.count),
		uint32(end.size), uint32(end.offset), uint16(len(f.comment)+end.commentExcess))...)
	out = append(append(out, f.comment...), f.trailing...)
	if f.finished != nil {
		out = f.finished(out)
	}
	return out
}

// honest returns a small ZIP with nothing forged. Tests forge parts of it.
func honest() *forgery {
	return &forgery{entries: []*forgedEntry{
		{name: "documents/contract.pdf", content: []byte("%PDF-1.7\n" +
			string(bytes.Repeat([]byte("one two three "), 20)) + "\n%%EOF\n"), method: 8},
		{name: "identity/selfie.png", content: []byte("\x89PNG\r\n\x1a\nnot much of a picture")},
		{name: "audit.json", content: []byte(`{"events":[]}`), method: 8},
	}}
}
