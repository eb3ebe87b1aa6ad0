package pdfsig

import (
	"crypto"
	"encoding"
	"hash"
)

// maxHashed returns how many bytes may be hashed for all signatures of a file together. It lets
// each of a few digest algorithms hash the whole file and all tails.
func maxHashed(size int64) int64 { return 16*size + 64<<20 }

// maxContents limits the total size of a file's signatures: valid ones are kept in memory until
// trust is judged.
const maxContents = 16 << 20

// bounds is the number of bytes that may still be hashed and kept for a file's signatures.
type bounds struct{ hashed, contents int64 }

// prefix is the state of a hash over the file's first bytes. Signatures of several revisions begin
// with the same bytes, so each continues where the one before stopped.
type prefix struct {
	state hash.Hash
	at    int64
}

// copyOf returns a copy of a hash with its state, or the hash itself if it cannot be copied. FIPS
// module hashes do not implement [hash.Cloner].
func copyOf(state hash.Hash, algorithm crypto.Hash) (whole hash.Hash, copied bool) {
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
func (c *checker) digest(covered coverage, algorithm crypto.Hash) ([]byte, *fault, error) {
	begun, ok := c.prefixes[algorithm]
	if !ok || begun.at > covered.gap {
		begun = prefix{state: algorithm.New()}
	}
	tail := covered.end - covered.after
	if c.left.hashed -= covered.gap - begun.at + tail; c.left.hashed < 0 {
		return nil, undecided(CodeLimit, "too many bytes would have to be hashed for the signatures of this file"), nil
	}
	if err := feed(c.ctx, begun.state, c.reader, begun.at, covered.gap-begun.at); err != nil {
		return nil, nil, err
	}
	begun.at = covered.gap
	if c.prefixes == nil {
		c.prefixes = map[crypto.Hash]prefix{}
	}
	c.prefixes[algorithm] = begun
	whole, copied := copyOf(begun.state, algorithm)
	if !copied {
		delete(c.prefixes, algorithm) // this signature's hash consumes the state
	}
	if err := feed(c.ctx, whole, c.reader, covered.after, tail); err != nil {
		return nil, nil, err
	}
	return whole.Sum(nil), nil, nil
}
