package reach

// Cause explains in this package's words why an exchange failed. For a timeout it returns late. The
// result contains nothing that the server sent.
func Cause(err error, late string) string {
	if f := Classify(err); f.Class != Passing || !IsTimeout(err) {
		return f.Text
	}
	return late
}
