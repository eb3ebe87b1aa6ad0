package danabio_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/testsystem"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func target(t testing.TB) string { return filepath.Join(t.TempDir(), "evidence.zip") }

func TestDownloadedEvidence(t *testing.T) {
	content, path := smallZIP(t), target(t)
	reply := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "req-77")
		w.Header().Set("Set-Cookie", "session=1")
		w.Header().Set("Content-Disposition", `attachment; filename="Ana.zip"`)
		zipReply(content)(w, r)
	}
	inBubble(t, newScript(t).on(download, reply), func(b *bed) {
		began := time.Now()
		receipt, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(stored, content) {
			t.Errorf("the file is not what was sent (%v)", err)
		}
		wantFiles(t, path, "evidence.zip", "evidence.zip.receipt.json")
		if runtime.GOOS != "windows" {
			for _, name := range []string{path, danabio.ReceiptPath(path)} {
				if info, err := os.Stat(name); err != nil || info.Mode() != 0o600 {
					t.Errorf("mode of %s: %v %v, want 0600", filepath.Base(name), info.Mode(), err)
				}
			}
		}
		if receipt.Circuit != circuit || receipt.Channel != channel || receipt.File != "evidence.zip" ||
			receipt.Size != int64(len(content)) ||
			receipt.SHA256 != digest(content) || !receipt.RequestedAt.Equal(began) ||
			receipt.CompletedAt.Before(began) {
			t.Errorf("receipt %+v", receipt)
		}
		if got := b.header(download, 0).Get("Accept-Encoding"); got != "identity" {
			t.Errorf("asked for encoding %q, want the ZIP as it is", got)
		}
		if len(receipt.Entries) != 1 ||
			receipt.Entries[0] != (danabio.ReceiptEntry{Name: "audit.json", Size: 22,
				SHA256: digest([]byte(`{"result":"completed"}`))}) {
			t.Errorf("entries %+v", receipt.Entries)
		}
		if receipt.Headers["X-Request-Id"] != "req-77" || receipt.Headers["Set-Cookie"] != "" ||
			receipt.Headers["Content-Disposition"] != "" {
			t.Errorf("headers %v", receipt.Headers)
		}
		read, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
		if err != nil || fmt.Sprint(read) != fmt.Sprint(receipt) {
			t.Errorf("stored receipt %+v (%v), want %+v", read, err, receipt)
		}
	})
}

func TestDownloadIsTriedAgainWhenTheServiceIsUnavailable(t *testing.T) {
	for name, reply := range map[string]reply{
		"408": status(408, ""), "429": status(429, ""), "500": status(500, ""), "502": status(502, "<html>"),
		"503": status(503, ""), "504": status(504, ""),
		"connection closed": broken(hangUp), "no HTTP": broken(garbage),
	} {
		t.Run(name+" then success", func(t *testing.T) {
			inBubble(t, newScript(t).on(download, reply, reply, reply, zipReply(smallZIP(t))), func(b *bed) {
				if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
					t.Fatal(err)
				}
			})
		})
		want := danabio.ErrUnavailable
		if name == "no HTTP" { // not an outage
			want = danabio.ErrProtocol
		}
		t.Run(name+" for ever", func(t *testing.T) {
			path := target(t)
			inBubble(t, newScript(t).on(download, reply, reply, reply, reply), func(b *bed) {
				if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
				wantFiles(t, path)
			})
		})
	}
	t.Run("no headers for 60 s", func(t *testing.T) {
		silent := broken(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		inBubble(t, newScript(t).on(download, silent, zipReply(smallZIP(t))), func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
				t.Fatal(err)
			}
			if gap := b.gaps(download)[0]; gap < time.Minute || gap > time.Minute+250*time.Millisecond {
				t.Errorf("tried again after %v, want a little more than 1m0s", gap)
			}
		})
	})
}

func TestDelaysAreDrawnFromAGrowingInterval(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy danabio.RetryPolicy
		bounds []time.Duration
	}{
		{"by default", danabio.RetryPolicy{MaxAttempts: 10},
			[]time.Duration{250, 500, 1000, 2000, 4000, 8000, 16000, 20000, 20000}},
		{"as configured", danabio.RetryPolicy{MaxAttempts: 5, MinDelay: time.Millisecond,
			MaxDelay: 3 * time.Millisecond}, []time.Duration{1, 2, 3, 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			longest, shortest := make([]time.Duration, len(test.bounds)),
				slices.Repeat([]time.Duration{time.Hour}, len(test.bounds))
			for range 20 {
				s := newScript(t)
				for range test.policy.MaxAttempts {
					s.on(download, status(503, ""))
				}
				inBubble(t, s, func(b *bed) {
					if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, danabio.ErrUnavailable) {
						t.Fatal(err)
					}
					for i, gap := range b.gaps(download) {
						longest[i], shortest[i] = max(longest[i], gap), min(shortest[i], gap)
					}
				}, func(config *danabio.Config) { config.Retry = test.policy })
			}
			for i, bound := range test.bounds {
				// With twenty draws, the longest exceeds half the bound and the shortest stays
				// below it, except in two of a million cases.
				if bound *= time.Millisecond; longest[i] > bound || longest[i] < bound/2 {
					t.Errorf("the longest of delays %d is %v, want it close below %v", i+1, longest[i], bound)
				}
				if shortest[i] > bound/2 {
					t.Errorf("the shortest of delays %d is %v, want it close to 0", i+1, shortest[i])
				}
			}
		})
	}
}

