//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

const (
	noAccount = "service-account-missing:vault/Deployment/common-vault"
	stuck     = "release-stuck:review/Release/review-app"
	stale     = "member-list-stale:metrics/ConfigMap/vm-vmstorage-env"
)

// mending is a cluster with some incidents, on which careen's commands are run.
type mending struct {
	*testing.T
	c    *controlplane.Cluster
	kube kubernetes.Interface
}

func (m mending) run(args ...string) ran {
	m.Helper()
	return run(m.T, command(m.c.Kubeconfig, append(args, quick...)...))
}

// want runs a command and wants an exit code, and these words on stdout or stderr.
func (m mending) want(code int, words []string, args ...string) ran {
	m.Helper()
	r := m.run(args...)
	if r.code != code {
		m.Errorf("careen %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), r.code, code, r.stdout, r.stderr)
	}
	for _, w := range words {
		if !strings.Contains(r.stdout+r.stderr, w) {
			m.Errorf("careen %s does not say %q:\n%s%s", strings.Join(args, " "), w, r.stdout, r.stderr)
		}
	}
	return r
}

// notDone is what a plan says of its third write where that was not made.
var notDone = regexp.MustCompile(`not done\s+3 `)

var entryID = regexp.MustCompile(`careen undo ([0-9a-f]{12})`)

func (m mending) entry(r ran) string {
	m.Helper()
	found := entryID.FindStringSubmatch(r.stdout)
	if found == nil {
		m.Fatalf("no journal entry in\n%s%s", r.stdout, r.stderr)
	}
	return found[1]
}

func TestFixUndoAndJournal(t *testing.T) {
	c, kube := brittle.lent(t, "vault", "review", "metrics"), brittle.Client(t)
	under := func(name string, test func(mending)) {
		t.Run(name, func(t *testing.T) { test(mending{t, c, kube}) })
	}
	under("AFixIsShownAndNothingIsWritten", shownOnly)
	under("AFixIsAppliedProvedAndTakenBack", appliedAndUndone)
	under("WhatIsUnknownOrRefused", unknownOrRefused)
	under("AWebhookRefuses", webhookRefuses)
	under("KilledWhileItWaits", killedWhileItWaits)
	under("InterruptedWhileItWaits", interruptedWhileItWaits)
	under("ATamperedEntry", tamperedEntry)
	under("ALogThatCannotBeWritten", unwritableLog)
	under("NoSecretByteIsWritten", func(m mending) { noSecretByte(m.T, m.c) })
}

func shownOnly(m mending) {
	began := time.Now()
	m.want(0, []string{"Create service account vault-svc", "dry run passed", "as admin", "Undo", "Overwritten by", "Proof", "Nothing was written", "--fix use-default"}, "fix", noAccount)
	m.want(0, []string{"kubectl", "helm get manifest"}, "fix", noAccount, "--commands")
	m.want(0, []string{"no dry run in read-only mode", "read-only"}, "fix", noAccount, "--read-only")
	requests, err := m.c.Requests(func(r controlplane.Request) bool {
		return careens(r) && r.ReceivedAt.After(began) && r.Verb != "get" && r.Verb != "list" && r.Verb != "watch"
	})
	if err != nil {
		m.Fatal(err)
	}
	for _, r := range requests {
		if !strings.HasPrefix(r.Object.Resource, "selfsubject") && !strings.Contains(r.URI, "dryRun=All") {
			m.Errorf("sent: %s %s", r.Verb, r.URI)
		}
	}
}

func appliedAndUndone(m mending) {
	for _, id := range []string{noAccount, stuck, stale} {
		r := m.want(0, []string{"proved", "done"}, "fix", id, "--yes")
		entry := m.entry(r)
		if d, _ := document(m.T, m.c.Kubeconfig, quick...); len(d.find(id)) > 0 {
			m.Errorf("%s is still found after its fix", id)
		}
		m.want(0, []string{entry, "confirmed"}, "journal")
		m.want(0, []string{"Undo:", "Nothing was written"}, "undo")
		m.want(0, []string{"proved"}, "undo", entry, "--yes")
		m.want(0, []string{entry + "  undone"}, "journal")
		m.want(5, []string{"taken back already"}, "undo", entry, "--yes")
		if d, _ := document(m.T, m.c.Kubeconfig, quick...); len(d.find(id)) == 0 && id != noAccount {
			m.Errorf("%s is not found again after the undo", id)
		}
	}
	m.want(0, []string{"the chain holds"}, "journal", "--verify")
}

func unknownOrRefused(m mending) {
	m.want(2, []string{"there is no finding"}, "fix", "release-stuck:nowhere/Release/x")
	m.want(2, []string{"mark-deployed"}, "fix", stuck, "--fix", "no-such-fix")
	m.want(2, []string{"takes 1 argument"}, "fix")
	m.want(2, nil, "fix", stuck, "--no-such-flag")
	m.want(2, []string{"no such journal entry"}, "undo", "ffffffffffff")
	m.want(2, []string{"--older-than"}, "journal", "prune")
	m.want(2, nil, "journal", "prune", "--older-than", "soon")
	m.want(5, []string{"read-only"}, "fix", stuck, "--read-only", "--yes")
	m.want(5, []string{"read-only"}, "journal", "prune", "--older-than", "0s", "--read-only")
	m.want(5, []string{"viewer"}, "fix", stale, "--yes", "--context", controlplane.ViewerContext)
	m.want(3, nil, "fix", stuck, "--server", "https://127.0.0.1:1")
	m.want(3, nil, "journal", "--server", "https://127.0.0.1:1")
}

func webhookRefuses(m mending) {
	hooks := m.kube.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	fail, none, path := admissionregistrationv1.Fail, admissionregistrationv1.SideEffectClassNone, "/"
	_, err := hooks.Create(m.Context(), &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "gate"},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: "gate.careen.dev", FailurePolicy: &fail, SideEffects: &none, AdmissionReviewVersions: []string{"v1"},
			ClientConfig: admissionregistrationv1.WebhookClientConfig{Service: &admissionregistrationv1.ServiceReference{Namespace: "default", Name: "gate", Path: &path}},
			Rules: []admissionregistrationv1.RuleWithOperations{{
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
				Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}},
			}, {
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Update},
				Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"secrets"}},
			}},
		}},
	}, metav1.CreateOptions{})
	if err != nil {
		m.Fatal(err)
	}
	defer func() {
		if err := hooks.Delete(m.Context(), "gate", metav1.DeleteOptions{}); err != nil {
			m.Error(err)
		}
	}()
	planetest.Eventually(m.T, "the webhook to refuse", func(context.Context) error {
		r := m.run("fix", stuck, "--yes")
		if r.code == 5 && strings.Contains(r.stdout+r.stderr, "gate.careen.dev") {
			return nil
		}
		if r.code == 0 {
			m.want(0, nil, "undo", m.entry(r), "--yes") // the server did not know of the webhook yet
		}
		return fmt.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	})
	m.want(0, []string{"REFUSED", "gate.careen.dev"}, "fix", stuck)
}

