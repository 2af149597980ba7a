# A node with real pods: containerd, kubelet, kube-proxy and cluster DNS on this machine. Sourced by ../cluster.
# Names and addresses are fixed, so one machine holds one node at a time.

socket=/run/headgate-containerd.sock
containerd_state=/run/headgate-containerd
bridge=headgate0
gateway=10.244.0.1
NODE_PACKAGES="containernetworking-plugins runc iptables conntrack iproute2"

ctr() { "$bin/ctr" -a "$socket" -n k8s.io "$@"; }

install_packages() {
  local name missing=()
  for name in $NODE_PACKAGES; do quietly dpkg -s "$name" || missing+=("$name"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing Debian packages: ${missing[*]}"
  quietly apt-get update
  DEBIAN_FRONTEND=noninteractive quietly apt-get install -y --no-install-recommends "${missing[@]}" || die "could not install ${missing[*]}"
}

claim_node() {
  local owner; owner=$(cat "$containerd_state.owner" 2>/dev/null || true)
  if [ -n "$owner" ] && [ -e "$owner/containerd.pid" ]; then
    die "this machine runs a node already: HEADGATE_CLUSTER_RUN=$owner cluster down"
  fi
  [ ! -S "$socket" ] || ! quietly ctr version || die "another containerd answers on $socket"
  echo "$run" > "$containerd_state.owner"
}

configure_node() {
  if ! quietly ip link show "$bridge"; then
    ip link add "$bridge" type bridge; ip addr add "$gateway/24" dev "$bridge"; ip link set "$bridge" up
  fi
  echo 1 > /proc/sys/net/ipv4/ip_forward
  mkdir -p cni containerd kubelet
  write_network; write_containerd; write_kubelet; write_kubeproxy; write_dns
}

write_network() {
  cat > cni/10-pods.conflist <<END
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "$bridge", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$run/ipam", "subnet": "10.244.0.0/24", "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
}

# restrict_oom_score_adj: a container without CAP_SYS_RESOURCE may not write oom_score_adj -998, and every sandbox would die.
write_containerd() {
  cat > containerd.toml <<END
version = 3
root = "$run/containerd"
state = "$containerd_state"
[grpc]
  address = "$socket"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "headgate.dev/pause:1"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/usr/lib/cni"]
  conf_dir = "$run/cni"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
END
}

# failCgroupV1, enforceNodeAllocatable and localStorageCapacityIsolation: machines with cgroup v1 and few privileges.
write_kubelet() {
  cat > kubelet.yaml <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://$socket
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $run/pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $run/pki/kubelet.crt
tlsPrivateKeyFile: $run/pki/kubelet.key
clusterDomain: cluster.local
clusterDNS: [$gateway]
resolvConf: ""
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
enforceNodeAllocatable: []
localStorageCapacityIsolation: false
END
}

write_kubeproxy() {
  cat > kubeproxy.yaml <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $run/kubeproxy.conf}
mode: iptables
clusterCIDR: 10.244.0.0/16
hostnameOverride: node1
conntrack: {maxPerCore: 0, min: 0}
END
}

write_dns() {
  cat > Corefile <<END
.:53 {
  bind $gateway
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $run/dns.conf
    ttl 5
  }
}
END
}

start_node() {
  start controllers; start scheduler; start containerd; start dns
  until_ok 20 containerd ctr version
  load_pause_image
  start kubelet; start kubeproxy
  until_ok 60 "the node" kubectl wait --for=condition=Ready node/node1 --timeout=1s
}

image() { # docker-archive
  local output; output=$(ctr images import "$1" 2>&1) || die "could not import $1: $output"
}

# A docker-archive of one layer with one static binary.
load_pause_image() {
  local folder=$run/pause digest config
  mkdir -p "$folder/root"
  cp "$bin/pause" "$folder/root/pause"
  tar -C "$folder/root" -cf "$folder/layer.tar" pause
  digest=$(sha256sum "$folder/layer.tar" | cut -d' ' -f1)
  local machine=amd64; [ "$(uname -m)" != aarch64 ] || machine=arm64
  config="{\"architecture\":\"$machine\",\"os\":\"linux\",\"config\":{\"Entrypoint\":[\"/pause\"]}"
  echo "$config,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$digest\"]}}" > "$folder/config.json"
  echo '[{"Config":"config.json","RepoTags":["headgate.dev/pause:1"],"Layers":["layer.tar"]}]' > "$folder/manifest.json"
  tar -C "$folder" -cf "$run/pause.tar" config.json layer.tar manifest.json
  image "$run/pause.tar"
  rm -rf "$folder" "$run/pause.tar"
}

stop_containers() {
  [ -e "$run/containerd.pid" ] || return 0
  stop kubelet
  local id
  for id in $(ctr tasks ls -q 2>/dev/null); do quietly ctr tasks kill -s KILL "$id" || true; done
  for _ in $(seq 20); do [ -n "$(ctr tasks ls -q 2>/dev/null)" ] || break; remove_ended_tasks; sleep 0.1; done
  for id in $(ctr containers ls -q 2>/dev/null); do quietly ctr containers rm "$id" || true; done
}

remove_ended_tasks() {
  local id
  for id in $(ctr tasks ls -q 2>/dev/null); do quietly ctr tasks rm -f "$id" || true; done
}

# After containerd has ended: shims outlive it by design, and so do network namespaces, mounts and iptables rules.
release_node() {
  [ -e "$run/kubeproxy.yaml" ] || return 0
  local process name mount
  for process in /proc/[0-9]*; do
    if { tr '\0' ' ' < "$process/cmdline"; } 2>/dev/null | grep -q "^$bin/containerd-shim-runc-v2 .*-address $socket"; then
      kill -9 "${process#/proc/}" 2>/dev/null || true
    fi
  done
  for name in $(ls /run/netns 2>/dev/null | grep ^cni- || true); do quietly ip netns delete "$name" || true; done
  awk -v run="$run/" -v state="$containerd_state/" 'index($2, run) == 1 || index($2, state) == 1 {print $2}' /proc/mounts | sort -r |
    while read -r mount; do umount -l "$mount" || true; done
  quietly "$bin/kube-proxy" --config "$run/kubeproxy.yaml" --cleanup || true
  quietly ip link del "$bridge" || true
  rm -rf "$containerd_state" "$containerd_state.owner" "$socket"*
}
