package danabio

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Environment names the server: [Sandbox], [Production], or a base URL from [CustomEnvironment].
type Environment string

// The vendor's environments (hosts: published page).
const (
	Sandbox    Environment = "sandbox"    // https://biometric.integrationlayer.com
	Production Environment = "production" // https://biometric.danaconnect.com
)

// CustomEnvironment returns the environment with a base URL, such as the subdomain that the account
// manager assigned to a customer (help article). The URL must have no user info, query or fragment.
// It may have a path, below which the API's paths are found.
func CustomEnvironment(baseURL string) Environment { return Environment(baseURL) }

// BaseURL returns the environment's base URL without a trailing slash. The error for an invalid one
// matches [ErrInvalidRequest].
func (e Environment) BaseURL() (string, error) {
	switch e {
	case "":
		return "", invalidRequest("no environment given; use danabio.Sandbox, danabio.Production or a base URL")
	case Sandbox:
		return "https://biometric.integrationlayer.com", nil
	case Production:
		return "https://biometric.danaconnect.com", nil
	}
	// The messages omit the URL itself, since it may contain a password.
	base, err := url.Parse(string(e))
	switch {
	case err != nil:
		return "", invalidRequest("base URL cannot be parsed; it looks like https://acme.example.com")
	case base.User != nil:
		return "", invalidRequest("base URL contains user info; credentials go into Config.Credentials")
	case base.Scheme != "https" && base.Scheme != "http":
		return "",
			invalidRequest("environment is neither sandbox nor production nor a base URL such as " +
				"https://acme.example.com")
	case base.Hostname() == "" || base.Opaque != "":
		return "", invalidRequest("base URL names no host; it looks like https://acme.example.com")
	case base.RawQuery != "" || base.ForceQuery:
		return "", invalidRequest("base URL has a query; give the part before the question mark")
	case base.Fragment != "" || strings.Contains(string(e), "#"):
		return "", invalidRequest("base URL has a fragment; give the part before the #")
	}
	return strings.TrimRight(base.String(), "/"), nil
}

// checkPlainHTTP rejects plain HTTP to another machine: the secret, the token and personal data
// would be readable on the way.
func checkPlainHTTP(baseURL string, allowed bool) error {
	base, err := url.Parse(baseURL)
	if err != nil || base.Scheme != "http" || allowed {
		return err
	}
	if isLoopback(base.Hostname()) {
		return nil
	}
	return fmt.Errorf("%w: %w: base URL http://%s; use https, or set Config.AllowPlainHTTP", ErrInvalidRequest,
		ErrPlainHTTP, base.Host)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
