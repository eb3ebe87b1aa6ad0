package i18n

// Pair is an English text and its Spanish translation. The English text is the key, so changing it
// requires a look at the Spanish one. Tables of pairs are arrays, not maps, so that a run in
// English does not pay for them.
type Pair struct{ EN, ES string }

// spanishOf returns the Spanish text for a format string. A test checks that each has one.
func spanishOf(format string) string {
	for _, table := range [...][]Pair{SpanishMessages[:], SpanishSettings[:], SpanishDoctor[:]} {
		for i := range table {
			if table[i].EN == format {
				return table[i].ES
			}
		}
	}
	return format
}
