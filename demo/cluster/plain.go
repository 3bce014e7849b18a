package main

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed stages.yaml
var stagesTemplate string

// notPlain is the jq query that yields something for each pod which KWOK leaves
// to the stand-in. It must say the same as standin.Minds does.
const notPlain = `(.metadata.annotations // {} | keys[] | select(startswith("careen.dev/"))), ` +
	`((.spec.containers[]?, .spec.initContainers[]?) | (.envFrom[]? | .configMapRef, .secretRef), ` +
	`(.env[]?.valueFrom | .configMapKeyRef, .secretKeyRef)), ` +
	`(.spec.volumes[]? | .secret, .configMap, (.projected.sources[]? | .secret, ` +
	`(.configMap | select(.name != "kube-root-ca.crt"))))`

// stages is KWOK's configuration.
func stages() []byte {
	return []byte(strings.ReplaceAll(stagesTemplate, "NOT_PLAIN", strconv.Quote(notPlain)))
}
