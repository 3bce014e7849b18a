package project

import (
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// TestAReportUsesNothing: a Secret that nobody uses stays so when a report says it.
func TestAReportUsesNothing(t *testing.T) {
	const text = `
kind: Report
metadata: {name: careen, namespace: shop}
results:
- policy: secret-orphan
  message: Nothing uses Secret old.
  resources: [{apiVersion: v1, kind: Secret, namespace: shop, name: old}]
  secretName: old
`
	report := load(t, "apiVersion: openreports.io/v1alpha1"+text).(*model.Object)
	if len(report.Refs) > 0 || len(report.Words) > 0 || report.Cut {
		t.Errorf("a report refers to %v, and has the words %v", report.Refs, report.Words)
	}
	other := load(t, "apiVersion: example.com/v1"+text).(*model.Object)
	if len(other.Refs) == 0 || len(other.Words) == 0 {
		t.Errorf("another custom resource refers to %v, and has the words %v", other.Refs, other.Words)
	}
}
