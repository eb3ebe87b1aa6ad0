package pdfsig

import (
	"crypto"
	"encoding"
	"hash"
)

// maxHashedBytes is how many bytes are hashed for all signatures of a file together: room for each
// of a few digest algorithms to take all of the file and all of its tails.
func maxHashedBytes(size int64) int64 { return 16*size + 64<<20 }

// maxContents is how many bytes the signatures of a file have together: what holds is kept until
// trust is judged.
const maxContents = 16 << 20

// workLimits are what may yet be done for the signatures of a file, in bytes.
type workLimits struct{ hashed, contents int64 }

// prefixHash is the state of a hash over the file's first bytes. Signatures of several revisions
// begin with the same bytes, and each goes on where the one before left off.
type prefixHash struct {
	state  hash.Hash
	offset int64
}

// copyHash gives a hash with the same state, or the hash itself if that has no copy. The hashes of
// FIPS modules are no [hash.Cloner].
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

// digest hashes what a signature covers.
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
		delete(c.prefixes, algorithm) // it goes on with this signature alone
	}
	if err := copyRange(c.ctx, whole, c.reader, covered.gapEnd, tail); err != nil {
		return nil, nil, err
	}
	return whole.Sum(nil), nil, nil
}
