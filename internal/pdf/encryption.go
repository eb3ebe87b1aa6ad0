package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"io"
	"slices"
)

// Constants of the algorithms in ISO 32000-2, 7.6.
const (
	hashLength = 32      // of /O and /U up to revision 4, and of the hashes in them from revision 5
	saltLength = 8       // of each of the two salts that follow the hash
	fileKey256 = 256 / 8 // length of the key from revision 5
	maxObject  = 1 << 24 // object keys use only the low three bytes of the object number
	leastPass  = 64      // minimum rounds of the revision 6 hash
)

// passwordPadding fills up a password that is too short, and replaces an empty one entirely.
var passwordPadding = []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08" +
	"\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")

// decryption decrypts the strings and streams of a file that opens with the empty user password.
type decryption struct {
	key             []byte
	strings, stream method
}

// method is the way a string or stream is encrypted.
type method uint8

const (
	methodNone method = iota
	methodRC4
	methodAES    // AES-128, with one key per object
	methodAES256 // AES-256, with the file's key
)

// Unlock makes a document readable that is encrypted with the empty user password: the strings of
// objects loaded afterwards, and object streams. It returns an [ErrEncrypted] for a document that
// needs a password, is encrypted in a way that ISO 32000 does not define, or is only partly
// encrypted. For a document that is not encrypted it does nothing.
func (d *Document) Unlock() error {
	if !d.Encrypted() {
		return nil
	}
	entry := d.Trailer().Get("Encrypt")
	for _, section := range d.sections {
		if !section.Trailer.Get("Encrypt").Equal(entry) {
			return fault(ErrEncrypted, section.Offset, "the file's revisions are not encrypted alike")
		}
	}
	dictionary, _, err := d.Resolve(entry)
	if err != nil {
		return err
	}
	var id []byte
	if ids, _, err := d.Resolve(d.Trailer().Get("ID")); err != nil {
		return err
	} else if ids.Kind == Array && len(ids.Items) > 0 {
		id = ids.Items[0].Text
	}
	unlocked, err := newDecryption(dictionary, id)
	if err != nil {
		return err
	}
	d.decryption, d.cached = unlocked, nil
	return nil
}

func newDecryption(dictionary Object, id []byte) (*decryption, error) {
	number := func(key string, otherwise int64) int64 {
		if o := dictionary.Get(key); o.Kind == Integer {
			return o.Int
		}
		return otherwise
	}
	version, revision := number("V", 0), number("R", 0)
	if !dictionary.Get("Filter").IsName("Standard") {
		return nil, fault(ErrEncrypted, dictionary.Offset, "the encryption is not the standard one")
	}
	d := &decryption{strings: methodRC4, stream: methodRC4}
	if version >= 4 {
		var ok, alsoOK bool
		d.strings, ok = filterMethod(dictionary, "StrF")
		d.stream, alsoOK = filterMethod(dictionary, "StmF")
		if !ok || !alsoOK {
			return nil, fault(ErrEncrypted, dictionary.Offset, "a crypt filter is not known")
		}
	}
	switch {
	case version == 5 && (revision == 5 || revision == 6):
		d.key = key256(dictionary, revision)
	case (version == 1 || version == 2 || version == 4) && revision >= 2 && revision <= 4:
		length := number("Length", 40) / 8
		if version == 1 {
			length = 5
		} else if version == 4 {
			length = 16
		}
		if length < 5 || length > 16 {
			return nil, fault(ErrEncrypted, dictionary.Offset, "the encryption key has %d bytes", length)
		}
		d.key = key128(dictionary, revision, number("P", 0), int(length), id)
	default:
		return nil, fault(ErrEncrypted, dictionary.Offset, "encryption of version %d and revision %d is not known",
			version, revision)
	}
	if d.key == nil {
		return nil, fault(ErrEncrypted, dictionary.Offset, "a password is needed")
	}
	return d, nil
}

// filterMethod returns the method of the crypt filter that the dictionary names under key.
func filterMethod(dictionary Object, key string) (method, bool) {
	name := dictionary.Get(key)
	if name.Kind == Null || name.IsName("Identity") {
		return methodNone, true
	}
	switch kind := dictionary.Get("CF").Get(string(name.Text)).Get("CFM"); {
	case kind.IsName("V2"):
		return methodRC4, true
	case kind.IsName("AESV2"):
		return methodAES, true
	case kind.IsName("AESV3"):
		return methodAES256, true
	case kind.IsName("None"):
		return methodNone, true
	}
	return 0, false
}

// key128 returns the file's key up to revision 4, or nil if the user password is not empty.
func key128(dictionary Object, revision, permissions int64, length int, id []byte) []byte {
	owner, user := dictionary.Get("O").Text, dictionary.Get("U").Text
	if len(owner) < hashLength || len(user) < hashLength {
		return nil
	}
	content := slices.Concat(passwordPadding, owner[:hashLength],
		binary.LittleEndian.AppendUint32(nil, uint32(permissions)), id)
	if metadata := dictionary.Get("EncryptMetadata"); revision >= 4 && metadata.Kind == Boolean && metadata.Int == 0 {
		content = append(content, 0xFF, 0xFF, 0xFF, 0xFF)
	}
	key := md5.Sum(content)
	if revision == 2 {
		if !bytes.Equal(rc4Of(key[:length], passwordPadding), user[:hashLength]) {
			return nil
		}
		return key[:length]
	}
	for range 50 {
		key = md5.Sum(key[:length])
	}
	digest := md5.Sum(slices.Concat(passwordPadding, id))
	check := digest[:]
	for round := range byte(20) {
		mixed := slices.Clone(key[:length])
		for i := range mixed {
			mixed[i] ^= round
		}
		check = rc4Of(mixed, check)
	}
	if !bytes.Equal(check, user[:len(check)]) {
		return nil
	}
	return key[:length]
}

