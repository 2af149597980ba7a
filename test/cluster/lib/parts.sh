# The processes of a cluster, each with its own log and pid file in the run folder. Sourced by ../cluster.

# Writes to the objects under test are counted at the API server: one JSON line each in audit.log.
write_audit_policy() {
  cat > audit.yaml <<END
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    verbs: [create, update, patch, delete]
    resources: [{group: headgate.dev}]
  - level: None
END
}

command_of() { # part
  local etcd=http://127.0.0.1:$etcd_port peer=http://127.0.0.1:$peer_port
  case $1 in
    etcd) echo "etcd --data-dir etcd --listen-client-urls $etcd --advertise-client-urls $etcd --listen-peer-urls $peer
      --initial-advertise-peer-urls $peer --initial-cluster default=$peer --unsafe-no-fsync --log-level error" ;;
    # The kubelet's name is not in DNS, hence InternalIP for logs, exec and port-forward.
    apiserver) echo "kube-apiserver --etcd-servers $etcd --secure-port $port --bind-address 0.0.0.0
      --advertise-address $(cat advertise) --cert-dir . --client-ca-file pki/ca.crt --tls-cert-file pki/apiserver.crt
      --tls-private-key-file pki/apiserver.key --service-account-key-file pki/sa.pub
      --service-account-signing-key-file pki/sa.key --service-account-issuer https://kubernetes.default.svc
      --service-cluster-ip-range 10.96.0.0/16 --authorization-mode Node,RBAC --allow-privileged=true
      --kubelet-client-certificate pki/admin.crt --kubelet-client-key pki/admin.key
      --kubelet-preferred-address-types InternalIP --audit-policy-file audit.yaml --audit-log-path audit.log" ;;
    controllers) echo "kube-controller-manager --kubeconfig controllers.conf --service-account-private-key-file pki/sa.key
      --root-ca-file pki/ca.crt --use-service-account-credentials --cluster-cidr 10.244.0.0/16 --allocate-node-cidrs
      --leader-elect=false --bind-address 127.0.0.1" ;;
    scheduler) echo "kube-scheduler --kubeconfig scheduler.conf --leader-elect=false --bind-address 127.0.0.1" ;;
    containerd) echo "containerd -c containerd.toml" ;;
    kubelet) echo "kubelet --config kubelet.yaml --kubeconfig node.conf --root-dir $run/kubelet --hostname-override node1
      --node-ip $gateway" ;;
    kubeproxy) echo "kube-proxy --config kubeproxy.yaml" ;;
    dns) echo "coredns -conf Corefile" ;;
    *) die "unknown part $1" ;;
  esac
}

start() { # part
  cd "$run"
  [ ! -e "$1.pid" ] || die "$1 is running already"
  local words; read -r -d '' -a words <<< "$(command_of "$1")" || true
  [ ${#words[@]} -gt 0 ] || exit 1
  PATH=$bin:$PATH nohup "$(tool "${words[0]}")" "${words[@]:1}" >> "$1.log" 2>&1 < /dev/null &
  echo $! > "$1.pid"
}

stop() { # part
  local pid tries=100; pid=$(cat "$run/$1.pid" 2>/dev/null) || return 0
  # An API server waits for its watchers, which do not leave.
  [ "$1" != apiserver ] || tries=10
  kill "$pid" 2>/dev/null || true
  for _ in $(seq $tries); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$run/$1.pid"
}
