package command

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// sentinel is a credential that stands wherever one may in the cluster of secretWorld,
// and that no exit may show.
const sentinel = "S3ntin3lV4lue9"

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// widget is a custom resource's kind.
var widget = model.KindInfo{Kind: "Widget.example.com", Group: "example.com", Version: "v1", Resource: "widgets", Namespaced: true}

// secretWorld is a cluster in which everything holds the sentinel.
func secretWorld(t testing.TB) *apitest.Server {
	t.Helper()
	s := apitest.New(t)
	s.Serve(widget)
	s.Log = "starting\npassword=" + sentinel + "\nError: secrets \"gone\" not found\n{\"token\":\"" + sentinel + "\"}\n"
	for _, manifest := range strings.Split(strings.ReplaceAll(strings.ReplaceAll(secretManifests, "B64", b64(sentinel)), "SENT", sentinel), "\n---\n") {
		s.Put(t, manifest)
	}
	record(t, s, "app", 1, "deployed", sentinel)
	record(t, s, "app", 2, "pending-upgrade", sentinel)
	return s
}

// record adds a revision of a release as Helm stores it.
func record(t testing.TB, s *apitest.Server, name string, revision int, status, word string) {
	t.Helper()
	at := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	body, err := json.Marshal(map[string]any{
		"name": name, "namespace": "shop", "version": revision,
		"info": map[string]any{
			"status": status, "description": "failed: password=" + word, "notes": "Log in with\npassword: " + word + "\n",
			"first_deployed": at, "last_deployed": at,
		},
		"chart":  map[string]any{"metadata": map[string]any{"name": "app", "version": "1.0.0"}, "values": map[string]any{"db": map[string]any{"password": word}}},
		"config": map[string]any{"token": word, "replicas": revision, "plain": word},
		"manifest": strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(recordManifest, "REV", strings.Repeat("x", revision)), "B64", b64(word)), "SENT",
			strings.NewReplacer("\n", " ", "\r", " ").Replace(word)),
	})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := release.Encode(body, true)
	if err != nil {
		t.Fatal(err)
	}
	s.Add(t, map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
		"metadata": map[string]any{
			"name": model.RecordName(name, revision), "namespace": "shop", "creationTimestamp": at,
			"labels": map[string]any{"owner": "helm", "name": name, "status": status, "version": string(rune('0' + revision))},
		},
		"data": map[string]any{"release": base64.StdEncoding.EncodeToString(stored)},
	})
}

const recordManifest = `---
apiVersion: v1
kind: Secret
metadata: {name: db}
data: {password: B64, other: eA==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  app.properties: "rev=REV\ndb.password=SENT\nplain=SENT\n"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        image: web:1
        args: ["--password", "SENT", "--rev=REV"]
        env: [{name: DB_PASSWORD, value: SENT}]
`

const secretManifests = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
status: {phase: Active}
---
apiVersion: v1
kind: Secret
type: Opaque
metadata:
  name: db
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: 'SENT'
    example.com/api-token: SENT
    example.com/note: "password=SENT"
data: {password: B64, url: B64}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  namespace: shop
  annotations: {kapp.k14s.io/original: "SENT"}
data:
  app.properties: "db.password=SENT\nhosts=web-0.web,web-1.web\n"
  config.json: '{"db":{"password":"SENT"},"copy":"B64"}'
  DB_PASSWORD: SENT
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, annotations: {banzaicloud.com/last-applied: "SENT"}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {note: "token: SENT"}}
    spec:
      serviceAccountName: gone
      containers:
      - name: web
        image: web:1
        command: [sh, -c, "mysql -u root -pSENT && curl -u admin:SENT http://x"]
        args: ["--password", "SENT"]
        env:
        - {name: DB_PASSWORD, value: SENT}
        - {name: PLAIN, value: SENT}
        - {name: KEY, valueFrom: {secretKeyRef: {name: db, key: gone}}}
        - {name: URL, value: "postgres://app:SENT@db/x"}
status:
  replicas: 1
  conditions:
  - {type: ReplicaFailure, status: "True", reason: FailedCreate, message: 'admission webhook "x" denied the request: env DB_PASSWORD=SENT is not allowed', lastTransitionTime: "2026-01-02T15:04:05Z"}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}, annotations: {example.com/token: SENT}}
spec:
  containers: [{name: web, image: web:1, env: [{name: DB_PASSWORD, value: SENT}], args: ["--token=SENT"]}]
status:
  phase: Running
  message: "password: SENT"
  conditions: [{type: Ready, status: "False", message: "secret=SENT", lastTransitionTime: "2026-01-02T15:04:05Z"}]
  containerStatuses:
  - name: web
    restartCount: 12
    state: {waiting: {reason: CrashLoopBackOff, message: 'exec: "--password=SENT": executable file not found'}}
    lastState: {terminated: {exitCode: 1, reason: Error, message: "panic: DB_PASSWORD=SENT\n{\"secret\":\"SENT\"}", startedAt: "2026-01-02T15:04:05Z", finishedAt: "2026-01-02T15:04:06Z"}}
---
apiVersion: v1
kind: Event
metadata: {name: e1, namespace: shop}
involvedObject: {kind: Pod, apiVersion: v1, name: web-0, namespace: shop}
type: Warning
reason: Failed
message: "Error: api_key=SENT --db-pass=SENT"
firstTimestamp: "2026-01-02T15:04:05Z"
lastTimestamp: "2026-01-02T15:04:05Z"
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv}
spec: {capacity: {storage: 1Gi}, csi: {driver: x, volumeHandle: vol-1}, storageClassName: fast, persistentVolumeReclaimPolicy: Retain}
status: {phase: Failed, message: "mount failed: password=SENT"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: gone, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
status: {phase: Pending, conditions: [{type: FileSystemResizePending, status: "True", message: "token=SENT", lastTransitionTime: "2026-01-02T15:04:05Z"}]}
---
apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
metadata: {name: va}
spec: {attacher: x, nodeName: node-1, source: {persistentVolumeName: pv}}
status: {attached: false, attachError: {message: "client_secret=SENT", time: "2026-01-02T15:04:05Z"}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
status: {conditions: [{type: Established, status: "True"}], acceptedNames: {kind: Widget, plural: widgets}}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w, namespace: shop}
spec: {secret: s3ntin3lv4lue9, adminPassword: SENT, auth: {token: [SENT]}}
status:
  phase: "password=SENT"
  conditions: [{type: Ready, status: "False", reason: Failed, message: "token: SENT", lastTransitionTime: "2026-01-02T15:04:05Z"}]`
