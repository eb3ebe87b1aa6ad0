// Package picture draws the pictures in the emulator's evidence: both sides of an identity
// document, and its holder's face. Call [DocumentFront], [DocumentBack] and [Selfie].
//
// All pictures are drawn by code, show no real person, and say in their pixels that an emulator
// made them. The same holder gives the same pictures, byte for byte with one version of Go, and the
// face on the document is that of the selfie.
package picture

import (
	"bytes"
	"crypto/sha256"
	"image/jpeg"
	"math/rand/v2"
)

const quality = 84

// random returns a generator that depends only on the holder.
func random(holder string) *rand.Rand {
	return rand.New(rand.NewChaCha8(sha256.Sum256([]byte(holder))))
}

func encode(c *canvas) []byte {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, c.image, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // impossible, since a buffer accepts everything and the sizes are fixed
	}
	return out.Bytes()
}

// DocumentFront draws the front of an identity document, as a JPEG of 720 by 454 pixels.
func DocumentFront(holder string) []byte {
	c := newCanvas(cardWidth, cardHeight)
	drawFront(c, holder)
	return encode(c)
}

// DocumentBack draws the back of the same document.
func DocumentBack(holder string) []byte {
	c := newCanvas(cardWidth, cardHeight)
	drawBack(c, holder)
	return encode(c)
}

// Selfie draws the holder's face, as a JPEG of 480 by 600 pixels.
func Selfie(holder string) []byte {
	c := newCanvas(selfieWidth, selfieHeight)
	drawSelfie(c, holder)
	return encode(c)
}
