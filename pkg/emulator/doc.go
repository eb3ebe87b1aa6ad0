// Package emulator is the Biometric Verification API in one [http.Handler], for tests and for
// trying things out.
//
// Call [New] first and serve what it returns; in tests, call emulatortest.Start instead, which also
// does the serving:
//
//	api, err := emulator.New(emulator.Config{CompleteAfter: 2 * time.Second})
//	if err != nil { ... }
//	http.ListenAndServe("127.0.0.1:8080", api)
//
// It keeps state and enforces the spec: the three operations at their published paths, Basic
// authentication for tokens, opaque tokens that expire, requests held against the embedded spec,
// 404 until a circuit completes, then a ZIP. A circuit completes by itself after
// [Config].CompleteAfter, when [Emulator.Complete] is called, or on the page behind its link.
// [Fault] makes it misbehave in ways that real networks do.
//
// Nothing here is DANAconnect's. Where the vendor publishes nothing, the emulator had to choose
// (assumed):
//
//   - Every error is JSON, {"message": "…"}; the message names fields of the body and repeats no
//     value of it.
//   - Refused with 400 is what the spec refuses, and what no evidence could be made of: no document
//     at all, a document without name or content, content that is no Base64 (standard alphabet,
//     padded, without line breaks), a size above 0 that is not the number of decoded bytes, two
//     documents of one name, and what is no PDF that can be signed.
//   - Fields that the spec does not know are ignored. A start on a channel that is not served is a
//     400, a download a 404.
//   - A request id that was seen before makes a new circuit: nothing says that starting is
//     idempotent.
//   - An unknown circuit, another channel's circuit and one that is not completed get the same 404;
//     one that its signer rejected or that has expired gets it for ever.
//   - Neither HEAD nor ranges are supported. Bodies above [Config].MaxRequestBytes get 413.
//   - Every answer carries an X-Request-Id.
//
// # Pages
//
// Behind a circuit's link are the steps that a signer goes through: consent, front and back of the
// identity document, selfie, review, signature (drawn, typed or a sample), in English and Spanish,
// and one button for each outcome: complete, reject, expire. They are the emulator's own and look
// like nobody's else (assumed). They work without a script but for drawing, load nothing from
// elsewhere, and set no cookie: the key in the link is what lets a signer in, and forms of other
// sites are refused. A POST without a form completes the circuit. Pictures may be JPEG or PNG files
// of 10 MiB and 25 megapixels; they are made anew by Go's image packages, 1,280 pixels on the
// longest side, and nothing of the file stays but what its pixels show. Once its signer has begun,
// a circuit no longer completes by itself.
//
// At "/" is a list of all circuits with their links. A link is a secret, so the list is for clients
// on this machine, unless [Config].OpenList says otherwise.
//
// # Evidence
//
// The ZIP is built once, when the circuit completes, and is the same at every download:
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
// Times are RFC 3339 in UTC and come from the configured clock, sizes are bytes, hashes are SHA-256
// in hexadecimal. Names of documents are made safe for every file system; the name as sent stands
// in audit.json. The layout is the emulator's own, since the vendor publishes none (assumed).
//
// # Memory
//
// Documents, pictures and evidence are held in memory until the process ends, up to 1 GiB together;
// a start or a picture that would go beyond gets 507. One request is read into memory whole before
// it is judged. One picture is decoded at a time, which takes up to 400 MB for the largest.
//
// This package holds the emulated API and what it is made of; serving it in tests is
// emulatortest's. Exported names stay compatible; layout of the evidence, texts and choices marked
// as assumed follow what becomes known of the vendor's API.
package emulator
