package command

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
)

// readyWorld is a cluster whose one Deployment is ready, while its log says that its
// database does not answer.
func readyWorld(t *testing.T) *apitest.Server {
	t.Helper()
	world := apitest.New(t)
	world.Log = "2026-01-02T15:00:00Z starting\n2026-01-02T15:01:00Z FATAL password=" + sentinel + " \x1b[2Jconnection to server at \"ledger\", port 5432 failed: Connection refused\n2026-01-02T15:02:00Z ok\n"
	for _, manifest := range strings.Split(readyManifests, "\n---\n") {
		world.Put(t, manifest)
	}
	t.Setenv("KUBECONFIG", world.Kubeconfig(t, "test"))
	return world
}

const readyManifests = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: d1, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "web:1"}]}}}
status: {replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-1, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "web:1"}]}}}
status: {replicas: 1, readyReplicas: 1}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1-a, namespace: shop, labels: {app: web}, creationTimestamp: "2026-01-01T00:00:00Z", ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true}]}
spec: {containers: [{name: app, image: "web:1"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True"}]
  containerStatuses: [{name: app, ready: true, restartCount: 0, image: i, imageID: i, state: {running: {startedAt: "2026-01-01T00:00:00Z"}}}]`

func TestANoteAboutAnObjectTellsWhatTheLogsOfItsReadyPodsSay(t *testing.T) {
	s := newShell(t)
	readyWorld(t)
	if code := s.run("audit"); code != codeOK || strings.Contains(s.out.String(), "ledger") {
		t.Errorf("an audit: exit code %d\n%s%s", code, s.out.String(), s.err.String())
	}
	for _, word := range []string{"deploy/web", "deployment/web", "pod/web-1-a"} {
		if code := s.run("note", word, "-n", "shop"); code != codeOK {
			t.Errorf("%s: exit code %d: %s", word, code, s.err.String())
		}
		out := s.out.String()
		for _, want := range []string{
			"No finding touches it.", "The logs of 1 pod.", "proves nothing", "`web-1-a` `app` at 2026-01-02 15:01:00Z (",
			"ledger:5432 refuses the connection: there is no Service ledger in namespace shop", "## What changed lately",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: the note lacks %q:\n%s", word, want, out)
			}
		}
		if strings.Contains(out, sentinel) || strings.Contains(out, "\x1b") || strings.Contains(out, "careen fix") {
			t.Errorf("%s: it is not harmless:\n%s", word, out)
		}
	}
	if code := s.run("note", "secret/nosuch", "-n", "shop"); code != codeUsage || !strings.Contains(s.err.String(), "there is no Secret nosuch") {
		t.Errorf("exit code %d: %s", code, s.err.String())
	}
}

func TestANoteAboutAnObjectSaysWhichLogsAreNotKnown(t *testing.T) {
	s := newShell(t)
	world := readyWorld(t)
	logs := 0
	world.Refuse = func(w http.ResponseWriter, target connect.Target) bool {
		if target.Subresource != "log" {
			return false
		}
		logs++
		apitest.Status(w, http.StatusForbidden, "Forbidden", `pods "web-1-a" is forbidden: User "tester" cannot get resource "pods/log"`)
		return true
	}
	if code := s.run("note", "deploy/web"); code != codePartial || !strings.Contains(s.out.String(), "`web-1-a` `app`: not known: ") || !strings.Contains(s.err.String(), "pods/log") || logs != 1 {
		t.Errorf("exit code %d after %d requests\n%s%s", code, logs, s.out.String(), s.err.String())
	}
	file := filepath.Join(s.home, "snapshot")
	if code := s.run("snapshot", "-o", file); code != codeOK {
		t.Fatalf("exit code %d: %s", code, s.err.String())
	}
	if code := s.run("note", "deploy/web", "--from", file); code != codeOK || !strings.Contains(s.out.String(), "not known: the snapshot does not hold its log") || !strings.Contains(s.out.String(), "SNAPSHOT") {
		t.Errorf("of a file: exit code %d\n%s%s", code, s.out.String(), s.err.String())
	}
}

func TestIdsAndObjectsAreToldApart(t *testing.T) {
	for word, object := range map[string]bool{
		"deploy/web": true, "clusterrole/system:node": true, "release-stuck:review/Release/app": false, "volume-released:/PersistentVolume/pv-1": false, "nosuch": false, "": false,
	} {
		if namesObject(word) != object {
			t.Errorf("%q", word)
		}
	}
	s := newShell(t)
	readyWorld(t)
	if s.run("__complete", "note", "deployment/w"); !strings.Contains(s.out.String(), "deployment/web\n") {
		t.Error(s.out.String())
	}
}

func TestMCPTellsWhatTheLogsOfAnObjectSay(t *testing.T) {
	readyWorld(t)
	c := serveOn(t, t.Context()).client()
	var got struct {
		State     string
		WhichLogs string
		Logs      []struct {
			Container, Says, Line string
			Known                 bool
		}
	}
	text, failed := call(t, c, "object", map[string]any{"object": "deployment/web"}, &got)
	if failed || strings.Contains(text, sentinel) || got.State != "1/1 ready" || got.WhichLogs != "of 1 pod" || len(got.Logs) != 1 || !got.Logs[0].Known ||
		!strings.HasPrefix(got.Logs[0].Says, "ledger:5432 refuses the connection") || !strings.Contains(got.Logs[0].Line, "Connection refused") {
		t.Errorf("%s", text)
	}
	if text, failed := call(t, c, "object", map[string]any{"object": "deployment/nosuch"}, nil); !failed || !slices.Contains(strings.Fields(text), "nosuch") {
		t.Errorf("%s", text)
	}
}
