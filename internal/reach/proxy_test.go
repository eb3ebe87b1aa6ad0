package reach

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
)

var noProxyServers = []string{
	"https://acme.example.com", "https://acme.example.com:8443", "https://ACME.Example.Com", "https://example.com",
	"https://example.org", "https://notexample.com",
	"https://localhost", "https://LOCALHOST", "https://127.0.0.2", "https://[::1]", "https://10.1.2.3",
	"https://10.1.2.3:8443", "https://192.168.0.1", "https://[2001:db8::1]",
}

// NO_PROXY excludes exactly what package net/http excludes.
func TestNoProxyIsReadAsNetHTTPReadsIt(t *testing.T) {
	if isChild() {
		var through []string
		for _, server := range noProxyServers {
			base, err := url.Parse(server)
			if err != nil {
				t.Fatal(err)
			}
			proxy, err := http.ProxyFromEnvironment(&http.Request{URL: base})
			through = append(through, fmt.Sprint(proxy == nil && err == nil))
		}
		fmt.Println("printed: " + strings.Join(through, " "))
		return
	}
	t.Setenv("NO_PROXY", "")
	for _, list := range []string{
		"", "*", "example.com", ".example.com", "*.example.com", "*example.com", "..example.com",
		"acme.example.com:8443", "example.com:443", ":443", "example.com, 10.1.2.3",
		" EXAMPLE.com ,", "10.0.0.0/8", "10.1.2.3:8443", "10.1.2.3", "[2001:db8::1]:443", "2001:db8::1",
		"2001:db8::/32", "[2001:db8::1]", ".", "*.", "*", "example.org,.com",
		"0.0.0.0/0", "192.168.0.1/33", "com",
	} {
		t.Run(list, func(t *testing.T) {
			t.Setenv("no_proxy", list)
			var got []string
			for _, server := range noProxyServers {
				base, err := url.Parse(server)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprint(BypassesProxy(base)))
			}
			want := strings.Split(again(t, "TestNoProxyIsReadAsNetHTTPReadsIt", "HTTPS_PROXY=http://proxy.example.com",
				"no_proxy="+list), " ")
			for i, server := range noProxyServers {
				if got[i] != want[i] {
					t.Errorf("%s: without a proxy %s, with net/http %s", server, got[i], want[i])
				}
			}
		})
	}
}