func TestDownloadOfUnfinishedCircuit(t *testing.T) {
	path := target(t)
	inBubble(t, newScript(t).on(download, status(404, `{"message":"not completed"}`)), func(b *bed) {
		_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		var answer *danabio.APIError
		if !errors.Is(err, danabio.ErrNotReady) || !errors.As(err, &answer) || answer.Message != "not completed" ||
			answer.Circuit != circuit {
			t.Errorf("got %v, want ErrNotReady with the server's message", err)
		}
		wantFiles(t, path)
	})
}

func TestDownloadRefusedForItsTokenGetsOneNewToken(t *testing.T) {
	inBubble(t, newScript(t).on(download, status(401, ""), zipReply(smallZIP(t))), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
			t.Error(err)
		}
		if b.header(download, 1).Get("Authorization") != "Bearer opaque-token-2" {
			t.Error("the second request did not carry a new token")
		}
	})
	inBubble(t, newScript(t).on(download, status(401, ""), status(401, "")), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); !errors.Is(err,
			danabio.ErrUnauthorized) {
			t.Errorf("got %v, want ErrUnauthorized", err)
		}
	})
}

func TestDownloadRefusedIsFinal(t *testing.T) {
	for _, code := range []int{400, 403, 405, 410, 416} {
		inBubble(t, newScript(t).on(download, status(code, "channel is not active")), func(b *bed) {
			_, err := b.client.DownloadEvidence(b.Context(), circuit, target(t))
			var answer *danabio.APIError
			if !errors.As(err, &answer) || answer.StatusCode != code || answer.Message != "channel is not active" ||
				errors.Is(err, danabio.ErrNotReady) || errors.Is(err, danabio.ErrUnavailable) ||
				errors.Is(err, danabio.ErrUnauthorized) {
				t.Errorf("status %d: got %v, want a plain APIError", code, err)
			}
		})
	}
}

func TestOther2xxIsAProtocolError(t *testing.T) {
	for _, code := range []int{202, 204, 206} {
		inBubble(t, newScript(t).on(download, status(code, "")), func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); !errors.Is(err,
				danabio.ErrProtocol) {
				t.Errorf("status %d: got %v, want ErrProtocol", code, err)
			}
		})
	}
}

// cutAfter sends n bytes of the content and then breaks the connection.
func cutAfter(content []byte, n int) reply {
	return broken(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content[:n])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
}

func TestCutDownloadIsStartedOver(t *testing.T) {
	content := smallZIP(t)
	t.Run("as long as it comes further", func(t *testing.T) {
		s := newScript(t)
		for n := 10; n <= 100; n += 10 {
			s.on(download, cutAfter(content, n))
		}
		s.on(download, zipReply(content))
		path := target(t)
		inBubble(t, s, func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
				t.Error(err)
			}
			wantFiles(t, path, "evidence.zip", "evidence.zip.receipt.json")
		})
	})
	t.Run("after a delay", func(t *testing.T) {
		var longest time.Duration
		for range 20 {
			inBubble(t, newScript(t).on(download, cutAfter(content, 50), zipReply(content)), func(b *bed) {
				if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
					t.Error(err)
				}
				longest = max(longest, b.gaps(download)[0])
			})
		}
		if bound := 250 * time.Millisecond; longest > bound || longest < bound/2 {
			t.Errorf("the longest delay is %v, want it close below %v", longest, bound)
		}
	})
	t.Run("until three came no further", func(t *testing.T) {
		path := target(t)
		s := newScript(t).on(download, cutAfter(content, 50), cutAfter(content, 50), cutAfter(content, 60),
			cutAfter(content, 10), cutAfter(content, 60))
		inBubble(t, s, func(b *bed) {
			_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
			if !errors.Is(err, danabio.ErrTruncated) || !strings.Contains(err.Error(), "60 bytes") {
				t.Errorf("got %v, want ErrTruncated after 60 bytes", err)
			}
			wantFiles(t, path)
		})
	})
	t.Run("when no byte came for 30 s", func(t *testing.T) {
		stalled := broken(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			_, _ = w.Write(content[:50])
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		path := target(t)
		inBubble(t, newScript(t).on(download, stalled, zipReply(content)), func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
				t.Error(err)
			}
			if gap := b.gaps(download)[0]; gap < 30*time.Second || gap > 30*time.Second+250*time.Millisecond {
				t.Errorf("started over after %v, want a little more than 30s", gap)
			}
		})
	})
	t.Run("but not while single bytes come", func(t *testing.T) {
		trickle := broken(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			for i := range content {
				time.Sleep(29 * time.Second)
				_, _ = w.Write(content[i : i+1])
				_ = http.NewResponseController(w).Flush()
			}
		})
		inBubble(t, newScript(t).on(download, trickle), func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
				t.Error(err)
			}
		})
	})
}

