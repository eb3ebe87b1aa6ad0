package evidence

// SentDocument describes a document that was sent for signing. A start records it, and the evidence
// is compared with it.
type SentDocument struct {
	Name   string `json:"name"`   // for people
	Size   int64  `json:"size"`   // bytes, before Base64
	SHA256 string `json:"sha256"` // hexadecimal, in lower case if danabio wrote it
}
