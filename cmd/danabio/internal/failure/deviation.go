package failure

import (
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
)

// ErrDeviates says that the server is not as the spec says.
var ErrDeviates = i18n.Errorf("the server deviates from the spec")