// claim sends the content with headers that may be wrong.
func claim(content []byte, headers ...string) reply {
	return broken(func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		zipReply(content)(w, r)
	})
}

func TestUnacceptableEvidenceIsFetchedTwiceAndKeptAside(t *testing.T) {
	good := smallZIP(t)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	digestOf := func(content []byte) string {
		digest := sha256.Sum256(content)
		return base64.StdEncoding.EncodeToString(digest[:])
	}
	otherDigest := digestOf([]byte("other"))
	for name, test := range map[string]struct {
		content []byte
		headers []string
	}{
		"HTML":                  {[]byte("<html>welcome</html>"), nil},
		"JSON":                  {[]byte(`{"zip":"UEsDBA=="}`), nil},
		"empty":                 {nil, nil},
		"a flipped bit":         {flipped, nil},
		"bytes behind":          {append(bytes.Clone(good), "tail"...), nil},
		"bytes before":          {append([]byte("head"), good...), nil},
		"cut and said to be so": {good[:len(good)-5], nil},
		"wrong Content-Digest":  {good, []string{"Content-Digest", "sha-256=:" + otherDigest + ":"}},
		"wrong Repr-Digest":     {good, []string{"Repr-Digest", "md5=:x:, sha-256=:" + otherDigest + ":"}},
		"wrong Digest":          {good, []string{"Digest", "SHA-256=" + otherDigest}},
		"one wrong digest of two": {good, []string{"Content-Digest", "sha-256=:" + digestOf(good) + ":", "Digest",
			"SHA-256=" + otherDigest}},
		"encoding not asked for":   {good, []string{"Content-Encoding", "gzip"}},
		"encoding of another sort": {good, []string{"Content-Encoding", "br"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := target(t)
			bad := claim(test.content, test.headers...)
			inBubble(t, newScript(t).on(download, bad, bad), func(b *bed) {
				receipt, err := b.client.DownloadEvidence(b.Context(), circuit, path)
				if !errors.Is(err, danabio.ErrIntegrity) || receipt != nil {
					t.Fatalf("got %v %v, want ErrIntegrity", receipt, err)
				}
				var rejected *danabio.RejectedError
				if !errors.As(err, &rejected) || rejected.Kept != path+".rejected" ||
					!strings.Contains(err.Error(), "evidence.zip.rejected") || strings.Contains(err.Error(), ".part") {
					t.Errorf("%q does not say where it was kept", err)
				}
				wantFiles(t, path, "evidence.zip.rejected", "evidence.zip.rejected.json")
				kept, _ := os.ReadFile(path + ".rejected")
				if !bytes.Equal(kept, test.content) {
					t.Error("what was kept is not what came")
				}
				var why danabio.Rejected
				content, _ := os.ReadFile(path + ".rejected.json")
				if err := json.Unmarshal(content, &why); err != nil || why.Circuit != circuit || why.Reason == "" ||
					why.BaseURL != "http://localhost" || !strings.Contains(why.Library, danabio.Version) ||
					strings.Contains(string(content), ".part") {
					t.Errorf("reasons %s (%v)", content, err)
				}
			})
		})
	}
	t.Run("good at the second try", func(t *testing.T) {
		path := target(t)
		inBubble(t, newScript(t).on(download, claim(flipped), zipReply(good)), func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
				t.Error(err)
			}
			wantFiles(t, path, "evidence.zip", "evidence.zip.receipt.json")
		})
	})
	t.Run("an earlier one stays", func(t *testing.T) {
		path := target(t)
		if err := os.WriteFile(path+".rejected", []byte("earlier"), 0o600); err != nil {
			t.Fatal(err)
		}
		inBubble(t, newScript(t).on(download, claim(flipped), claim(flipped)), func(b *bed) {
			_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
			if !errors.Is(err, danabio.ErrIntegrity) {
				t.Errorf("got %v, want ErrIntegrity", err)
			}
			wantFiles(t, path, "evidence.zip.rejected", "evidence.zip.rejected-2", "evidence.zip.rejected-2.json")
		})
	})
	t.Run("earlier reasons stay", func(t *testing.T) {
		path := target(t)
		if err := os.WriteFile(path+".rejected.json", []byte("earlier"), 0o600); err != nil {
			t.Fatal(err)
		}
		inBubble(t, newScript(t).on(download, claim(flipped), claim(flipped)), func(b *bed) {
			_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
			if !errors.Is(err, danabio.ErrIntegrity) {
				t.Errorf("got %v, want ErrIntegrity", err)
			}
			wantFiles(t, path, "evidence.zip.rejected-2", "evidence.zip.rejected-2.json", "evidence.zip.rejected.json")
		})
	})
	t.Run("right digests are fine", func(t *testing.T) {
		sum := sha256.Sum256(good)
		encoded := base64.StdEncoding.EncodeToString(sum[:])
		reply := claim(good, "Content-Digest", "sha-256=:"+encoded+":", "Digest", "sha-256="+encoded,
			"Content-Encoding", "identity")
		inBubble(t, newScript(t).on(download, reply), func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestEvidenceOverTheLimitIsRefusedAtOnce(t *testing.T) {
	content := smallZIP(t)
	endless := broken(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(content); err != nil {
				return
			}
		}
	})
	announced := broken(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "101")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	for name, reply := range map[string]reply{"announced": zipReply(content),
		"announced, then nothing comes": announced, "endless": endless} {
		t.Run(name, func(t *testing.T) {
			path := target(t)
			inBubble(t, newScript(t).on(download, reply), func(b *bed) {
				began := time.Now()
				_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
				if !errors.Is(err, danabio.ErrIntegrity) || !strings.Contains(err.Error(), "100 bytes") ||
					time.Since(began) != 0 {
					t.Errorf("got %v after %v, want ErrIntegrity that says the limit, at once", err, time.Since(began))
				}
				wantFiles(t, path)
			}, func(config *danabio.Config) { config.EvidenceLimits = evidence.Limits{MaxFileSize: 100} })
		})
	}
	t.Run("at the second try, and not kept", func(t *testing.T) {
		path := target(t)
		inBubble(t, newScript(t).on(download, claim([]byte("<html>")), endless), func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); !errors.Is(err, danabio.ErrIntegrity) {
				t.Errorf("got %v, want ErrIntegrity", err)
			}
			wantFiles(t, path)
		}, func(config *danabio.Config) { config.EvidenceLimits = evidence.Limits{MaxFileSize: 100} })
	})
	t.Run("of just the limit is fine", func(t *testing.T) {
		inBubble(t, newScript(t).on(download, zipReply(content)), func(b *bed) {
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
				t.Error(err)
			}
		}, func(config *danabio.Config) {
			config.EvidenceLimits = evidence.Limits{MaxFileSize: int64(len(content))}
		})
	})
}

func TestTargetThatCannotBeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"taken.zip": "x", "orphan.zip.receipt.json": "{}"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct{ path, says string }{
		"file exists":                         {filepath.Join(folder, "taken.zip"), "taken.zip"},
		"folder":                              {folder, "not a regular file"},
		"folder with a slash":                 {folder + "/", "names no file"},
		"empty":                               {"", "names no file"},
		"folder does not exist":               {filepath.Join(folder, "none", "evidence.zip"), "does not exist"},
		"a file in the folder's place":        {filepath.Join(folder, "taken.zip", "evidence.zip"), "is not a folder"},
		"a file in the place of another":      {filepath.Join(folder, "taken.zip", "sub", "evidence.zip"), "taken.zip"},
		"a name without room for its receipt": {filepath.Join(folder, strings.Repeat("a", 240)+".zip"), "longer than"},
		"something in the receipt's place":    {filepath.Join(folder, "orphan.zip"), "orphan.zip.receipt.json"},
	}
	if testsystem.SymbolicLinks(t) {
		for link, to := range map[string]string{"link.zip": "taken.zip", "dangling.zip": "nowhere"} {
			path := filepath.Join(folder, link)
			if err := os.Symlink(to, path); err != nil {
				t.Fatal(err)
			}
			tests["symlink to "+to] = struct{ path, says string }{path, link}
		}
	}
	before := files(t, folder)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t), func(b *bed) {
				_, err := b.client.DownloadEvidence(b.Context(), circuit, test.path)
				if !errors.Is(err, danabio.ErrInvalidRequest) || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %v, want ErrInvalidRequest that says %q", err, test.says)
				}
				if b.dials.Load() != 0 {
					t.Errorf("%d connections were made", b.dials.Load())
				}
				wantFiles(t, filepath.Join(folder, "x"), before...)
			})
		})
	}
}