// waiting starts a fix and returns once it waits for a rollout, which does not come
// to its end while the controller manager is stopped.
func (m mending) waiting() (*exec.Cmd, *ran, func() int) {
	m.Helper()
	if err := m.c.Kill(m.Context(), controlplane.ControllerManager); err != nil {
		m.Fatal(err)
	}
	cmd := command(m.c.Kubeconfig, append([]string{"fix", stale, "--yes"}, quick...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		m.Fatal(err)
	}
	out := &strings.Builder{}
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		m.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	seen := &ran{}
	for lines.Scan() {
		seen.stderr += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "waiting until") {
			break
		}
	}
	return cmd, seen, func() int {
		rest, _ := io.ReadAll(stderr)
		seen.stderr += string(rest)
		_ = cmd.Wait()
		seen.stdout = out.String()
		return cmd.ProcessState.ExitCode()
	}
}

// again starts the controller manager again, and returns once it has done what waited for it:
// a plan that is made meanwhile is refused, since objects change.
func (m mending) again() {
	m.Helper()
	if err := m.c.StartAgain(m.Context(), controlplane.ControllerManager); err != nil {
		m.Fatal(err)
	}
	planetest.Eventually(m.T, "the rollouts to end", func(ctx context.Context) error {
		list, err := m.kube.AppsV1().Deployments("metrics").List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range list.Items {
			d := &list.Items[i]
			if want, s := *d.Spec.Replicas, d.Status; s.ObservedGeneration < d.Generation || s.UpdatedReplicas != want || s.Replicas != want || s.AvailableReplicas != want {
				return fmt.Errorf("%s: %+v", d.Name, s)
			}
		}
		return nil
	})
}

