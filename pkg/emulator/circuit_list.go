package emulator

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/pkg/emulator/internal/page"
)

// list answers GET / with all circuits and their links, newest first.
func (e *Emulator) list(r *http.Request) *reply {
	if !e.config.OpenList && !e.isLocal(r) {
		return e.show(r, http.StatusForbidden, page.View{Name: page.NoList})
	}
	now := e.config.Now()
	e.mu.Lock()
	circuits := make([]page.Circuit, len(e.circuits))
	for i, c := range e.circuits {
		circuits[i] = page.Circuit{
			ID: c.id, RequestID: c.request.id, State: string(e.settle(c, now)), Key: c.link, StartedAt: c.startedAt,
		}
	}
	e.mu.Unlock()
	slices.Reverse(circuits)
	return e.show(r, http.StatusOK, page.View{Name: page.List, Circuits: circuits})
}

// isLocal reports whether the request comes from this machine. It also checks the requested host
// name, because a site can point a name of its own at this machine and make a browser here read the
// list under that name. And it looks for traces of a proxy, whose address says nothing about its
// client.
func (e *Emulator) isLocal(r *http.Request) bool {
	for _, trace := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if r.Header.Get(trace) != "" {
			return false
		}
	}
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !net.ParseIP(address).IsLoopback() {
		return false
	}
	asked := url.URL{Host: r.Host}
	name := strings.ToLower(strings.TrimSuffix(asked.Hostname(), "."))
	if name == "localhost" || net.ParseIP(name).IsLoopback() {
		return true
	}
	public, err := url.Parse(e.config.PublicURL)
	return err == nil && name != "" && strings.EqualFold(name, public.Hostname())
}