func TestBadIdentifiersAreRefusedBeforeAnythingIsSent(t *testing.T) {
	for _, id := range []string{"", " ", ".", "..", "https://sign.example.com/s/9f3kd81", "a\nb", "a\x00", "\xff",
		strings.Repeat("x", 600)} {
		inBubble(t, newScript(t), func(b *bed) {
			_, err := b.client.OpenEvidence(b.Context(), id)
			if !errors.Is(err, danabio.ErrInvalidRequest) || b.dials.Load() != 0 {
				t.Errorf("circuit %q: got %v and %d connections, want ErrInvalidRequest", id, err, b.dials.Load())
			}
			if strings.Contains(err.Error(), "9f3kd81") {
				t.Errorf("the link is printed: %v", err)
			}
		})
	}
}

func TestIdentifiersAreOneSegmentOfThePath(t *testing.T) {
	for _, id := range []string{"a/b", "../x", "a?b=c", "a#b", "50%", "%2e%2e", "ñandú", "a b", "a;b", "a:b", "a+b&c"} {
		paths := []string{}
		note := func(w http.ResponseWriter, r *http.Request) {
			paths = append(paths, r.URL.Path)
			status(404, "")(w, r)
		}
		inBubble(t, newScript(t).on(download, broken(note)), func(b *bed) {
			if _, err := b.client.OpenEvidence(b.Context(), id); !errors.Is(err, danabio.ErrNotReady) {
				t.Errorf("circuit %q: %v", id, err)
			}
			if want := "/api/v1/biometric/document_circuit/" + channel + "/circuit/" + id; len(paths) != 1 ||
				paths[0] != want {
				t.Errorf("circuit %q: asked for %q, want %q", id, paths, want)
			}
		})
	}
}

func TestDownloadIntoWhatIsAlreadyThere(t *testing.T) {
	content, path := smallZIP(t), target(t)
	inBubble(t, newScript(t).on(download, zipReply(content)), func(b *bed) {
		first, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if err != nil || fmt.Sprint(again) != fmt.Sprint(first) {
			t.Errorf("got %v, %v; want the first receipt", again, err)
		}
		if b.calls(download) != 1 {
			t.Errorf("%d requests, want 1", b.calls(download))
		}
		ended, cancel := context.WithCancel(b.Context())
		cancel()
		if _, err := b.client.DownloadEvidence(ended, circuit, path); !errors.Is(err, context.Canceled) {
			t.Errorf("ended context: got %v, want the cancellation", err)
		}
		if _, err := b.client.DownloadEvidence(b.Context(), "another", path); !errors.Is(err,
			danabio.ErrInvalidRequest) || !errors.Is(err, fs.ErrExist) {
			t.Errorf("another circuit: got %v, want ErrInvalidRequest and ErrExist", err)
		}
		flipped := bytes.Clone(content)
		flipped[len(flipped)/2] ^= 1
		for name, changed := range map[string][]byte{"longer": append(bytes.Clone(content), 0),
			"of the same size": flipped} {
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); !errors.Is(err,
				danabio.ErrInvalidRequest) || !strings.Contains(err.Error(), "changed") {
				t.Errorf("changed file, %s: got %v, want ErrInvalidRequest", name, err)
			}
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	inBubble(t, newScript(t), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); !errors.Is(err,
			danabio.ErrInvalidRequest) || !errors.Is(err, fs.ErrExist) {
			t.Errorf("another channel: got %v, want ErrInvalidRequest and ErrExist", err)
		}
	}, func(config *danabio.Config) { config.Channel = "another" })
}

// Two downloads of the same evidence into the same file both succeed, whichever is faster.
func TestSameEvidenceThatAppearsDuringTheDownloadIsKept(t *testing.T) {
	content, path := smallZIP(t), target(t)
	var faster *danabio.Receipt
	s := newScript(t)
	inBubble(t, s, func(b *bed) {
		s.on(download, func(w http.ResponseWriter, r *http.Request) {
			var err error
			if faster, err = b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Second)
			zipReply(content)(w, r)
		}, zipReply(content))
		receipt, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if err != nil || fmt.Sprint(receipt) != fmt.Sprint(faster) {
			t.Errorf("got %v, %v; want the receipt that is there", receipt, err)
		}
		if stored, err := danabio.ReadReceipt(danabio.ReceiptPath(path)); err != nil ||
			fmt.Sprint(stored) != fmt.Sprint(faster) {
			t.Errorf("stored receipt %v (%v), want that of the faster download", stored, err)
		}
		wantFiles(t, path, "evidence.zip", "evidence.zip.receipt.json")
	})
}

