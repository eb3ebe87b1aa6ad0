package i18n

import (
	"fmt"
	"testing"
)

func TestOf(t *testing.T) {
	for locale, want := range map[string]Language{
		"es": Spanish, "es_CO.UTF-8": Spanish, "es-MX": Spanish, "ES_es": Spanish, "es.UTF-8": Spanish,
		"es@euro": Spanish,
		"":        English, "C": English, "en_US.UTF-8": English, "est_EE": English, "POSIX": English, "pt_BR": English,
	} {
		if got := Of(locale); got != want {
			t.Errorf("%q: %q, want %q", locale, got, want)
		}
	}
}

func TestOfUser(t *testing.T) {
	tests := []struct {
		name      string
		variables map[string]string
		system    string
		want      Language
	}{
		{"nothing is set", nil, "", English},
		{"nothing but Windows", nil, "es-MX", Spanish},
		{"nothing but Windows in another language", nil, "pt-BR", English},
		{"a variable before Windows", map[string]string{"LANG": "C"}, "es-MX", English},
		{"LANG alone", map[string]string{"LANG": "es_MX.UTF-8"}, "", Spanish},
		{"LC_MESSAGES before LANG", map[string]string{"LC_MESSAGES": "C", "LANG": "es_MX.UTF-8"}, "", English},
		{"LC_ALL before both", map[string]string{"LC_ALL": "es", "LC_MESSAGES": "en_US", "LANG": "C"}, "", Spanish},
		{"an empty one is not set", map[string]string{"LC_ALL": "", "LANG": "es"}, "", Spanish},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := of(func(name string) string { return test.variables[name] },
				func() string { return test.system }); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func ExampleOf() {
	fmt.Println(Of("es_CO.UTF-8"))
	// Output: es
}
