/**
 * Labels of what the operator makes for itself. `helm uninstall` does not know of it, so people need a way to find it:
 * `kubectl delete secrets,configmaps -l app.kubernetes.io/managed-by=headgate-operator`.
 */
export const OWN_LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': 'headgate',
  'app.kubernetes.io/managed-by': 'headgate-operator',
};
