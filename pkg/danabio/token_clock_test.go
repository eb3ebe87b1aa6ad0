package danabio

import (
	"strings"
	"testing"
	"time"
)

// The client measures a token's lifetime with the monotonic clock, which does not jump when
// somebody sets the system's clock.
func TestLifeOfATokenIsMeasuredByTheMonotonicClock(t *testing.T) {
	asked := time.Now()
	token := newAccessToken("opaque", asked, time.Hour)
	for name, at := range map[string]time.Time{"end": token.expires, "refresh": token.refresh} {
		if !strings.Contains(at.String(), " m=") {
			t.Errorf("the token's %s, %v, has no monotonic reading", name, at)
		}
	}
}
