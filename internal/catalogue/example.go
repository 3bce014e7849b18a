package catalogue

import (
	"strings"

	"github.com/careen-tui/careen/probes"
)

// CronJob is a manifest that audits the cluster in which it runs, each morning, as
// an account that has the role of Role and nothing else. The report is the log of
// its pod; the Job fails where a finding is at or above --fail-on.
func CronJob(list []*probes.Probe) string {
	return strings.Replace(cronJob, "ROLE\n", Role(list, RoleOptions{Name: "careen-audit"}), 1)
}

const cronJob = `# An audit in the cluster, each morning at six, as an account that can only look.
#
#   kubectl apply -f cronjob.yaml
#   kubectl create job --from=cronjob/careen-audit careen-audit-now -n careen
#   kubectl logs -n careen job/careen-audit-now
#
# The image is the release's: careen alone on a distroless base, as nobody. Name a version
# in the place of latest, or better its digest; cosign verifies it.
apiVersion: v1
kind: Namespace
metadata:
  name: careen
  labels:
    pod-security.kubernetes.io/enforce: restricted
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: careen-audit
  namespace: careen
automountServiceAccountToken: false
---
ROLE
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: careen-audit
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: careen-audit
subjects:
  - kind: ServiceAccount
    name: careen-audit
    namespace: careen
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: careen-audit
  namespace: careen
spec:
  schedule: "0 6 * * *"
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: 900
      template:
        spec:
          serviceAccountName: careen-audit
          automountServiceAccountToken: true
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            seccompProfile: {type: RuntimeDefault}
          containers:
            - name: careen
              image: ghcr.io/careen-tui/careen:latest
              args: [audit, --output=markdown, --fail-on=high]
              env:
                - {name: HOME, value: /tmp}
                - {name: XDG_STATE_HOME, value: /tmp}
              resources:
                requests: {cpu: 100m, memory: 128Mi}
                limits: {memory: 512Mi}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {drop: [ALL]}
              volumeMounts:
                - {name: tmp, mountPath: /tmp}
          volumes:
            - name: tmp
              emptyDir: {sizeLimit: 64Mi}
`
