package i18n

// Pair is an English text with its Spanish one. The English is the key: who changes it has to
// look at the Spanish again. Tables of them are arrays and no maps, so that a run in English pays
// nothing for them.
type Pair struct{ EN, ES string }

// spanishOf finds the Spanish for a format string. A test holds that each has one.
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
