package pdfsig

import (
	"crypto"
	"encoding"
	"hash"
)

// maxHashed is how many bytes are hashed for all signatures of a file together: room for each of a
// few digest algorithms to take all of the file and all of its tails.
func maxHashed(size int64) int64 { return 16*size + 64<<20 }

// maxContents is how many bytes the signatures of a file have together: what holds is kept until
// trust is judged.
const maxContents = 16 << 20

// bounds are what may yet be done for the signatures of a file, in bytes.
type bounds struct{ hashed, contents int64 }

// prefix is the state of a hash over the file's first bytes. Signatures of several revisions begin
// with the same bytes, and each goes on where the one before left off.
type prefix struct {
	state hash.Hash
	at    int64
}

// copyOf gives a hash with the same state, or the hash itself if that has no copy. The hashes of
// FIPS modules are no [hash.Cloner].
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

// digest hashes what a signature covers.
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
		delete(c.prefixes, algorithm) // it goes on with this signature alone
	}
	if err := feed(c.ctx, whole, c.reader, covered.after, tail); err != nil {
		return nil, nil, err
	}
	return whole.Sum(nil), nil, nil
}
