# One CA for everything, certificates and kubeconfigs. Runs in the run folder. Sourced by ../cluster.

certificate() { # name subject [extension]
  local key="ec -pkeyopt ec_paramgen_curve:P-256"
  # shellcheck disable=SC2086
  openssl req -newkey $key -nodes -keyout "pki/$1.key" -out "pki/$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "pki/$1.csr" -CA pki/ca.crt -CAkey pki/ca.key -CAcreateserial -out "pki/$1.crt" -days 30 \
    -extfile <(echo "${3:-extendedKeyUsage=clientAuth}") 2>/dev/null
}

make_pki() {
  mkdir -p pki
  openssl genrsa -out pki/sa.key 2048 2>/dev/null
  openssl rsa -in pki/sa.key -pubout -out pki/sa.pub 2>/dev/null
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout pki/ca.key -out pki/ca.crt -subj /CN=headgate-test -days 30 2>/dev/null
  local names="DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost"
  certificate apiserver /CN=kube-apiserver "subjectAltName=IP:127.0.0.1,IP:10.96.0.1,IP:$gateway,$names"
  certificate kubelet /CN=node1 "subjectAltName=IP:127.0.0.1,IP:$gateway,DNS:node1"
  certificate admin /O=system:masters/CN=admin
  certificate controllers /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate kubeproxy /CN=system:kube-proxy
  certificate dns /O=system:masters/CN=dns
  certificate node /O=system:nodes/CN=system:node:node1
  local user
  for user in admin controllers scheduler kubeproxy dns node; do kubeconfig "$user" > "$user.conf"; done
}

kubeconfig() { # user
  cat <<END
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://127.0.0.1:$port", certificate-authority: $run/pki/ca.crt}}]
users: [{name: $1, user: {client-certificate: $run/pki/$1.crt, client-key: $run/pki/$1.key}}]
contexts: [{name: test, context: {cluster: test, user: $1}}]
current-context: test
END
}
