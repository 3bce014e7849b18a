//go:build e2e

package e2e

import (
	"path/filepath"
	"testing"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
)

// TestMovingAbout goes through a cluster with the five incidents in every way but
// by its findings.
func TestMovingAbout(t *testing.T) {
	var ids []string
	var there []string
	for _, incident := range demo.Incidents[:5] {
		ids = append(ids, incident.ID)
		there = append(there, "-n", incident.Namespaces[0])
	}
	c := shared.with(t, ids...)
	t.Run("why", func(t *testing.T) { whyByBrowsing(t, c, there) })
	t.Run("walk", func(t *testing.T) { fromReleaseToVolume(t, c, there) })
	t.Run("contexts", func(t *testing.T) { contextsAreSwitched(t, c, there) })
	t.Run("login", func(t *testing.T) { theLookGoesOnAfterALogin(t, c, there) })
	t.Run("ssh", func(t *testing.T) { overSSH(t, c, there) })
}

// whyByBrowsing finds out why each of the five incidents happens, from releases,
// secrets, volumes and the graph.
func whyByBrowsing(t *testing.T, c *controlplane.Cluster, there []string) {
	find := map[string]func(ui *driver){
		"review": func(ui *driver) {
			ui.Press("2").Filter("review-app").See("review/review-app 1 pending-install 3/3")
			ui.Press("enter").See("[History]")
			ui.Select("pending-install for").Press("enter").See("Evidence", "never written")
			ui.Select("rules[0].verbs").Press("enter").See("Role review/ci ─", "rules[0] get, list, create secrets")
		},
		"vault": func(ui *driver) {
			ui.Press("2").Filter("common-vault").See("✖ vault/common-vault 1 deployed 2/4")
			ui.Press("enter").See("[History]")
			ui.Press("right", "right", "right", "right").See("[Objects]", "ServiceAccount vault-svc missing")
			ui.Select("Deployment common-vault").Press("enter").See("Deployment vault/common-vault ─", "account ServiceAccount vault-svc ✖ not there")
		},
		"keep": func(ui *driver) {
			ui.Press("2").Filter("keep/keep").Press("g").See("Graph around Release keep/keep", "mentions Secret keep-victoriametrics", "✖ not there")
			ui.Select("Deployment keep-backend").Press("L").See("of keep-backend-")
			if ui.Shows("last run") {
				ui.Press("p") // it was just started again
			}
			ui.See("previous run")
			ui.Press("end").See("(404)")
		},
		"devlake": func(ui *driver) {
			ui.Press("4").Filter("devlake-mysql").See("devlake/devlake-m", "older", "mounts StatefulSet devlake-mysql")
			ui.Press("w").See("Suspect: Release devlake: install: revision 1")
		},
		"metrics": func(ui *driver) {
			ui.Press("3", "t").Filter("metrics/vm-vmstorage-env").Press("g").See("around ConfigMap metrics/vm-vmstorage-env", "names 2 of 3 StatefulSet vm-vmstorage", "envFrom of Deployment vm-vminsert")
		},
	}
	for _, incident := range demo.Incidents[:5] {
		t.Run(incident.ID, func(t *testing.T) {
			look := find[incident.ID]
			if look == nil {
				t.Fatal("nobody knows how to browse to its cause")
			}
			ui := browse(t, c.Kubeconfig, 120, 40, there...)
			ui.See("watches live")
			look(ui)
			ui.Quit()
		})
	}
}

// fromReleaseToVolume walks the graph down, and goes back the same way.
func fromReleaseToVolume(t *testing.T, c *controlplane.Cluster, there []string) {
	ui := browse(t, c.Kubeconfig, 120, 40, there...)
	ui.See("watches live")
	ui.Press("2").Filter("devlake/devlake").Press("g").See("around Release devlake/devlake")
	ui.Select("StatefulSet devlake-mysql").Press("g").See("around StatefulSet devlake/devlake-mysql")
	ui.Select("PersistentVolumeClaim").Press("g").See("around PersistentVolumeClaim devlake/")
	ui.Select("PersistentVolume pvc-").Press("g").See("around PersistentVolume pvc-", "phase Bound")
	ui.Press("[").See("around PersistentVolumeClaim devlake/")
	ui.Press("[", "[").See("around Release devlake/devlake")
	ui.Press("]", "]", "]").See("around PersistentVolume pvc-")
	ui.Quit()
}

// contextsAreSwitched looks as somebody else, and stays where it is when the
// context is gone.
func contextsAreSwitched(t *testing.T, c *controlplane.Cluster, there []string) {
	config, err := clientcmd.LoadFromFile(c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	ui := browse(t, path, 120, 40, there...)
	ui.See("careen demo ", "watches live", "release-stuck")
	ui.Palette("context demo-viewer").See("careen demo-viewer", "forbidden", "? UNKN release-stuck")
	if ui.Shows("CRIT release-stuck") {
		t.Errorf("a finding of the other session is left:\n%s", ui.term.Text())
	}
	ui.Press("C").See("Contexts", "demo-ci-bot", "· demo-viewer")
	delete(config.Contexts, controlplane.CIBotContext)
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	ui.Select("demo-ci-bot").Press("enter").See(`context "demo-ci-bot" does not exist; this is still demo-viewer`)
	ui.Palette("context demo").See("careen demo ", "watches live", "release-stuck")
	ui.Quit()
}
