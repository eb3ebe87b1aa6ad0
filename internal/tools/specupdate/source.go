package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

const (
	maxSize      = 2 << 20          // bytes of a document
	fetchTimeout = 60 * time.Second // for the whole download
	maxRedirects = 5
)

// refusal is the error for a document that is not accepted. It says why, and what would be right.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

func refuse(format string, args ...any) error { return &refusal{fmt.Sprintf(format, args...)} }

// read reads the new document, at most maxSize bytes.
func (s *settings) read(ctx context.Context) ([]byte, error) {
	if s.url != "" {
		return fetch(ctx, s.url)
	}
	file, err := os.Open(s.file)
	if err != nil {
		return nil, fmt.Errorf("read the new spec: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the new spec: %w", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%w: %s is a folder; give the document itself", errUsage, s.file)
	}
	return bounded(file)
}

func bounded(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the new spec: %w", err)
	}
	if len(raw) > maxSize {
		return nil, refuse("it has more than %d MiB; an OpenAPI document of this API has a few kilobytes", maxSize>>20)
	}
	return raw, nil
}

// fetch fetches a document by https, or by http from this machine. It does not follow a redirect to
// another host, because nobody named that host.
func fetch(ctx context.Context, text string) ([]byte, error) {
	address, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: the URL cannot be read; it must look like https://host/path", errUsage)
	}
	if err := fetchable(address); err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	client := &http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		switch {
		case next.URL.Host != address.Host:
			return fmt.Errorf("it redirects to another host, %q; give that URL if you trust it", next.URL.Host)
		case len(via) >= maxRedirects:
			return fmt.Errorf("it redirects more than %d times", maxRedirects)
		}
		return fetchable(next.URL)
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: the URL cannot be read", errUsage)
	}
	response, err := client.Do(request)
	if err != nil {
		var wrapped *url.Error // contains the whole URL, whose query may be a secret
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, fmt.Errorf("fetch the new spec from %s: %w", address.Host, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch the new spec from %s: status %d; the document itself comes with 200",
			address.Host, response.StatusCode)
	}
	return bounded(response.Body)
}

func fetchable(address *url.URL) error {
	host := address.Hostname()
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case host == "" || address.Scheme != "https" && address.Scheme != "http":
		return errors.New("the URL must begin with https:// and name a host")
	case address.User != nil:
		return errors.New("the URL contains a user name or password; download the file yourself and give it with FILE=")
	case address.Scheme == "http" && !loopback:
		return errors.New("the URL is plain http, which anyone on the network can change; use https")
	}
	return nil
}
