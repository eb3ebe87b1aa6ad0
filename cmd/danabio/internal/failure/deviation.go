package failure

import (
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
)

// ErrDeviates means that the server does not follow the spec.
var ErrDeviates = i18n.Errorf("the server deviates from the spec")