func TestVariableThatNamesNoProxy(t *testing.T) {
	const secret = "canary"
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	for _, test := range []struct {
		name      string
		base      string
		variables string // NAME=value, separated by spaces
		wrong     string // the variable that is wrong, or empty
	}{
		{"no variable", "https://acme.example.com", "", ""},
		{"URL", "https://acme.example.com", "HTTPS_PROXY=http://u:canary@proxy.example.com:3128/", ""},
		{"host and port", "https://acme.example.com", "HTTPS_PROXY=proxy.example.com:3128", ""},
		{"host alone", "https://acme.example.com", "HTTPS_PROXY=proxy", ""},
		{"address and port", "https://acme.example.com", "HTTPS_PROXY=10.0.0.1:3128", ""},
		{"user, host and port", "https://acme.example.com", "HTTPS_PROXY=u:canary@proxy.example.com:3128", ""},
		{"SOCKS", "https://acme.example.com", "HTTPS_PROXY=SOCKS5h://proxy.example.com", ""},
		{"password with a percent sign", "https://acme.example.com", "HTTPS_PROXY=http://u:canary%ss@proxy.example.com",
			"HTTPS_PROXY"},
		{"password with a slash", "https://acme.example.com", "HTTPS_PROXY=http://u:canary/x@proxy.example.com",
			"HTTPS_PROXY"},
		{"two ports", "https://acme.example.com", "HTTPS_PROXY=canary:3128:3128", "HTTPS_PROXY"},
		{"port that is none", "https://acme.example.com", "HTTPS_PROXY=http://canary:99999", "HTTPS_PROXY"},
		{"port zero", "https://acme.example.com", "HTTPS_PROXY=http://canary:0", "HTTPS_PROXY"},
		{"SOCKS 4", "https://acme.example.com", "HTTPS_PROXY=socks4://canary:1080", "HTTPS_PROXY"},
		{"no scheme and no host", "https://acme.example.com", "HTTPS_PROXY=://", "HTTPS_PROXY"},
		{"scheme alone", "https://acme.example.com", "HTTPS_PROXY=http://", "HTTPS_PROXY"},
		{"port alone", "https://acme.example.com", "HTTPS_PROXY=:3128", "HTTPS_PROXY"},
		{"quotes", "https://acme.example.com", `HTTPS_PROXY="http://canary:3128"`, "HTTPS_PROXY"},
		{"quotes around a host", "https://acme.example.com", `HTTPS_PROXY='canary'`, "HTTPS_PROXY"},
		{"one slash", "https://acme.example.com", "HTTPS_PROXY=http:/canary:3128", "HTTPS_PROXY"},
		{"user with a slash", "https://acme.example.com", "HTTPS_PROXY=http://canary/x@proxy.example.com:3128",
			"HTTPS_PROXY"},
		{"no colon", "https://acme.example.com", "HTTPS_PROXY=https//canary:3128", "HTTPS_PROXY"},
		{"small letters", "https://acme.example.com", "https_proxy=://", "https_proxy"},
		{"capitals win", "https://acme.example.com", "HTTPS_PROXY=http://proxy https_proxy=://", ""},
		{"the other scheme's", "https://acme.example.com", "HTTP_PROXY=://", ""},
		{"of plain HTTP", "http://acme.example.com", "HTTP_PROXY=://", "HTTP_PROXY"},
		{"this machine", "https://localhost:8443", "HTTPS_PROXY=://", ""},
		{"excepted", "https://acme.example.com", "HTTPS_PROXY=:// NO_PROXY=example.com", ""},
		{"another one excepted", "https://acme.example.com", "HTTPS_PROXY=:// NO_PROXY=example.org", "HTTPS_PROXY"},
		{"CGI, plain HTTP", "http://acme.example.com", "HTTP_PROXY=http://proxy REQUEST_METHOD=GET", "HTTP_PROXY"},
		{"CGI, plain HTTP to this machine, which net/http refuses too", "http://localhost",
			"HTTP_PROXY=http://proxy REQUEST_METHOD=GET", "HTTP_PROXY"},
		{"CGI, TLS", "https://acme.example.com", "HTTPS_PROXY=http://proxy REQUEST_METHOD=GET", ""},
	} {
		if runtime.GOOS == "windows" { // the case of variable names does not matter there
			if test.name == "capitals win" {
				continue
			}
			test.wrong = strings.ToUpper(test.wrong)
		}
		t.Run(test.name, func(t *testing.T) {
			for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY",
				"no_proxy", "REQUEST_METHOD"} {
				t.Setenv(name, "")
			}
			for variable := range strings.FieldsSeq(test.variables) {
				name, value, _ := strings.Cut(variable, "=")
				t.Setenv(name, value)
			}
			base, err := url.Parse(test.base)
			if err != nil {
				t.Fatal(err)
			}
			err = CheckEnvironment(transport, base)
			var wrong *ProxyError
			if test.wrong == "" && err != nil || test.wrong != "" && (!errors.As(err, &wrong) ||
				wrong.Variable != test.wrong || !strings.Contains(err.Error(), test.wrong+" ")) {
				t.Errorf("got %v, want one of %q", err, test.wrong)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the value is told: %v", err)
			}
			for what, other := range map[string]*http.Transport{"no Proxy": {},
				"a Proxy of the caller's": {Proxy: http.ProxyURL(base)}} {
				if err := CheckEnvironment(other, base); err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}