func killedWhileItWaits(m mending) {
	cmd, _, end := m.waiting()
	if err := cmd.Process.Kill(); err != nil {
		m.Fatal(err)
	}
	end()
	m.again()
	var entry string
	planetest.Eventually(m.T, "the lease of who was killed to run out", func(context.Context) error {
		r := m.want(0, nil, "journal")
		found := entryID.FindStringSubmatch(r.stdout)
		if found == nil || !strings.Contains(r.stdout, "interrupted") || !strings.Contains(r.stdout, "2 of 3") || !strings.Contains(r.stdout, "--finish") {
			return errors.New(r.stdout)
		}
		entry = found[1]
		return nil
	})
	m.want(0, []string{"proved"}, "undo", entry, "--finish", "--yes")
	m.want(0, []string{entry + "  confirmed"}, "journal")
	m.want(0, []string{"proved"}, "undo", "--yes")
}

func interruptedWhileItWaits(m mending) {
	for _, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT} {
		cmd, seen, end := m.waiting()
		if err := cmd.Process.Signal(signal); err != nil {
			m.Fatal(err)
		}
		if code := end(); code != 130 || !notDone.MatchString(seen.stdout) {
			m.Errorf("%s: exit code %d\n%s%s", signal, code, seen.stdout, seen.stderr)
		}
		m.again()
		m.want(0, []string{"proved"}, "undo", "--yes")
	}
}

func tamperedEntry(m mending) {
	entry := m.entry(m.want(0, nil, "fix", stuck, "--yes"))
	secrets := m.kube.CoreV1().Secrets("review")
	s, err := secrets.Get(m.Context(), "careen-undo-"+entry, metav1.GetOptions{})
	if err != nil {
		m.Fatal(err)
	}
	if err := secrets.Delete(m.Context(), s.Name, metav1.DeleteOptions{}); err != nil {
		m.Fatal(err)
	}
	original := s.DeepCopy()
	forged := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: s.Name, Labels: s.Labels, Annotations: s.Annotations}, Type: s.Type, Data: map[string][]byte{"entry": []byte("x")}}
	if _, err := secrets.Create(m.Context(), forged, metav1.CreateOptions{}); err != nil {
		m.Fatal(err)
	}
	m.want(0, []string{entry + "  unusable", "not what was written"}, "journal")
	m.want(5, []string{"not what was written"}, "undo", entry, "--yes")
	if err := secrets.Delete(m.Context(), s.Name, metav1.DeleteOptions{}); err != nil {
		m.Fatal(err)
	}
	original.ObjectMeta = metav1.ObjectMeta{Name: s.Name, Labels: s.Labels, Annotations: s.Annotations}
	if _, err := secrets.Create(m.Context(), original, metav1.CreateOptions{}); err != nil {
		m.Fatal(err)
	}
	m.want(0, []string{"proved"}, "undo", entry, "--yes")
}

func unwritableLog(m mending) {
	state := m.TempDir()
	if err := os.MkdirAll(filepath.Join(state, "careen", "operations.jsonl"), 0o700); err != nil {
		m.Fatal(err)
	}
	before := m.run("journal").stdout
	cmd := command(m.c.Kubeconfig, append([]string{"fix", stuck, "--yes"}, quick...)...)
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state)
	if r := run(m.T, cmd); r.code != 5 || !strings.Contains(r.stderr, "operations.jsonl") {
		m.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if after := m.run("journal").stdout; strings.Count(after, "\n") != strings.Count(before, "\n") {
		m.Errorf("the journal grew:\n%s", after)
	}
	if d, _ := document(m.T, m.c.Kubeconfig, quick...); len(d.find(stuck)) == 0 {
		m.Error("it was mended without a log")
	}
}
