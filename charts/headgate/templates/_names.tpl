{{- define "headgate.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: headgate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- /* Labels that select the pods of one component: (dict "root" $ "component" "proxy"). Never change on upgrade. */ -}}
{{- define "headgate.selector" -}}
app.kubernetes.io/name: headgate
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "headgate.componentLabels" -}}
{{ include "headgate.labels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- /* Reference of an image: (dict "root" $ "image" .Values.image.proxy). */ -}}
{{- define "headgate.image" -}}
{{- $name := .image.repository -}}
{{- if .root.Values.image.registry -}}{{- $name = printf "%s/%s" .root.Values.image.registry $name -}}{{- end -}}
{{- if .image.digest -}}
{{ printf "%s@%s" $name .image.digest }}
{{- else -}}
{{ printf "%s:%s" $name (.image.tag | default .root.Chart.AppVersion) }}
{{- end -}}
{{- end -}}

{{- /* Cluster-scoped objects carry the namespace in their name, so that two releases do not meet. */ -}}
{{- define "headgate.clusterName" -}}
{{ printf "headgate-%s" .Release.Namespace }}
{{- end -}}
