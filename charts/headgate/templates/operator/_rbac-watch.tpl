{{- /* Reads what the table is compiled from; writes status and Events, nothing else. */ -}}
{{- define "headgate.watchRules" -}}
- apiGroups: [headgate.dev]
  resources: [modelproviders, routepolicies, modelconsumers]
  verbs: [get, list, watch]
- apiGroups: [headgate.dev]
  resources: [modelproviders/status, routepolicies/status, modelconsumers/status]
  verbs: [get, patch]
# Watched as metadata; read one by one, and only those that an object refers to.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [services]
  verbs: [get, list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [get, list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