// However many downloads run into one file at once, the file holds the evidence of one circuit and
// lies beside its own receipt. All downloads of that circuit have succeeded.
func TestDownloadsIntoOneFileAtOnce(t *testing.T) {
	const writers = 24
	path := target(t)
	evidence := map[string][]byte{}
	for _, id := range []string{"circuit-a", "circuit-b"} {
		evidence[id] = zipOf(t, id)
	}
	s := newScript(t)
	for range writers {
		s.on(download, func(w http.ResponseWriter, r *http.Request) {
			zipReply(evidence[filepath.Base(r.URL.Path)])(w, r)
		})
	}
	inBubble(t, s, func(b *bed) {
		b.authenticate()
		var wait sync.WaitGroup
		var mu sync.Mutex
		succeeded := map[string]int{}
		for n := range writers {
			id := []string{"circuit-a", "circuit-b"}[n%2]
			wait.Go(func() {
				receipt, err := b.client.DownloadEvidence(b.Context(), id, path)
				switch {
				case err == nil && receipt.Circuit == id:
					mu.Lock()
					defer mu.Unlock()
					succeeded[id]++
				case !errors.Is(err, fs.ErrExist) || !errors.Is(err, danabio.ErrInvalidRequest):
					t.Errorf("got %v, %v; want success or ErrExist", receipt, err)
				}
			})
		}
		wait.Wait()
		receipt, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(stored, evidence[receipt.Circuit]) ||
			receipt.SHA256 != fmt.Sprintf("%x", sha256.Sum256(stored)) {
			t.Errorf("the file is not the evidence of %s, as its receipt says (%v)", receipt.Circuit, err)
		}
		if len(succeeded) != 1 || succeeded[receipt.Circuit] != writers/2 {
			t.Errorf("succeeded: %v, want all %d of %s", succeeded, writers/2, receipt.Circuit)
		}
		// A late download may have found the file and sent no request.
		s.mu.Lock()
		delete(s.replies, download)
		s.mu.Unlock()
		wantFiles(t, path, "evidence.zip", "evidence.zip.receipt.json")
	})
}

// DownloadEvidence writes to a file beside the target. The name of that file shows that it is
// partial, and nobody else may read it.
func TestEvidenceOnItsWayLiesInAPrivateFileBesideTheTarget(t *testing.T) {
	content, path := smallZIP(t), target(t)
	look := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content[:50])
		_ = http.NewResponseController(w).Flush()
		time.Sleep(time.Second)
		found, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".evidence.zip.*.part"))
		if names := files(t, filepath.Dir(path)); err != nil || len(found) != 1 || len(names) != 1 {
			t.Errorf("files %q, want .evidence.zip.*.part alone", names)
		} else if info, err := os.Stat(found[0]); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("mode %v (%v), want 0600", info.Mode(), err)
		}
		_, _ = w.Write(content[50:])
	}
	inBubble(t, newScript(t).on(download, look), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
			t.Error(err)
		}
	})
}

// DownloadEvidence puts the ZIP in place only after its receipt.
func TestDownloadWhoseReceiptCannotBeStoredLeavesNothing(t *testing.T) {
	content, path := smallZIP(t), target(t)
	blocked := func(w http.ResponseWriter, r *http.Request) {
		if err := os.MkdirAll(filepath.Join(danabio.ReceiptPath(path), "full"), 0o700); err != nil {
			t.Error(err)
		}
		zipReply(content)(w, r)
	}
	inBubble(t, newScript(t).on(download, blocked), func(b *bed) {
		var system *fs.PathError
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); !errors.As(err, &system) {
			t.Errorf("got %v, want the system's error", err)
		}
		wantFiles(t, path, "evidence.zip.receipt.json")
	})
}

func TestReceiptOfAnotherCircuitStays(t *testing.T) {
	path := target(t)
	inBubble(t, newScript(t).on(download, zipReply(smallZIP(t))), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if _, err := b.client.DownloadEvidence(b.Context(), "another", path); !errors.Is(err,
			danabio.ErrInvalidRequest) {
			t.Errorf("got %v, want ErrInvalidRequest", err)
		}
		if receipt, err := danabio.ReadReceipt(danabio.ReceiptPath(path)); err != nil || receipt.Circuit != circuit {
			t.Errorf("the receipt is %+v (%v)", receipt, err)
		}
	})
}

func TestSizeWithoutLimitIsFine(t *testing.T) {
	inBubble(t, newScript(t).on(download, zipReply(smallZIP(t))), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
			t.Error(err)
		}
	}, func(config *danabio.Config) { config.EvidenceLimits = evidence.Limits{MaxFileSize: math.MaxInt64} })
}

// DownloadEvidence keeps aside a ZIP that programs read in different ways, unless the caller
// accepts its code.
func TestAcceptedCodesHoldForDownloads(t *testing.T) {
	var content bytes.Buffer
	w := zip.NewWriter(&content)
	file, err := w.Create(`documents\contract.txt`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("contract")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	reply := zipReply(content.Bytes())
	inBubble(t, newScript(t).on(download, reply, reply), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); !errors.As(err,
			new(*danabio.RejectedError)) {
			t.Errorf("got %v, want a RejectedError", err)
		}
	})
	path := target(t)
	inBubble(t, newScript(t).on(download, reply), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
			t.Error(err)
		}
	}, func(config *danabio.Config) {
		config.EvidencePolicy = evidence.Policy{Accept: []evidence.Code{evidence.CodeNameBackslash}}
	})
	if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, content.Bytes()) {
		t.Errorf("the file has %d bytes, want the %d that came (%v)", len(kept), content.Len(), err)
	}
}

