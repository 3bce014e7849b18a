//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
)

// TestFaultsBetweenCareenAndTheServer watches a namespace in which something is wrong
// through a proxy that does harm. What was found stays found, what comes about meanwhile
// is found after it, and nobody presses a key.
func TestFaultsBetweenCareenAndTheServer(t *testing.T) {
	shared.Cluster(t)
	for name, test := range map[string]func(t *testing.T, f *faulted){
		"the history of watches is compacted": historyCompacted,
		"watches are dropped":                 watchesDropped,
		"a stream whose bookmark never comes": bookmarkNeverComes,
		"answers are cut short":               answersCutShort,
		"answers take their time":             answersDelayed,
		"too many requests":                   tooMany,
		"credentials expire":                  credentialsExpire,
		"rights are withdrawn and given back": rightsWithdrawn,
		"the server's clock is an hour ahead": clockAhead,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ns := "fault-" + strings.ReplaceAll(name[:10], " ", "-") + fmt.Sprint(len(name))
			ns = strings.NewReplacer("'", "", "--", "-").Replace(ns)
			shared.Namespace(t, ns)
			withoutAccount(t, &shared.Plane, ns, "web")
			test(t, &faulted{T: t, ns: ns, middle: between(t, &shared.Plane, "")})
		})
	}
}

// faulted is one such namespace.
type faulted struct {
	*testing.T
	*middle
	ns string
}

// look opens the interface on the namespace.
func (f *faulted) look(args ...string) *driver {
	f.Helper()
	return open(f.T, command(f.kubeconfig, append(append([]string{"--read-only", "-n", f.ns}, quick...), args...)...), 160, 45)
}

// stands waits until the finding is on the screen and everything is live.
func (f *faulted) stands(ui *driver) *driver {
	f.Helper()
	return ui.Until("the finding, and all of it live", func(s string) bool {
		return contains(s, f.ns+"/web") && contains(s, " live") && !contains(s, "stale", "syncing")
	})
}

// another plants a second one, and waits until it is found.
func (f *faulted) another(ui *driver) {
	f.Helper()
	withoutAccount(f.T, &shared.Plane, f.ns, "worker")
	ui.See("says the same: worker")
	if !ui.Shows(f.ns + "/web") {
		f.Errorf("the first finding is gone:\n%s", ui.term.Text())
	}
}

func refuseAll(w http.ResponseWriter, _ connect.Target) bool {
	panic(http.ErrAbortHandler)
}

