package probes_test

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/probetest"
)

// silences are the kinds without which a finding of a probe is not made, though it is neither
// about one of them nor shows one: what says that something is wrong, who depends on it, or
// where to look. A kind that is not here takes nothing from what the others show. Dumps hold
// some kinds only (kubectl cluster-info dump: pods, events, Services, nodes and three kinds of
// workloads), and so do the rights of most operators.
var silences = map[finding.ProbeID][]model.Kind{
	"account-forbidden":          {model.KindClusterRole, model.KindClusterRoleBinding, model.KindPod, model.KindRole, model.KindRoleBinding},
	"admission-refused":          {model.KindEvent, model.KindPod},
	"certificate-expiring":       {model.KindCustom},
	"claim-older-than-owner":     {model.KindRecord},
	"claim-orphan":               {model.KindPod, model.KindStatefulSet},
	"claim-pending":              {model.KindEvent, model.KindVolume, model.KindPod, model.KindStorageClass},
	"condition-failing":          {model.KindCustom, model.KindCRD},
	"config-newer-than-process":  {model.KindConfigMap},
	"container-failing":          {model.KindJob, model.KindPod},
	"control-plane-unwell":       {model.KindPod},
	"cronjob-silent":             {model.KindEvent, model.KindJob, model.KindPod},
	"disruption-blocked":         {model.KindPod},
	"dns-broken":                 {model.KindDeployment, model.KindPod, model.KindService},
	"gitops-stopped":             {model.KindCustom},
	"helm-cannot-update-records": {model.KindClusterRole, model.KindClusterRoleBinding, model.KindRecord, model.KindRole},
	"host-dangling":              {model.KindDeployment, model.KindPod, model.KindService},
	"image-unpullable":           {model.KindJob},
	"job-failed":                 {model.KindJob},
	"member-list-stale":          {model.KindConfigMap, model.KindPod, model.KindService, model.KindStatefulSet},
	"network-blocked":            {model.KindDeployment, model.KindIngressClass, model.KindPod, model.KindService},
	"port-conflict":              {model.KindPod},
	"probe-failing":              {model.KindEvent},
	"pull-secret-missing":        {model.KindDeployment, model.KindSecret},
	"quota-full":                 {model.KindConfigMap, model.KindEvent, model.KindRecord, model.KindService},
	"reference-missing":          {model.KindDeployment, model.KindVolume},
	"release-api-removed":        {model.KindAPIService, model.KindRecord},
	"release-history-broken":     {model.KindRecord},
	"release-leftovers":          {model.KindRecord},
	"release-many-deployed":      {model.KindRecord},
	"release-object-missing":     {model.KindRecord},
	"release-ownership-conflict": {model.KindConfigMap, model.KindCustom, model.KindDeployment, model.KindRecord},
	"release-record-mismatch":    {model.KindRecord},
	"release-record-size":        {model.KindRecord},
	"release-record-unreadable":  {model.KindRecord},
	"release-says-deployed":      {model.KindPod, model.KindRecord},
	"release-stuck":              {model.KindRecord, model.KindPod},
	"rollout-stuck":              {model.KindPod},
	"route-broken":               {model.KindCustom, model.KindCRD, model.KindSecret, model.KindService},
	"scaled-to-nothing":          {model.KindPod, model.KindService},
	"selects-nothing":            {model.KindPod, model.KindRecord},
	"service-unreachable":        {model.KindCustom, model.KindPod},
	"start-stalled":              {model.KindEvent},
	"terminating-stuck":          {model.KindCustom},
	"unschedulable":              {model.KindNode, model.KindClaim, model.KindPod},
	"volume-multi-attach":        {model.KindEvent},
	"volume-reclaim-delete":      {model.KindRecord},
	"webhook-blocks-records":     {model.KindEndpointSlice, model.KindMutatingWebhook, model.KindPod, model.KindRecord},
	"webhook-unavailable":        {model.KindEndpointSlice, model.KindPod, model.KindService, model.KindValidatingWebhook},
}

// TestAKindThatIsNotReadTakesNothingFromTheOthers takes each kind of each fixture out of view.
func TestAKindThatIsNotReadTakesNothingFromTheOthers(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures")
	}
	var mu sync.Mutex
	met := map[finding.ProbeID][]model.Kind{}
	t.Run("fixtures", func(t *testing.T) {
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				t.Parallel()
				snap, settings, now, err := probetest.Open(file)
				if err != nil {
					t.Fatal(err)
				}
				whole := engine.Look(snap, probes.All(), settings, now)
				for _, kind := range hideable() {
					if ok, _ := snap.Knows(kind, ""); !ok {
						continue
					}
					part := engine.Look(probetest.Hide(snap, kind, model.Forbidden), probes.All(), settings, now)
					for _, f := range whole.Findings {
						if f.Grade == finding.Unknown || shows(f, kind) || part.Find(f.ID()) != nil {
							continue
						}
						if !slices.Contains(silences[f.Probe], kind) {
							t.Errorf("without %s nothing is said of %s", kind, f.ID())
						}
						mu.Lock()
						met[f.Probe] = append(met[f.Probe], kind)
						mu.Unlock()
					}
				}
			})
		}
	})
	for id, kinds := range silences {
		for _, kind := range kinds {
			if !slices.Contains(met[id], kind) {
				t.Errorf("%s does without %s: it need not be listed", id, kind)
			}
		}
	}
}

// shows reports whether a finding is about an object of a kind, or shows one.
func shows(f *finding.Finding, kind model.Kind) bool {
	return f.Subject.Kind == kind || f.Subject.Name == "*" || slices.ContainsFunc(f.Evidence, func(e finding.Evidence) bool { return e.Ref.Kind == kind })
}
