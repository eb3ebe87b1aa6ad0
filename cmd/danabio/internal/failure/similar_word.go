package failure

import "github.com/spf13/cobra"

// SimilarWord returns the one of the known words that was meant, or nothing. It is found as a
// mistyped command is.
func SimilarWord(word string, known []string) string {
	words := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, name := range known {
		words.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	if similar := words.SuggestionsFor(word); len(similar) > 0 {
		return similar[0]
	}
	return ""
}
