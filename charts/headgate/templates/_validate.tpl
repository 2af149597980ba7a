{{- /* Mistakes that a schema cannot see. */ -}}
{{- define "headgate.validate" -}}
{{- if and .Values.simulator.enabled .Values.watchNamespaces (not (has .Release.Namespace .Values.watchNamespaces)) }}
{{- fail (printf "simulator.enabled puts sample objects into namespace %q, which watchNamespaces does not list" .Release.Namespace) }}
{{- end }}
{{- if and .Values.networkPolicy.identityAddresses (not .Values.workloadIdentity.allowed) }}
{{- fail "networkPolicy.identityAddresses opens the metadata service to the proxies, which only workloadIdentity.allowed needs" }}
{{- end }}
{{- with .Values.proxy.autoscaling }}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) }}
{{- fail "proxy.autoscaling.minReplicas must not be larger than maxReplicas" }}
{{- end }}
{{- end }}
{{- end -}}
