package pdfsig

import (
	"crypto"
	"encoding"
	"hash"
)

// maxHashedBytes returns how many bytes may be hashed for all signatures of a file together. It
// lets each of a few digest algorithms hash the whole file and all tails.
func maxHashedBytes(size int64) int64 { return 16*size + 64<<20 }

// maxContents limits the total size of a file's signatures: valid ones are kept in memory until
// trust is judged.
const maxContents = 16 << 20

// workLimits is the number of bytes that may still be hashed and kept for a file's signatures.
type workLimits struct{ hashed, contents int64 }

// prefixHash is the state of a hash over the file's first bytes. Signatures of several revisions
// begin with the same bytes, so each continues where the one before stopped.
type prefixHash struct {
	state  hash.Hash
	offset int64
}

// copyHash returns a copy of a hash with its state, or the hash itself if it cannot be copied. FIPS
// module hashes do not implement [hash.Cloner].
func copyHash(state hash.Hash, algorithm crypto.Hash) (whole hash.Hash, copied bool) {
	if cloner, ok := state.(hash.Cloner); ok {
		if clone, err := cloner.Clone(); err == nil {
			return clone, true
		}
	}
	from, ok := state.(encoding.BinaryMarshaler)
	whole = algorithm.New()
	to, ok2 := whole.(encoding.BinaryUnmarshaler)
	if !ok || !ok2 {
		return state, false
	}
	saved, err := from.MarshalBinary()
	if err != nil || to.UnmarshalBinary(saved) != nil {
		return state, false
	}
	return whole, true
}

// digest hashes the bytes that a signature covers.
func (c *checker) digest(covered signedRange, algorithm crypto.Hash) ([]byte, *fault, error) {
	begun, ok := c.prefixes[algorithm]
	if !ok || begun.offset > covered.gapStart {
		begun = prefixHash{state: algorithm.New()}
	}
	tail := covered.end - covered.gapEnd
	if c.remaining.hashed -= covered.gapStart - begun.offset + tail; c.remaining.hashed < 0 {
		return nil,
			indeterminateFault(CodeLimit, "too many bytes would have to be hashed for the signatures of this file"), nil
	}
	if err := copyRange(c.ctx, begun.state, c.reader, begun.offset, covered.gapStart-begun.offset); err != nil {
		return nil, nil, err
	}
	begun.offset = covered.gapStart
	if c.prefixes == nil {
		c.prefixes = map[crypto.Hash]prefixHash{}
	}
	c.prefixes[algorithm] = begun
	whole, copied := copyHash(begun.state, algorithm)
	if !copied {
		delete(c.prefixes, algorithm) // this signature's hash consumes the state
	}
	if err := copyRange(c.ctx, whole, c.reader, covered.gapEnd, tail); err != nil {
		return nil, nil, err
	}
	return whole.Sum(nil), nil, nil
}