func TestHugeDelaysDoNotOverflow(t *testing.T) {
	s := newScript(t)
	for range 70 {
		s.on(download, status(503, ""))
	}
	inBubble(t, s, func(b *bed) {
		if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, danabio.ErrUnavailable) {
			t.Error(err)
		}
		for i, gap := range b.gaps(download) {
			if gap > time.Hour {
				t.Errorf("delay %d is %v", i+1, gap)
			}
		}
	}, func(config *danabio.Config) {
		config.Retry = danabio.RetryPolicy{MaxAttempts: 70, MinDelay: 10 * time.Second, MaxDelay: time.Hour}
	})
	inBubble(t, newScript(t).on(download, status(503, "", "Retry-After", "99999999999999999999")), func(b *bed) {
		ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
		defer cancel()
		began := time.Now()
		if _, err := b.client.OpenEvidence(ctx, circuit); !errors.Is(err, context.DeadlineExceeded) ||
			time.Since(began) != time.Hour {
			t.Errorf("got %v after %v, want the deadline after 1h", err, time.Since(began))
		}
	}, func(config *danabio.Config) {
		config.Retry = danabio.RetryPolicy{MaxDelay: math.MaxInt64, MaxRetryAfter: math.MaxInt64}
	})
}

func TestReceiptLeftByACrashIsReplaced(t *testing.T) {
	content, path := smallZIP(t), target(t)
	inBubble(t, newScript(t).on(download, zipReply(content), zipReply(content)), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		receipt, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if err != nil {
			t.Fatal(err)
		}
		if stored, err := danabio.ReadReceipt(danabio.ReceiptPath(path)); err != nil ||
			!stored.RequestedAt.Equal(receipt.RequestedAt) {
			t.Errorf("stored receipt %v (%v), want the new one", stored, err)
		}
	})
}

func TestFileThatAppearsDuringTheDownloadStays(t *testing.T) {
	content, path := smallZIP(t), target(t)
	meanwhile := func(w http.ResponseWriter, r *http.Request) {
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Error(err)
		}
		zipReply(content)(w, r)
	}
	inBubble(t, newScript(t).on(download, meanwhile), func(b *bed) {
		_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if !errors.Is(err, fs.ErrExist) {
			t.Errorf("got %v, want ErrExist", err)
		}
		if stored, _ := os.ReadFile(path); string(stored) != "mine" {
			t.Errorf("the file holds %q", stored)
		}
		wantFiles(t, path, "evidence.zip")
	})
}

func TestContextEndsADownload(t *testing.T) {
	content, path := smallZIP(t), target(t)
	half := broken(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content[:50])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	inBubble(t, newScript(t).on(download, half), func(b *bed) {
		ctx, cancel := context.WithTimeout(b.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		_, err := b.client.DownloadEvidence(ctx, circuit, path)
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, danabio.ErrTruncated) ||
			time.Since(began) != 5*time.Second {
			t.Errorf("got %v after %v, want the deadline after 5s", err, time.Since(began))
		}
		wantFiles(t, path)
	})
}

// If the context ends with the last byte, the download ends before the evidence is stored.
func TestContextEndsADownloadThatIsBeingChecked(t *testing.T) {
	path := target(t)
	ctx, cancel := context.WithCancel(t.Context())
	inBubble(t, newScript(t).on(download, zipReply(smallZIP(t))), func(b *bed) {
		if _, err := b.client.DownloadEvidence(ctx, circuit, path); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the cancellation", err)
		}
		wantFiles(t, path)
	}, func(config *danabio.Config) {
		next := config.HTTPClient.Transport
		config.HTTPClient.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && operationOf(r) == download {
				resp.Body = &endingBody{resp.Body, cancel}
			}
			return resp, err
		})
	})
}

// endingBody calls end at the end of the body.
type endingBody struct {
	io.ReadCloser
	end func()
}

func (b *endingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.end()
	}
	return n, err
}

// The stored file must have the received bytes, even if other bytes would be acceptable too: the
// receipt describes the server's bytes.
func TestEvidenceThatChangesOnTheDiskIsNotStored(t *testing.T) {
	path := target(t)
	inBubble(t, newScript(t).on(download, zipReply(smallZIP(t))), func(b *bed) {
		_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if err == nil || errors.Is(err, danabio.ErrIntegrity) ||
			!strings.Contains(err.Error(), "is not what was received") {
			t.Errorf("got %v, want an error that blames this machine", err)
		}
		wantFiles(t, path)
	}, func(config *danabio.Config) {
		next := config.HTTPClient.Transport
		config.HTTPClient.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && operationOf(r) == download {
				resp.Body = struct {
					io.Reader
					io.Closer
				}{io.MultiReader(resp.Body, &endingBody{io.NopCloser(strings.NewReader("")),
					func() { changeTime(t, filepath.Dir(path)) }}), resp.Body}
			}
			return resp, err
		})
	})
}

