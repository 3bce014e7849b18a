package project

// reporting are the groups whose objects report on others: reports of policies and of
// scanners, careen's own among them. What they name is what they are about, not what
// they need, so that it counts neither as a reference nor as a use.
var reporting = map[string]bool{
	"openreports.io":         true,
	"wgpolicyk8s.io":         true,
	"reports.x-k8s.io":       true,
	"reports.kyverno.io":     true,
	"aquasecurity.github.io": true,
}
