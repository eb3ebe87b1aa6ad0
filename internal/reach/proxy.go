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

// ProxyError is that a proxy makes no connection to the server, or that there is no telling which
// proxy to take. It shows no URL of a proxy, since that may hold a password.
type ProxyError struct {
	Status   int    // that the proxy answered; 0: none was asked
	Variable string // of the environment, if it is that which is wrong
	CGI      bool   // it is wrong only in a CGI program, where a request can set it
	Reason   string // if none was asked
	Err      error  // of the caller's own, if it is that; not shown
}

func (e *ProxyError) Error() string {
	if e.Status == 0 {
		return e.Reason
	}
	return fmt.Sprintf("the proxy answered %d", e.Status)
}

// Unwrap returns the caller's error.
func (e *ProxyError) Unwrap() error { return e.Err }

// failure says whether asking again is of use. A repeated 407 locks accounts.
func (e *ProxyError) failure() Failure {
	f := Failure{Class: Proxy, Text: "the proxy makes no connection to the server", Detail: e.Error()}
	passing := []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}
	if e.Status >= 500 || slices.Contains(passing, e.Status) {
		f.Class = Passing
	}
	return f
}

// RecordProxyAnswer has the status of a proxy that refuses told as a [ProxyError], after what the
// transport does already. Without it net/http takes the status for an error without a type.
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

// CheckProxies has the transport fail with a [ProxyError] where its Proxy fails, or names what is
// no proxy, of which net/http would make something else.
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

// isProxy reports whether a URL is that of a proxy. One with a path, or an empty port, mostly is
// one that was cut at the wrong place, by a "/" in a password for instance.
func isProxy(proxy *url.URL) bool {
	host, port := proxy.Hostname(), proxy.Port()
	number, err := strconv.ParseUint(port, 10, 16)
	return slices.Contains([]string{"http", "https", "socks5", "socks5h"}, proxy.Scheme) &&
		host != "" && !strings.ContainsAny(host, `"'<>()!$&*+,;=`) &&
		(port == "" || err == nil && number > 0) && !strings.HasSuffix(proxy.Host, ":") &&
		strings.Trim(proxy.Path, "/") == ""
}

// ProxyVariable finds the variable that names the proxy for requests to a base URL: the first that
// is set, as package net/http looks for them. It is empty if there is none.
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

// CheckEnvironment fails with a [ProxyError] if the transport takes its proxy from the environment
// and the variable for the base URL names none that can be used: package net/http would connect
// without a proxy then, or to another place. It fails for no server that is reached without a proxy
// anyway, this machine or one of NO_PROXY. It connects to nothing.
func CheckEnvironment(t *http.Transport, base *url.URL) error {
	if t.Proxy == nil || reflect.ValueOf(t.Proxy).Pointer() != reflect.ValueOf(http.ProxyFromEnvironment).Pointer() {
		return nil
	}
	variable := ProxyVariable(base)
	if variable == "" {
		return nil
	}
	if base.Scheme == "http" && os.Getenv("REQUEST_METHOD") != "" {
		reason := " does not count in a CGI program, where a request can set it; unset it, or REQUEST_METHOD if this " +
			"is none"
		return &ProxyError{Variable: variable, CGI: true, Reason: variable + reason}
	}
	text := os.Getenv(variable)
	// net/http also puts this before a URL that it cannot read, and gets another host
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	proxy, err := url.Parse(text)
	if err == nil && isProxy(proxy) || BypassesProxy(base) {
		return nil
	}
	return &ProxyError{Variable: variable, Reason: variable + " is " + notAProxy}
}

// BypassesProxy reports whether package net/http reaches a server without a proxy whatever
// HTTPS_PROXY says: it is this machine, or one of NO_PROXY.
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

// noProxy reports whether an entry of NO_PROXY stands for a host: "*", an address, a network, or a
// name, of which one without a dot before it stands for itself and for all below. All but a network
// can have a port.
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
