package probes

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

func TestWhatToDoByHandNamesTheObjects(t *testing.T) {
	web := model.Ref{Kind: model.KindDeployment, Namespace: "shop", Name: "web"}
	account := model.Ref{Kind: model.KindServiceAccount, Namespace: "shop", Name: "agent"}
	evidence := func(kind model.Kind, name string) finding.Evidence {
		return finding.Evidence{Ref: model.Ref{Kind: kind, Namespace: "shop", Name: name}}
	}
	for _, c := range []struct {
		f    finding.Finding
		want string
	}{
		{finding.Finding{Probe: AdmissionRefused.ID, Subject: web, Evidence: []finding.Evidence{evidence(model.KindReplicaSet, "web-1")}}, "`kubectl -n shop describe deployment web`"},
		{finding.Finding{Probe: ContainerFailing.ID, Subject: web}, "`kubectl describe pod POD`"},
		{finding.Finding{Probe: GitOpsStopped.ID, Subject: model.Ref{Kind: "HelmRelease.helm.toolkit.fluxcd.io", Namespace: "shop", Name: "till"}}, "`flux -n shop resume helmrelease till`"},
		{finding.Finding{Probe: ConfigNewerThanProcess.ID, Subject: web}, "`kubectl -n shop rollout restart deployment web`"},
		{finding.Finding{Probe: NodeUnwell.ID, Subject: model.Ref{Kind: model.KindNode, Name: "n1"}}, "`kubectl describe node n1`"},
		{finding.Finding{Probe: ContainerFailing.ID, Subject: web, Evidence: []finding.Evidence{evidence(model.KindPod, "web-1-x"), evidence(model.KindPod, "web-1-y")}}, "`kubectl -n shop logs web-1-x -c CONTAINER --previous`"},
		{finding.Finding{Probe: ErrorsInLog.ID, Subject: web, Evidence: []finding.Evidence{evidence(model.KindPod, "web-1-x"), {Path: "status.containerStatuses[app].ready"}}}, "`kubectl -n shop logs web-1-x -c app --tail=200"},
		{finding.Finding{Probe: JobFailed.ID, Subject: model.Ref{Kind: model.KindJob, Namespace: "shop", Name: "migrate"}}, "`kubectl -n shop logs job/migrate`"},
		{finding.Finding{Probe: AccountForbidden.ID, Subject: account, Slot: "list pods"}, "`kubectl -n shop auth can-i list pods --as=system:serviceaccount:shop:agent`"},
		{finding.Finding{Probe: AccountForbidden.ID, Subject: account, Slot: "get secrets in namespace till"}, "`kubectl -n till auth can-i get secrets --as=system:serviceaccount:shop:agent`"},
		{finding.Finding{Probe: AccountForbidden.ID, Subject: account, Slot: "list nodes in the whole cluster"}, "`kubectl auth can-i list nodes --all-namespaces --as=system:serviceaccount:shop:agent`"},
		{finding.Finding{Probe: HostDangling.ID, Subject: web}, "`kubectl get services -n shop`"},
		{finding.Finding{Probe: ReleaseObjectMissing.ID, Subject: model.Ref{Kind: model.KindRelease, Namespace: "shop", Name: "till"}}, "`helm -n shop get manifest till |"},
		{finding.Finding{Probe: ContainerFailing.ID, Subject: web, Evidence: []finding.Evidence{evidence(model.KindPod, "a;rm -rf ~")}}, `'a;rm -rf ~'`},
	} {
		if got := ByHand(&c.f); !strings.Contains(got, c.want) || strings.Contains(got, "\n") {
			t.Errorf("%s: %s\nlacks %s", c.f.Probe, got, c.want)
		}
	}
	if ByHand(&finding.Finding{Probe: "no-such-probe"}) != "" {
		t.Error("something is to be done by hand for a probe that is not there")
	}
}

// TestEveryPageSaysWhatToDoByHand: a finding without a fix leads nowhere otherwise.
func TestEveryPageSaysWhatToDoByHand(t *testing.T) {
	for _, p := range All() {
		if strings.Contains(p.Doc, "**By hand") && ByHand(&finding.Finding{Probe: p.ID}) == "" {
			t.Errorf("%s has a paragraph that is not found", p.ID)
		}
	}
}
