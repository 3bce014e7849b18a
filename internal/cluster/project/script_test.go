package project

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/model"
)

func TestScriptsWithoutAnEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		words []string
		want  bool
	}{
		"a loop":              {[]string{"/bin/sh", "-c", "while true; do sleep 10; done"}, true},
		"over lines":          {[]string{"bash", "-xc", "echo a\nwhile :\ndo\n  sleep 1\ndone"}, true},
		"until false":         {[]string{"sh", "-c", "until false; do date; done"}, true},
		"it is left":          {[]string{"sh", "-c", "while true; do test -f /x && break; sleep 1; done"}, false},
		"it exits":            {[]string{"sh", "-c", "while true; do curl a && exit 0; done"}, false},
		"in the background":   {[]string{"sh", "-c", "while true; do date; done & run"}, false},
		"with a condition":    {[]string{"sh", "-c", "until nslookup db; do sleep 1; done"}, false},
		"-e ends it":          {[]string{"sh", "-ec", "while true; do work; done"}, false},
		"set -e ends it":      {[]string{"sh", "-c", "set -e; while true; do work; done"}, false},
		"a comment":           {[]string{"sh", "-c", "echo a # while true; do x; done"}, false},
		"exit in a comment":   {[]string{"sh", "-c", "while true; do # never exit\nsleep 1; done"}, true},
		"no shell":            {[]string{"python", "-c", "while true; do x; done"}, false},
		"a file":              {[]string{"sh", "/run.sh", "-c", "while true; do x; done"}, false},
		"nothing":             {nil, false},
		"a shell, no script":  {[]string{"sh", "-c"}, false},
		"an exec at the end":  {[]string{"sh", "-c", "while true; do x; done; exec app"}, false},
		"a file, by a switch": {[]string{"bash", "--norc", "/run.sh"}, false},
	} {
		c := projected(t, corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Command: tt.words}}})
		if c.Endless != tt.want {
			t.Errorf("%s: got %v", name, c.Endless)
		}
	}
}

func TestVariablesThatNothingSets(t *testing.T) {
	env := []corev1.EnvVar{
		{Name: "URL", Value: "http://$(HOST):$(PORT)/$$(PATH)"},
		{Name: "HOST", Value: "ledger"},
		{Name: "AGAIN", Value: "$(HOST)"},
		{Name: "LINK", Value: "$(LEDGER_SERVICE_HOST):$(LEDGER_SERVICE_PORT) $(LEDGER_PORT_80_TCP_ADDR)"},
		{Name: "SHELL", Value: "$(hostname)"},
		{Name: "PATH", Value: "$(PATH):/opt"},
	}
	c := projected(t, corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Env: env}}})
	if want := []model.Unset{{Index: 0, Name: "HOST"}, {Index: 0, Name: "PORT"}}; !reflect.DeepEqual(c.Unset, want) {
		t.Errorf("got %v, want %v", c.Unset, want)
	}
	from := []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{}}}
	if c := projected(t, corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Env: env, EnvFrom: from}}}); c.Unset != nil {
		t.Errorf("beside envFrom: %v", c.Unset)
	}
}

func TestPortsForConnections(t *testing.T) {
	for value, want := range map[string][2]int32{"32000 32003": {32000, 32003}, "32768\t60999": {32768, 60999}, "x": {}, "9 1": {}, "0 3": {}} {
		s := &corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{Sysctls: []corev1.Sysctl{{Name: "net.core.somaxconn", Value: "1"}, {Name: "net.ipv4.ip_local_port_range", Value: value}}}}
		if first, last := ownPorts(s); first != want[0] || last != want[1] {
			t.Errorf("%q: got %d to %d, want %d", value, first, last, want)
		}
	}
	if first, last := ownPorts(&corev1.PodSpec{}); first != 0 || last != 0 {
		t.Errorf("without any: %d to %d", first, last)
	}
}

func TestCallsOfKubectl(t *testing.T) {
	sh := func(text string) []string { return []string{"/bin/sh", "-c", text} }
	for name, tt := range map[string]struct {
		words []string
		want  []model.Call
	}{
		"a list":              {sh("while true; do\n if kubectl get pods -n shop; then echo ok; fi; sleep 1; done"), []model.Call{{Verb: "list", Resource: "pods", Namespace: "shop"}}},
		"by name, by a group": {sh("kubectl delete deploy/web --namespace=shop && kubectl get cm app -o yaml"), []model.Call{{Verb: "delete", Resource: "deployments", Group: "apps", Namespace: "shop"}, {Verb: "get", Resource: "configmaps", Namespace: "shop"}}},
		"everywhere":          {sh("kubectl get svc -A; kubectl get nodes -o wide"), []model.Call{{Verb: "list", Resource: "services"}, {Verb: "list", Resource: "nodes"}}},
		"without a shell":     {[]string{"kubectl", "patch", "sts", "db", "-p", "{}"}, []model.Call{{Verb: "patch", Resource: "statefulsets", Group: "apps", Namespace: "shop"}}},
		"made up for":         {sh("kubectl get pods || true"), nil},
		"a namespace unknown": {sh("kubectl get pods -n $NS"), nil},
		"another cluster":     {sh("kubectl --context far get pods"), nil},
		"from a file":         {sh("kubectl get -f x.yaml pods"), nil},
		"other commands":      {sh("kubectl apply -f x; kubectl version; echo kubectl get pods; kubectl get widgets"), nil},
		"a pipe":              {sh("kubectl get pods 2>/dev/null | wc -l"), []model.Call{{Verb: "list", Resource: "pods", Namespace: "shop"}}},
		"no shell":            {[]string{"tool", "kubectl get pods"}, nil},
	} {
		c := projected(t, corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Command: tt.words}}})
		if !reflect.DeepEqual(c.Calls, tt.want) {
			t.Errorf("%s: got %v, want %v", name, c.Calls, tt.want)
		}
	}
}