// key256 returns the file's key from revision 5, or nil if the user password is not empty.
func key256(dictionary Object, revision int64) []byte {
	user, wrapped := dictionary.Get("U").Text, dictionary.Get("UE").Text
	if len(user) < hashLength+2*saltLength || len(wrapped) < fileKey256 {
		return nil
	}
	hash := func(salt []byte) []byte {
		sum := sha256.Sum256(salt)
		if revision == 5 {
			return sum[:]
		}
		return hardened(sum[:])
	}
	validation, salt := user[hashLength:hashLength+saltLength], user[hashLength+saltLength:hashLength+2*saltLength]
	if !bytes.Equal(hash(validation), user[:hashLength]) {
		return nil
	}
	block, err := aes.NewCipher(hash(salt))
	if err != nil {
		return nil
	}
	key := make([]byte, fileKey256)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(key, wrapped[:fileKey256])
	return key
}

// hardened completes the revision 6 hash of the empty password (ISO 32000-2, algorithm 2.B), given
// its first SHA-256.
func hardened(key []byte) []byte {
	for round, last := 0, byte(0); round < leastPass || int(last) > round-hashLength; round++ {
		block, err := aes.NewCipher(key[:16])
		if err != nil {
			return nil
		}
		content := bytes.Repeat(key, 64)
		cipher.NewCBCEncrypter(block, key[16:32]).CryptBlocks(content, content)
		rest := 0
		// 256 mod 3 is 1, so a number and the sum of its bytes have the same remainder.
		for _, b := range content[:16] {
			rest += int(b)
		}
		switch last = content[len(content)-1]; rest % 3 {
		case 0:
			sum := sha256.Sum256(content)
			key = sum[:]
		case 1:
			sum := sha512.Sum384(content)
			key = sum[:]
		default:
			sum := sha512.Sum512(content)
			key = sum[:]
		}
	}
	return key[:hashLength]
}

func rc4Of(key, content []byte) []byte {
	stream, err := rc4.NewCipher(key)
	if err != nil {
		return nil
	}
	result := make([]byte, len(content))
	stream.XORKeyStream(result, content)
	return result
}

// objectKey returns the key for an object's strings or its stream.
func (d *decryption) objectKey(by method, ref Reference) []byte {
	if by == methodAES256 {
		return d.key
	}
	number := ref.Number % maxObject
	key := append(slices.Clone(d.key), byte(number), byte(number>>8), byte(number>>16), byte(ref.Generation),
		byte(ref.Generation>>8))
	if by == methodAES {
		key = append(key, "sAlT"...)
	}
	sum := md5.Sum(key)
	return sum[:min(len(d.key)+5, len(sum))]
}

// open decrypts a string or a stream. It returns false if the content cannot have been encrypted by
// the method.
func (d *decryption) open(by method, ref Reference, content []byte) ([]byte, bool) {
	switch by {
	case methodNone:
		return content, true
	case methodRC4:
		return rc4Of(d.objectKey(by, ref), content), true
	}
	if len(content) < 2*aes.BlockSize || len(content)%aes.BlockSize != 0 {
		return nil, len(content) == 0
	}
	block, err := aes.NewCipher(d.objectKey(by, ref))
	if err != nil {
		return nil, false
	}
	plain := make([]byte, len(content)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, content[:aes.BlockSize]).CryptBlocks(plain, content[aes.BlockSize:])
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > aes.BlockSize {
		return nil, false
	}
	return plain[:len(plain)-padding], true
}

// openStrings decrypts the strings of an object, except the /Contents of a signature, which is
// never encrypted. It leaves a string that cannot be decrypted unchanged.
func (d *decryption) openStrings(o *Object, ref Reference) {
	if o.IsString() {
		if plain, ok := d.open(d.strings, ref, o.Text); ok {
			o.Text = plain
		}
		return
	}
	signed := o.Kind == Dictionary && o.Get("ByteRange").Kind != Null
	for i := range o.Items {
		if signed && i%2 == 1 && string(o.Items[i-1].Text) == "Contents" {
			continue
		}
		d.openStrings(&o.Items[i], ref)
	}
}

// openStream decrypts a stream of the file's structure.
func (d *decryption) openStream(raw io.Reader, stream Indirect) (io.Reader, error) {
	if d.stream == methodNone {
		return raw, nil
	}
	content, err := io.ReadAll(io.LimitReader(raw, maxDecoded+1))
	if err != nil {
		return nil, err
	}
	plain, ok := d.open(d.stream, stream.Reference, content)
	if !ok || len(content) > maxDecoded {
		return nil, fault(ErrSyntax, stream.Offset, "a stream cannot be decrypted")
	}
	return bytes.NewReader(plain), nil
}
