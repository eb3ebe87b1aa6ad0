package reach

// Cause says in words of this package why an exchange failed, and late if it took too long. Nothing
// that the server sent stands in it.
func Cause(err error, late string) string {
	if f := Classify(err); f.Class != Passing || !IsTimeout(err) {
		return f.Text
	}
	return late
}
