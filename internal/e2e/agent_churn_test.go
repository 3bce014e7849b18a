//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/careen-tui/careen/internal/controlplane"
)

// churnFor is how long agents are run under churn, unless CAREEN_SOAK says otherwise
// (make soak: ten minutes).
const churnFor = 20 * time.Second

// TestAgentUnderChurn runs the agent as its pod would run: as the ServiceAccount of the
// chart, by its token and the configuration of a pod. Namespaces come, get ill, get well
// and go; then reports are what an audit finds, nothing was listed again, and whatever was
// written was written where something changed.
func TestAgentUnderChurn(t *testing.T) {
	lasts := churnFor
	if text := os.Getenv("CAREEN_SOAK"); text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	c := brittle.lent(t, "vault")
	brittle.Namespace(t, agentHome)
	defer brittle.Remove(t, agentHome)
	defer installChart(t, c)()
	hasTheRights(t)
	define(t)
	a := runAgent(t, inPod(t, c))
	a.await("report objects are written to openreports.io/v1alpha1", "this agent writes now")
	sameAsAudit(t, c)
	renewed(t, c, len(sentByAgents(t, c)), 1)

	// A webhook that does not answer refuses what is written in one namespace.
	brittle.Namespace(t, "refused")
	refuse(t, "refused")
	withoutAccount(t, &brittle.Plane, "refused", "web")
	a.await("Report refused/careen", "unreachable.example")
	accept(t)
	sameAsAudit(t, c)
	brittle.Remove(t, "refused")

	before, idle := len(sentFromPod(t, c)), idleWrites(t)
	first := a.metrics()
	var samples []measures
	end, round := time.Now().Add(lasts), 0
	for ; time.Now().Before(end); round++ {
		churn(t, round)
		samples = append(samples, a.metrics())
	}
	for i := max(0, round-churned); i < round; i++ {
		brittle.Remove(t, churnNamespace(i))
	}
	sameAsAudit(t, c)
	_, namespaces, err := published(t.Context(), t)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(namespaces, func(ns string) bool { return strings.HasPrefix(ns, "churn-") }) {
		t.Errorf("reports are left in %v", namespaces)
	}

	sent, wrote := sentFromPod(t, c)[before:], map[string]int{}
	for _, r := range sent {
		switch {
		case r.Verb == "list":
			t.Errorf("it listed again: %s", r.URI)
		case r.Verb == "watch" || r.Verb == "get" || r.Object.Resource == "leases":
		case strings.HasPrefix(r.Object.Namespace, "churn-"):
			wrote[fmt.Sprintf("%s %d", r.Verb, r.Response.Code)]++
		default: // time makes more of what was there before true
			wrote["elsewhere"]++
		}
	}
	for _, object := range idle() {
		t.Errorf("%s was written, and says what it said before", object)
	}
	last := a.metrics()
	t.Logf("%s, %d namespaces came and went: %d requests, writes of reports %v; memory %d MB, then %d MB; goroutines %d, then %d",
		lasts, round, len(sent), wrote, int(first["process_resident_memory_bytes"])>>20, int(last["process_resident_memory_bytes"])>>20,
		int(first["go_goroutines"]), int(last["go_goroutines"]))
	if n := wrote["create 201"]; n == 0 || n > round {
		t.Errorf("%d reports were created in %d namespaces", n, round)
	}
	if more := last["go_goroutines"] - first["go_goroutines"]; more > 10 {
		t.Errorf("%v goroutines more", more)
	}
	flat(t, samples)
	still(t, c)

	// The definitions go and come back.
	undefine(t)
	a.await("reports.openreports.io: not installed")
	define(t)
	sameAsAudit(t, c)
	a.end()
}

// still waits for a while in which nothing was sent but the Lease's renewals and watches:
// time alone may make one more thing true after all else has come to rest.
func still(t *testing.T, c *controlplane.Cluster) {
	t.Helper()
	var moved []string
	for range 4 {
		before := len(sentFromPod(t, c))
		renewed(t, c, len(sentByAgents(t, c)), 3)
		moved = nil
		for _, r := range sentFromPod(t, c)[before:] {
			if r.Verb != "watch" && r.Object.Resource != "leases" {
				moved = append(moved, r.Verb+" "+r.URI)
			}
		}
		if len(moved) == 0 {
			return
		}
	}
	t.Errorf("while nothing moved it sent %s", strings.Join(moved, ", "))
}

