//go:build e2e

package e2e

import (
	"context"
	"errors"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// TestAGuardRefusesTheDeletionOfWhatIsNamed has the server guard what a workload names:
// first it warns, planned again it refuses, and neither is in the way of careen's undo.
func TestAGuardRefusesTheDeletionOfWhatIsNamed(t *testing.T) {
	const ns = "guarded"
	shared.Namespace(t, ns)
	defer shared.Remove(t, ns)
	s := staged{t, shared.Cluster(t), shared.Client(t), ns}
	s.must(s.helm("vault-raft", "vault-raft", map[string]any{"serviceAccount": map[string]any{"create": false, "name": "vault-raft"}}, ""))
	id := "service-account-missing:" + ns + "/StatefulSet/vault-raft"
	m := mending{t, s.c, s.kube}
	m.want(0, []string{"A prevention: --fix prevent-deletion"}, "fix", id, "-n", ns)
	warned := m.entry(m.want(0, []string{"Prevention: Warn when a Secret, ConfigMap or account", "dry run passed", "proved"}, "fix", id, "-n", ns, "--fix", "prevent-deletion", "--yes"))
	refusing := m.entry(m.want(0, []string{"Warn", "Deny", "proved"}, "fix", id, "-n", ns, "--fix", "prevent-deletion", "--yes"))
	// The account is made by careen, so that its undo deletes what the guard guards.
	made := m.entry(m.want(0, []string{"proved"}, "fix", id, "-n", ns, "--yes"))
	accounts := s.kube.CoreV1().ServiceAccounts(ns)
	planetest.Eventually(t, "the guard to refuse", func(ctx context.Context) error {
		err := accounts.Delete(ctx, "vault-raft", metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}})
		if err == nil {
			return errors.New("it would be deleted")
		}
		if !strings.Contains(err.Error(), "StatefulSet "+ns+"/vault-raft names serviceaccounts vault-raft; careen guards it") {
			t.Errorf("refused otherwise: %v", err)
		}
		return nil
	})
	if err := accounts.Delete(t.Context(), "default", metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}); err != nil {
		t.Errorf("what is not named cannot be deleted: %v", err)
	}
	m.want(0, []string{"proved"}, "undo", made, "--yes")
	m.want(0, []string{"proved"}, "undo", refusing, "--yes")
	m.want(0, []string{"proved"}, "undo", warned, "--yes")
	d, _ := document(t, s.c.Kubeconfig, "-n", ns, "--fail-on=none")
	if len(d.find(id)) == 0 {
		t.Errorf("%s is not found again after the undo, only %v", id, ids(d))
	}
}
