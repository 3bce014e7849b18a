{{- define "vm.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
apps.kubeblocks.io/component-name: {{ .component }}
{{- end }}

{{- define "vm.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{ include "vm.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* The members of vmstorage, as they are when the chart is rendered. */}}
{{- define "vm.storageNodes" -}}
{{- $root := .root -}}
{{- $port := .port -}}
{{- $set := printf "%s-vmstorage" $root.Release.Name -}}
{{- $nodes := list -}}
{{- range $i := until (int $root.Values.vmstorage.replicas) -}}
{{- $host := printf "%s-%d.%s-headless.%s.svc.%s" $set $i $set $root.Release.Namespace $root.Values.clusterDomain -}}
{{- $nodes = append $nodes (ternary (printf "%s:%v" $host $port) $host (ne $port nil)) -}}
{{- end -}}
{{- join "," $nodes -}}
{{- end }}