// sentFromPod are the requests of the agent that runs as its pod would: audits that are
// made beside it only act as its account.
func sentFromPod(t *testing.T, c *controlplane.Cluster) []controlplane.Request {
	t.Helper()
	return slices.DeleteFunc(sentByAgents(t, c), func(r controlplane.Request) bool { return r.As != nil })
}

// idleWrites watches report objects, and returns what ends that and tells which of them
// were written without saying anything else than before. What an object says is known by
// its digest; ages alone are written once an hour.
func idleWrites(t *testing.T) (end func() []string) {
	t.Helper()
	client, err := dynamic.NewForConfig(brittle.Config(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	var watching sync.WaitGroup
	var mu sync.Mutex
	var idle []string
	for _, resource := range []string{"reports", "clusterreports"} {
		events, err := client.Resource(schema.GroupVersionResource{Group: "openreports.io", Version: "v1alpha1", Resource: resource}).Watch(ctx, metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		watching.Go(func() {
			said := map[types.UID]string{}
			for e := range events.ResultChan() {
				o, ok := e.Object.(*unstructured.Unstructured)
				if !ok {
					continue
				}
				says := o.GetAnnotations()["careen/digest"]
				if e.Type == "MODIFIED" && o.GetDeletionTimestamp() == nil && (says == "" || said[o.GetUID()] == says) {
					mu.Lock()
					idle = append(idle, resource+" "+o.GetNamespace())
					mu.Unlock()
				}
				said[o.GetUID()] = says
			}
		})
	}
	return func() []string {
		cancel()
		watching.Wait()
		return idle
	}
}

const churned = 3 // namespaces that are there at a time

func churnNamespace(i int) string { return fmt.Sprintf("churn-%04d", i) }

// churn makes a namespace with two things wrong, waits for its report, mends one of them,
// and deletes a namespace of before while it is written about.
func churn(t *testing.T, round int) {
	t.Helper()
	ns, kube := churnNamespace(round), brittle.Client(t)
	brittle.Namespace(t, ns)
	withoutAccount(t, &brittle.Plane, ns, "web")
	reportIn(t, ns, true)
	withoutAccount(t, &brittle.Plane, ns, "worker")
	for i := range 5 { // which is nobody's business
		patch := fmt.Appendf(nil, `{"metadata":{"annotations":{"touched":"%d"}}}`, i)
		if _, err := kube.CoreV1().ConfigMaps(ns).Patch(t.Context(), "kube-root-ca.crt", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := kube.AppsV1().Deployments(ns).Delete(t.Context(), "web", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if round >= churned {
		if err := kube.CoreV1().Namespaces().Delete(t.Context(), churnNamespace(round-churned), metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			t.Fatal(err)
		}
	}
}

const refuser = "reports-are-refused"

// refuse has a webhook that nobody answers asked about report objects of a namespace.
func refuse(t *testing.T, namespace string) {
	t.Helper()
	fail, none, url, two := admissionregistrationv1.Fail, admissionregistrationv1.SideEffectClassNone, "https://unreachable.example:1/", int32(2)
	_, err := brittle.Client(t).AdmissionregistrationV1().ValidatingWebhookConfigurations().Create(t.Context(), &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: refuser},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: "reports.unreachable.example", FailurePolicy: &fail, SideEffects: &none, AdmissionReviewVersions: []string{"v1"}, TimeoutSeconds: &two,
			ClientConfig:      admissionregistrationv1.WebhookClientConfig{URL: &url},
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": namespace}},
			Rules: []admissionregistrationv1.RuleWithOperations{{
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create, admissionregistrationv1.Update},
				Rule:       admissionregistrationv1.Rule{APIGroups: []string{"openreports.io"}, APIVersions: []string{"*"}, Resources: []string{"reports"}},
			}},
		}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { accept(t) })
}

func accept(t *testing.T) {
	t.Helper()
	err := brittle.Client(t).AdmissionregistrationV1().ValidatingWebhookConfigurations().Delete(context.Background(), refuser, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Error(err)
	}
}
