package help

import (
	"strings"

	"github.com/spf13/cobra"
)

// ExamplesForWindows rewrites the examples of a command and its subcommands for PowerShell.
func ExamplesForWindows(cmd *cobra.Command) {
	cmd.Example = powerShell.Replace(cmd.Example)
	for _, sub := range cmd.Commands() {
		ExamplesForWindows(sub)
	}
}

var powerShell = strings.NewReplacer(
	" \\\n", " `\n",
	"archive/*.zip", `archive\*.zip`,
	"  danabio wait -o archive - < circuits.txt", "  Get-Content circuits.txt | danabio wait -o archive -",
	"  danabio download -o archive - < circuits.txt", "  Get-Content circuits.txt | danabio download -o archive -",
	"  danabio spec > openapi.yaml", "  danabio spec | Set-Content openapi.yaml",
	"  danabio emulator > emulator.env &", "  danabio emulator | Tee-Object emulator.env",
	"  set -a; . ./emulator.env; set +a",
	"  Get-Content emulator.env | ForEach-Object { $name, $value = $_ -split '=', 2; Set-Item \"env:$name\" $value }",
)
