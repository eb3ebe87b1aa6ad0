package failure

import "github.com/spf13/cobra"

// SimilarWord returns the known word that was probably meant, or "". It uses cobra's search for
// mistyped commands.
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
