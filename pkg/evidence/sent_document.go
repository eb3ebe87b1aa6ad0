package evidence

// SentDocument is a document that was sent for signing: what a start keeps of it, and what the
// evidence is compared with.
type SentDocument struct {
	Name   string `json:"name"`   // for people
	Size   int64  `json:"size"`   // bytes, before Base64
	SHA256 string `json:"sha256"` // hexadecimal, in lower case where danabio wrote it
}
