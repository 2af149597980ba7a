# Which binaries a cluster needs, where they are, and how they are made. Sourced by ../cluster.

CONTROL_TOOLS="etcd kube-apiserver kubectl helm"
NODE_TOOLS="kube-controller-manager kube-scheduler kubelet kube-proxy containerd containerd-shim-runc-v2 ctr coredns pause"
HELM=v3.21.4

# Path of a binary: the one handed in by KUBEBUILDER_ASSETS, else the one in the cache.
tool() { # name
  if [ -n "${KUBEBUILDER_ASSETS:-}" ] && [ -x "$KUBEBUILDER_ASSETS/$1" ]; then echo "$KUBEBUILDER_ASSETS/$1"; else echo "$bin/$1"; fi
}

required() { # folder module: the version that the go.mod there asks for
  awk -v module="$2" '$1 == module && $2 ~ /^v/ {print $2; exit} $2 == module && $1 == "require" {print $3; exit}' "$here/$1/go.mod"
}

# The module and version a binary must have been built from: an upgrade of go.mod makes it stale.
origin() { # name
  case $1 in
    etcd) echo "go.etcd.io/etcd/server/v3 $(required kube go.etcd.io/etcd/server/v3)" ;;
    helm) echo "helm.sh/helm/v3 $HELM" ;;
    containerd | containerd-shim-runc-v2 | ctr) echo "github.com/containerd/containerd/v2 $(required containerd github.com/containerd/containerd/v2)" ;;
    coredns) echo "github.com/coredns/coredns $(required coredns github.com/coredns/coredns)" ;;
    pause) echo "headgate.dev/test/cluster (devel)" ;;
    *) echo "k8s.io/kubernetes $(required kube k8s.io/kubernetes)" ;;
  esac
}

is_current() { # name
  local path module version; path=$(tool "$1")
  [ -x "$path" ] || return 1
  [ "$path" = "$bin/$1" ] && command -v go >/dev/null || return 0
  read -r module version <<< "$(origin "$1")"
  [ "$1" = pause ] || go version -m "$path" 2>/dev/null | grep -qF "	$module	$version	"
}

missing_tools() { # control|node
  local name
  for name in $CONTROL_TOOLS $([ "$1" != node ] || echo "$NODE_TOOLS"); do is_current "$name" || echo "$name"; done
}

can() { # control|node
  case ${1:-} in control | node) ;; *) die "say control or node" ;; esac
  local missing; missing=$(missing_tools "$1" | tr '\n' ' ')
  [ "$(uname -s)" = Linux ] || { say "needs Linux"; return 3; }
  [ -z "$missing" ] || command -v go >/dev/null || { say "needs Go to build: $missing"; return 3; }
  command -v openssl >/dev/null || { say "needs openssl"; return 3; }
  [ "$1" != node ] || [ "$(id -u)" = 0 ] || { say "a node needs root"; return 3; }
}

build() { # control|node
  can "$1" || exit $?
  [ "$1" != node ] || install_packages
  # shellcheck disable=SC2046
  build_tools $(missing_tools "$1")
}

build_tools() { # name...
  [ $# -gt 0 ] || return 0
  mkdir -p "$bin"
  exec 9> "$cache/build.lock"
  flock -n 9 || { say "waiting for another build"; flock 9; }
  say "building $* into $bin, once (all of it takes about 8 minutes on 2 cores, control alone 5)"
  local name
  for name in "$@"; do is_current "$name" || make_tool "$name"; done
  flock -u 9; exec 9>&-
}

make_tool() { # name
  local from=$SECONDS containerd=github.com/containerd/containerd/v2/cmd
  case $1 in
    etcd | pause) go_build kube "./$1" ;;
    helm) make_helm ;;
    containerd | containerd-shim-runc-v2 | ctr) go_build containerd "$containerd/$1" ;;
    coredns) go_build coredns . ;;
    *) go_build kube "k8s.io/kubernetes/cmd/$1" ;;
  esac
  say "built $1 in $((SECONDS - from)) s"
}

# Without the version of Kubernetes, `helm template` and `helm lint` check charts against v1.20.
make_helm() {
  local version minor package=helm.sh/helm/v3; version=$(required kube k8s.io/kubernetes); minor=${version#v*.}
  local flags="-s -w -X $package/internal/version.version=$HELM" place
  for place in chartutil lint/rules; do
    flags="$flags -X $package/pkg/$place.k8sVersionMajor=1 -X $package/pkg/$place.k8sVersionMinor=${minor%%.*}"
  done
  (cd /tmp && GOBIN=$bin CGO_ENABLED=0 go install -trimpath -ldflags "$flags" "$package/cmd/helm@$HELM")
}

go_build() { # folder package
  # Without these, `kubectl version` and Helm's capability checks see v0.0.0.
  local version; version=$(required kube k8s.io/kubernetes)
  local minor=${version#v*.}; minor=${minor%%.*}
  local package=k8s.io/component-base/version
  local flags="-s -w -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$minor"
  (cd "$here/$1" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$flags" -tags "no_btrfs no_zfs no_devmapper" -o "$bin/" "$2")
}