// historyCompacted answers watches with 410 Gone, so that everything has to be listed
// again.
func historyCompacted(t *testing.T, f *faulted) {
	ui := f.stands(f.look())
	lists := f.times("list deployments")
	var once sync.Map
	f.does(func(w http.ResponseWriter, target connect.Target) bool {
		if target.Verb != "watch" {
			return false
		}
		if _, done := once.LoadOrStore(target.Resource, true); done {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410,"message":"too old resource version"}}`+"\n")
		return true
	}, nil)
	f.drop()
	f.another(ui)
	f.stands(ui).Quit()
	if n := f.times("list deployments"); n == lists {
		t.Errorf("deployments were not listed again: %d lists", n)
	}
}

// watchesDropped breaks every connection for a while.
func watchesDropped(t *testing.T, f *faulted) {
	ui := f.stands(f.look())
	f.does(refuseAll, nil)
	f.drop()
	ui.See("stale", f.ns+"/web")
	withoutAccount(t, &shared.Plane, f.ns, "worker")
	f.does(nil, nil)
	ui.See("says the same: worker")
	f.stands(ui).Quit()
}

// bookmarkNeverComes takes the end from the streams by which kinds without a Go type are
// read.
func bookmarkNeverComes(t *testing.T, f *faulted) {
	f.does(nil, func(target connect.Target, body io.ReadCloser) io.ReadCloser {
		if target.Verb != "watch" {
			return body
		}
		read, write := io.Pipe()
		go func() {
			lines := bufio.NewScanner(body)
			lines.Buffer(nil, 8<<20)
			for lines.Scan() {
				if strings.Contains(lines.Text(), metav1.InitialEventsAnnotationKey) {
					continue
				}
				if _, err := write.Write(append(lines.Bytes(), '\n')); err != nil {
					break
				}
			}
			_ = write.CloseWithError(lines.Err())
		}()
		return &replaced{read, body}
	})
	ui := f.look().See(f.ns + "/web") // what needs none of them is found before
	f.stands(ui)
	f.another(ui)
	ui.Quit()
	if f.times("list apiservices") == 0 {
		t.Error("nothing was listed in the place of a stream")
	}
}

// answersCutShort ends the first list of each kind in its middle.
func answersCutShort(t *testing.T, f *faulted) {
	var cut sync.Map
	f.does(nil, func(target connect.Target, body io.ReadCloser) io.ReadCloser {
		if _, done := cut.LoadOrStore(target.Resource, true); target.Verb != "list" || done {
			return body
		}
		return &replaced{io.MultiReader(io.LimitReader(body, 40), broken{}), body}
	})
	ui := f.stands(f.look())
	f.another(ui)
	ui.Quit()
}

// broken is the end of a connection that broke.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// answersDelayed has every answer wait for a second.
func answersDelayed(t *testing.T, f *faulted) {
	f.does(func(http.ResponseWriter, connect.Target) bool {
		<-time.After(time.Second)
		return false
	}, nil)
	ui := f.stands(f.look())
	f.another(ui)
	ui.Quit()
}

// tooMany answers the first requests for each kind with 429 and 503.
func tooMany(t *testing.T, f *faulted) {
	var mu sync.Mutex
	asked := map[string]int{}
	f.does(func(w http.ResponseWriter, target connect.Target) bool {
		mu.Lock()
		defer mu.Unlock()
		asked[target.What()]++
		switch asked[target.What()] {
		case 1:
			w.Header().Set("Retry-After", "1")
			apitest.Status(w, http.StatusTooManyRequests, "TooManyRequests", "the server has received too many requests")
		case 2:
			apitest.Status(w, http.StatusServiceUnavailable, "ServiceUnavailable", "the server is currently unable to handle the request")
		default:
			return false
		}
		return true
	}, nil)
	ui := f.stands(f.look())
	f.another(ui)
	ui.Quit()
	if n := f.times("list deployments") + f.times("watch deployments"); n > 8 {
		t.Errorf("deployments were asked for %d times", n)
	}
}

// credentialsExpire answers 401 for a while.
func credentialsExpire(t *testing.T, f *faulted) {
	ui := f.stands(f.look())
	f.does(func(w http.ResponseWriter, _ connect.Target) bool {
		apitest.Status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
		return true
	}, nil)
	f.drop()
	ui.See("credentials", f.ns+"/web")
	withoutAccount(t, &shared.Plane, f.ns, "worker")
	f.does(nil, nil)
	ui.See("says the same: worker")
	f.stands(ui).Quit()
}

// rightsWithdrawn looks as somebody who has rights in the namespace, loses them while the
// watches end as they do from time to time, and gets them back.
func rightsWithdrawn(t *testing.T, f *faulted) {
	give := func() {
		t.Helper()
		_, err := shared.Client(t).RbacV1().RoleBindings(f.ns).Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "harbourmaster"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "admin"},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "harbourmaster"}},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
	}
	give()
	ui := f.look("--context=demo-harbourmaster").See(f.ns + "/web")
	if err := shared.Client(t).RbacV1().RoleBindings(f.ns).Delete(t.Context(), "harbourmaster", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	ends := time.Now()
	await(t, within(t, time.Minute), "the right to be gone", func() bool {
		if time.Now().After(ends) { // once the server has heard of it
			f.drop()
			ends = ends.Add(5 * time.Second)
		}
		return ui.Shows("unknown") && !ui.Shows(f.ns+"/web")
	})
	asked := f.times("list deployments")
	give()
	ui.See(f.ns + "/web")
	if n := f.times("list deployments") - asked; n > 6 {
		t.Errorf("deployments were listed %d times until the right was back", n)
	}
	ui.Quit()
}

// clockAhead dates everything an hour later than careen's own clock does: what became
// wrong a moment ago is not an hour old for it.
func clockAhead(t *testing.T, f *faulted) {
	f.mu.Lock()
	f.header = func(h http.Header) {
		if at, err := http.ParseTime(h.Get("Date")); err == nil {
			h.Set("Date", at.Add(time.Hour).UTC().Format(http.TimeFormat))
		}
	}
	f.mu.Unlock()
	ui := f.stands(f.look())
	f.another(ui)
	ui.Quit()
}
