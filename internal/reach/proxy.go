package reach

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ProxyError means that a proxy refuses the connection to the server, or that it is unclear which
// proxy to use. It does not show the proxy's URL, which may contain a password.
type ProxyError struct {
	Status   int    // of the proxy's response; 0 if no proxy was asked
	Variable string // the environment variable at fault, if any
	CGI      bool   // the variable is only unusable in a CGI program, where a request can set it
	Reason   string // if no proxy was asked
	Err      error  // the caller's own error, if that is the cause; not shown
}

func (e *ProxyError) Error() string {
	if e.Status == 0 {
		return e.Reason
	}
	return fmt.Sprintf("the proxy answered %d", e.Status)
}

// Unwrap returns the caller's error.
func (e *ProxyError) Unwrap() error { return e.Err }

// failure decides whether a retry can help. Repeating a 407 can lock accounts.
func (e *ProxyError) failure() Failure {
	f := Failure{Class: Proxy, Text: "the proxy does not connect to the server", Detail: e.Error()}
	passing := []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}
	if e.Status >= 500 || slices.Contains(passing, e.Status) {
		f.Class = Passing
	}
	return f
}

// RecordProxyAnswer makes the transport return a [ProxyError] with the status of a proxy that
// refuses, after calling the transport's own hook. Otherwise net/http returns the status as an
// untyped error.
func RecordProxyAnswer(t *http.Transport) {
	own := t.OnProxyConnectResponse
	t.OnProxyConnectResponse = func(
		ctx context.Context, proxy *url.URL, request *http.Request, response *http.Response,
	) error {
		var err error
		if own != nil {
			err = own(ctx, proxy, request, response)
		}
		if response.StatusCode != http.StatusOK {
			return &ProxyError{Status: response.StatusCode, Err: err}
		}
		return err
	}
}

// CheckProxies makes the transport fail with a [ProxyError] if its Proxy function fails or returns
// something that is not a proxy, which net/http would misinterpret.
func CheckProxies(t *http.Transport) {
	own := t.Proxy
	if own == nil {
		return
	}
	t.Proxy = func(request *http.Request) (*url.URL, error) {
		proxy, err := own(request)
		switch {
		case err != nil:
			return nil, &ProxyError{Reason: "the transport's Proxy function failed", Err: err}
		case proxy != nil && !isProxy(proxy):
			return nil, &ProxyError{Reason: "the transport's Proxy function returned what is " + notAProxy}
		}
		return proxy, nil
	}
}

const notAProxy = "not the URL of a proxy, such as http://proxy.example.com:3128 (or https, socks5, socks5h); " +
	"in a password, write %25 for % and %2F for /"

// isProxy reports whether a URL is that of a proxy. A URL with a path or an empty port was usually
// split in the wrong place, for example at a "/" in a password.
func isProxy(proxy *url.URL) bool {
	host, port := proxy.Hostname(), proxy.Port()
	number, err := strconv.ParseUint(port, 10, 16)
	return slices.Contains([]string{"http", "https", "socks5", "socks5h"}, proxy.Scheme) &&
		host != "" && !strings.ContainsAny(host, `"'<>()!$&*+,;=`) &&
		(port == "" || err == nil && number > 0) && !strings.HasSuffix(proxy.Host, ":") &&
		strings.Trim(proxy.Path, "/") == ""
}

// ProxyVariable returns the environment variable that names the proxy for a base URL: the first one
// set, in the order of package net/http. It returns "" if none is set.
func ProxyVariable(base *url.URL) string {
	if base.Scheme == "http" {
		return firstSet("HTTP_PROXY", "http_proxy")
	}
	return firstSet("HTTPS_PROXY", "https_proxy")
}

func firstSet(names ...string) string {
	for _, name := range names {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}

// CheckEnvironment returns a [ProxyError] if the transport takes its proxy from the environment and
// the variable for the base URL is not usable: package net/http would then connect without a proxy,
// or to the wrong host. It accepts any value for a server that is reached without a proxy anyway:
// this machine, or one in NO_PROXY. It makes no connection.
func CheckEnvironment(t *http.Transport, base *url.URL) error {
	if t.Proxy == nil || reflect.ValueOf(t.Proxy).Pointer() != reflect.ValueOf(http.ProxyFromEnvironment).Pointer() {
		return nil
	}
	variable := ProxyVariable(base)
	if variable == "" {
		return nil
	}
	if base.Scheme == "http" && os.Getenv("REQUEST_METHOD") != "" {
		reason := " is ignored in a CGI program, where a request can set it; unset it, or REQUEST_METHOD if this is " +
			"not one"
		return &ProxyError{Variable: variable, CGI: true, Reason: variable + reason}
	}
	text := os.Getenv(variable)
	// net/http does the same with a URL that it cannot parse, and gets another host
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	proxy, err := url.Parse(text)
	if err == nil && isProxy(proxy) || BypassesProxy(base) {
		return nil
	}
	return &ProxyError{Variable: variable, Reason: variable + " is " + notAProxy}
}

// BypassesProxy reports whether package net/http connects to a server without a proxy whatever
// HTTPS_PROXY says: because it is this machine or is listed in NO_PROXY.
func BypassesProxy(base *url.URL) bool {
	host, port := base.Hostname(), Port(base.Scheme, base.Port())
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() {
		return true
	}
	host = strings.ToLower(host)
	for entry := range strings.SplitSeq(os.Getenv(firstSet("NO_PROXY", "no_proxy")), ",") {
		if entry = strings.ToLower(strings.TrimSpace(entry)); entry != "" && noProxy(entry, host, port, ip) {
			return true
		}
	}
	return false
}

// noProxy reports whether an entry of NO_PROXY covers a host. An entry is "*", an address, a
// network, or a name. A name without a leading dot covers itself and all names below it. All but
// networks can have a port.
func noProxy(entry, host, port string, ip net.IP) bool {
	if entry == "*" {
		return true
	}
	if _, network, err := net.ParseCIDR(entry); err == nil {
		return ip != nil && network.Contains(ip)
	}
	name := entry
	if before, after, err := net.SplitHostPort(entry); err == nil {
		if after != "" && after != port {
			return false
		}
		name = before
	}
	if address := net.ParseIP(name); address != nil || ip != nil {
		return address != nil && address.Equal(ip)
	}
	if strings.HasPrefix(name, "*.") {
		name = name[1:]
	}
	below := "." + strings.TrimPrefix(name, ".")
	return below != "." && (strings.HasSuffix(host, below) || host == name)
}
