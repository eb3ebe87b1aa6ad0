// Package emulator implements the Biometric Verification API as an [http.Handler], for tests and
// for trying things out.
//
// Call [New] and serve the result. In tests, call emulatortest.Start instead, which also serves it:
//
//	api, err := emulator.New(emulator.Config{CompleteAfter: 2 * time.Second})
//	if err != nil { ... }
//	http.ListenAndServe("127.0.0.1:8080", api)
//
// It keeps state and enforces the spec: the three operations at their published paths, Basic
// authentication for tokens, opaque tokens that expire, requests checked against the embedded spec,
// 404 until a circuit completes, then a ZIP. A circuit completes by itself after
// [Config].CompleteAfter, when [Emulator.Complete] is called, or on the page behind its link. A
// [Fault] makes the emulator misbehave as real networks do.
//
// Nothing here comes from DANAconnect. Where the vendor publishes nothing, the emulator had to
// choose (assumed):
//
//   - Every error is JSON, {"message": "…"}. The message names fields of the body and repeats none
//     of its values.
//   - The emulator refuses with 400 what the spec refuses, and what it could make no evidence of:
//     no document at all, a document without name or content, content that is not Base64 (standard
//     alphabet, padded, without line breaks), a size above 0 that is not the number of decoded
//     bytes, two documents with the same name, and a file that is not a PDF that can be signed.
//   - Fields that the spec does not know are ignored. On a channel that is not served, a start gets
//     400 and a download 404.
//   - A repeated request ID starts a new circuit: nothing says that starting is idempotent.
//   - An unknown circuit, another channel's circuit and one that is not completed get the same 404.
//     A circuit that was rejected or has expired always gets it.
//   - Neither HEAD nor ranges are supported. Bodies above [Config].MaxRequestBytes get 413.
//   - Every answer has an X-Request-Id.
//
// # Pages
//
// Behind a circuit's link are the steps of a signer: consent, front and back of the identity
// document, selfie, review, signature (drawn, typed or a sample), in English and Spanish, and one
// button for each outcome: complete, reject, expire. The pages are the emulator's own design
// (assumed). They need a script only for drawing, load nothing from elsewhere, and set no cookie.
// The key in the link admits the signer, and forms from other sites are refused. A POST without a
// form completes the circuit. Pictures may be JPEG or PNG files of up to 10 MiB and 25 megapixels.
// Go's image packages re-encode them, at most 1,280 pixels on the longest side, so that only the
// pixels of the file remain. Once its signer has begun, a circuit no longer completes by itself.
//
// At "/" is a list of all circuits with their links. Since a link is a secret, only clients on this
// machine see the list, unless [Config].OpenList is set.
//
// # Evidence
//
// The ZIP is built once, when the circuit completes. Every download gets the same bytes:
//
//	documents/NAME.pdf           each document that was sent, with a real signature by a test authority made in [New]
//	identity/document-front.jpg  pictures drawn by code and marked as such, with no person on them; or those that the signer
//	identity/document-back.jpg   gave on the page, marked too
//	identity/selfie.jpg
//	identity/signature.png       only if the signer signed on the page; the visible signatures on the documents show it too
//	consent.json                 madeBy, circuitId, requestId, signer {name, email, nif}, accepted, acceptedAt, text
//	audit.json                   madeBy, circuitId, requestId, channel, startedAt, completedAt,
//	                             documents [{name, file, sentSize, sentSha256, signedSize, signedSha256}],
//	                             files [{file, size, sha256}], events [{at, event}], rootCertificate (PEM)
//
// Times are RFC 3339 in UTC and come from the configured clock, sizes are in bytes, hashes are
// SHA-256 in hexadecimal. Document names are made safe for every file system; audit.json has the
// names as sent. The layout is the emulator's own, since the vendor publishes none (assumed).
//
// # Memory
//
// Documents, pictures and evidence stay in memory until the process ends, up to 1 GiB in total. A
// start or a picture beyond that gets 507. Each request is read into memory completely before it is
// judged. Pictures are decoded one at a time, which takes up to 400 MB for the largest.
//
// This package contains the emulated API; package emulatortest serves it in tests. Exported names
// stay compatible. The layout of the evidence, texts, and choices marked as assumed will follow
// what becomes known of the vendor's API.
package emulator