// changeTime changes the time in the first header of the ZIP that is being downloaded into the
// folder. Any time is valid.
func changeTime(t *testing.T, folder string) {
	parts, err := filepath.Glob(filepath.Join(folder, ".*.part"))
	if err != nil || len(parts) != 1 {
		t.Fatalf("parts %q (%v), want one", parts, err)
	}
	file, err := os.OpenFile(parts[0], os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	low := make([]byte, 1)
	if _, err := file.ReadAt(low, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte{low[0] ^ 1}, 10); err != nil {
		t.Fatal(err)
	}
}

func TestContextEndsTheWaitForTheNextTry(t *testing.T) {
	content := smallZIP(t)
	authenticate := func(ctx context.Context, b *bed, _ string) error {
		_, err := b.client.Authenticate(ctx)
		return err
	}
	fetch := func(ctx context.Context, b *bed, path string) error {
		_, err := b.client.DownloadEvidence(ctx, circuit, path)
		return err
	}
	for name, test := range map[string]struct {
		operation string
		reply     reply
		call      func(context.Context, *bed, string) error
	}{
		"of a token":                      {token, status(503, ""), authenticate},
		"of a download":                   {download, status(503, ""), fetch},
		"of a download that was cut":      {download, cutAfter(content, 50), fetch},
		"of a download that is not a ZIP": {download, claim([]byte("<html>")), fetch},
	} {
		t.Run(name, func(t *testing.T) {
			path := target(t)
			inBubble(t, newScript(t).on(test.operation, test.reply), func(b *bed) {
				ctx, cancel := context.WithTimeout(b.Context(), time.Millisecond)
				defer cancel()
				began := time.Now()
				if err := test.call(ctx, b, path); !errors.Is(err, context.DeadlineExceeded) ||
					time.Since(began) != time.Millisecond {
					t.Errorf("got %v after %v, want the deadline after 1ms", err, time.Since(began))
				}
				wantFiles(t, path)
			}, func(config *danabio.Config) {
				// The client draws the delay evenly from a month.
				config.Retry = danabio.RetryPolicy{MinDelay: 30 * 24 * time.Hour, MaxDelay: 30 * 24 * time.Hour}
			})
		})
	}
}

func TestFolderThatVanishesDuringTheDownload(t *testing.T) {
	path := target(t)
	gone := func(w http.ResponseWriter, r *http.Request) {
		if err := os.Remove(filepath.Dir(path)); err != nil {
			t.Error(err)
		}
		zipReply(smallZIP(t))(w, r)
	}
	inBubble(t, newScript(t).on(download, gone), func(b *bed) {
		_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "evidence.zip") ||
			strings.Contains(err.Error(), ".part") {
			t.Errorf("got %v, want the system's error about the target", err)
		}
	})
}

func TestOpenEvidence(t *testing.T) {
	content := smallZIP(t)
	read := func(b *bed) ([]byte, error) {
		stream, err := b.client.OpenEvidence(b.Context(), circuit)
		if err != nil {
			return nil, err
		}
		defer stream.Close()
		return io.ReadAll(stream)
	}
	inBubble(t, newScript(t).on(download, zipReply(content)), func(b *bed) {
		if got, err := read(b); err != nil || !bytes.Equal(got, content) {
			t.Errorf("got %d bytes and %v, want %d", len(got), err, len(content))
		}
	})
	inBubble(t, newScript(t).on(download, cutAfter(content, 50)), func(b *bed) {
		if got, err := read(b); !errors.Is(err, danabio.ErrTruncated) || !bytes.Equal(got, content[:50]) {
			t.Errorf("cut: got %d bytes and %v, want 50 and ErrTruncated", len(got), err)
		}
	})
	other := sha256.Sum256([]byte("other"))
	inBubble(t, newScript(t).on(download,
		claim(content, "Digest", "sha-256="+base64.StdEncoding.EncodeToString(other[:]))), func(b *bed) {
		if _, err := read(b); !errors.Is(err, danabio.ErrIntegrity) {
			t.Errorf("wrong digest: got %v, want ErrIntegrity", err)
		}
	})
	inBubble(t, newScript(t).on(download, claim([]byte("<html>"))), func(b *bed) {
		if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, danabio.ErrIntegrity) {
			t.Errorf("HTML: got %v, want ErrIntegrity when it is opened", err)
		}
	})
	inBubble(t, newScript(t).on(download, claim(content, "Content-Encoding", "gzip")), func(b *bed) {
		if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, danabio.ErrIntegrity) {
			t.Errorf("Content-Encoding: got %v, want ErrIntegrity", err)
		}
	})
}
