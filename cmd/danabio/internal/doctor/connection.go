package doctor

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/robustio"

	"github.com/danabio/danabio-go/internal/reach"
)

func (x *examination) checkProxy(context.Context) Check {
	variable := reach.ProxyVariable(x.base)
	var wrong *reach.ProxyError
	err := x.environment
	if err == nil && x.transport.Proxy != nil {
		x.proxy, err = x.transport.Proxy(&http.Request{URL: x.base, Header: http.Header{}})
	}
	switch {
	case errors.As(err, &wrong) && wrong.CGI:
		return Fails(Configuration, Say("%s does not apply where REQUEST_METHOD is set, as in a CGI program", variable),
			You,
			Say("unset one of them"))
	case err != nil: // net/http's error would quote the value, which may contain a password
		return Fails(Configuration, Say("%s is not the URL of a proxy", variable), You,
			Say("set it to a URL such as http://proxy.example.com:3128, or unset it"))
	}
	server := x.base.Scheme + "://" + x.base.Host
	switch {
	case x.proxy != nil && x.proxy.User != nil:
		return Fine(Say("%s: %s is reached through %s, with a user name", variable, server, x.proxyText()))
	case x.proxy != nil:
		return Fine(Say("%s: %s is reached through %s", variable, server, x.proxyText()))
	case variable != "":
		return Fine(Say("%s does not apply to %s, because of NO_PROXY or because it is this machine", variable, server))
	}
	for _, all := range []string{"ALL_PROXY", "all_proxy"} {
		if os.Getenv(all) != "" {
			return Check{Status: Warning, Found: Say("none; %s is set, which danabio does not use", all), Who: You,
				Advice: Say("if the proxy is needed, set %s too", strings.ToUpper(x.base.Scheme)+"_PROXY")}
		}
	}
	return Fine(Say("none"))
}

// proxyText returns the proxy's URL without credentials.
func (x *examination) proxyText() string { return x.proxy.Scheme + "://" + x.proxy.Host }

// next returns the host and port to connect to: the proxy's, or the server's.
func (x *examination) next() (host, port string) {
	next := x.base
	if x.proxy != nil {
		next = x.proxy
	}
	return next.Hostname(), reach.Port(next.Scheme, next.Port())
}

func (x *examination) checkDNS(ctx context.Context) Check {
	host, _ := x.next()
	if net.ParseIP(host) != nil {
		return Fine(Say("%s is an address, which needs none", host))
	}
	addresses, err := x.config.Lookup(ctx, host)
	var dns *net.DNSError
	switch {
	case err == nil:
		slices.Sort(addresses)
		return Fine(Say("%s has the addresses %s", host, strings.Join(addresses, ", ")))
	case errors.As(err, &dns) && dns.IsNotFound && x.proxy != nil:
		return Fails(Unreached, Say("the proxy %s does not exist", host), You,
			Say("correct the variable that names the proxy"))
	case errors.As(err, &dns) && dns.IsNotFound && x.config.Vendors:
		return Fails(Unreached, Say("the host %s does not exist here", host), Network,
			Say("have this machine's DNS look up hosts of the Internet, or set the proxy that does"))
	case errors.As(err, &dns) && dns.IsNotFound:
		return Fails(Unreached, Say("the host %s does not exist", host), You,
			Say("look for a mistake in the base URL; if it is right, ask your network people why their DNS does not "+
				"know the host"))
	}
	return Fails(Unreached, Say("the host %s could not be looked up", host), Network,
		Say("have DNS fixed on this machine or in its network"))
}

func (x *examination) checkTCP(ctx context.Context) Check {
	host, port := x.next()
	address := net.JoinHostPort(host, port)
	dial := x.transport.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	connection, err := dial(ctx, "tcp", address)
	if err == nil {
		_ = connection.Close()
		return Fine(Say("%s accepts connections", address))
	}
	found := Say("%s: %s", address, x.cause(err))
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return Fails(Unreached, found, You, Say("start what should listen there, on this machine"))
	}
	return Fails(Unreached, found, Network,
		Say("have connections from this machine to %s allowed, or set the proxy that leads there", address))
}

// cause says why a step did not finish.
func (x *examination) cause(err error) Text {
	return Say(reach.Cause(err, "no answer came within 10 s"))
}

const roomNeeded = 16 << 20 // in bytes

func (x *examination) checkTempFolder(ctx context.Context) Check {
	if err := fill(ctx, x.config.TempFolder); err != nil {
		return Fails(Unreached, Say("a file of 16 MiB cannot be written to the temporary folder: %s",
			systemReason(err)), You,
			Say("make room in it, or name another one with TMPDIR (on Windows TMP)"))
	}
	return Fine(Say("a file of 16 MiB can be written"))
}

// fill writes as much as should be free to a file, and removes it.
func fill(ctx context.Context, folder string) (err error) {
	file, err := os.CreateTemp(folder, "danabio-*")
	if err != nil {
		return err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
		if removed := robustio.RemoveAll(file.Name()); err == nil {
			err = removed
		}
	}()
	piece := make([]byte, 1<<20)
	for range roomNeeded / len(piece) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := file.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// systemReason strips the path, which may name a person, from a system error.
func systemReason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err // the check's time is up
}
