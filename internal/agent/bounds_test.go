package agent

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/openreports"
)

// TestAReportHasAnEnd has a namespace with more findings than an object can hold: what is
// written stays below a megabyte, and says how many were left out.
func TestAReportHasAnEnd(t *testing.T) {
	const many = 6000
	w := newWorld(t, "shop")
	w.install(openreports.OpenReports)
	for i := range many {
		w.Add(t, map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": fmt.Sprintf("bad-%s-%04d", strings.Repeat("x", 200), i), "namespace": "shop"}})
	}
	a := w.start(Auto)
	var object map[string]any
	w.until("a report", func() (bool, string) {
		object = w.Objects(reports, group)["shop/careen"]
		return object != nil, ""
	})
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 1<<20 || len(raw) < 200<<10 {
		t.Errorf("it has %d bytes", len(raw))
	}
	if !strings.Contains(string(raw), "left out: an object has an end") || !strings.Contains(string(raw), `"rule":"left-out"`) {
		t.Errorf("it does not say that more was found: %s", raw[len(raw)-500:])
	}
	if err := a.end(); err != nil {
		t.Error(err)
	}
}

// TestANamespaceThatEndsWhileItsReportIsWritten answers as a server does that is about to
// delete the namespace, and deletes it: nothing is said to have failed, and nothing is
// tried for ever.
func TestANamespaceThatEndsWhileItsReportIsWritten(t *testing.T) {
	w := newWorld(t, "shop", "ending")
	w.install(openreports.OpenReports)
	w.configMap("shop", "bad")
	tried := make(chan struct{}, 100)
	w.Refuse = func(rw http.ResponseWriter, to connect.Target) bool {
		if to.Verb != "create" || to.Resource != reports || to.Namespace != "ending" {
			return false
		}
		tried <- struct{}{}
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusNotFound)
		_, _ = rw.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"namespaces \"ending\" not found","details":{"name":"ending","kind":"namespaces"}}`))
		return true
	}
	a := w.start(OpenReports)
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad"})
	w.watching(1)
	w.configMap("ending", "bad")
	<-tried
	w.removeConfigMap("ending", "bad")
	w.configMap("shop", "bad-2")
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad config-bad:shop/ConfigMap/bad-2"})
	if strings.Contains(w.log.String(), "ending/careen") {
		t.Errorf("a namespace that is gone is a failure:\n%s", w.log.String())
	}
	if err := a.end(); err != nil {
		t.Error(err)
	}
}
