#!/bin/sh
# Becomes one lab node. Runs in a mount namespace of its own, so that whatever it mounts goes with it:
# the node sees this machine's programs under a writable root of its own.
#
#   boot.sh <node folder> <network namespace> <host name> <hidden folder>... -- <init argument>...
set -eu
folder=$1 namespace=$2 hostname=$3
shift 3

# What belongs to this machine's users, the project's secrets among it, is not for the nodes.
hide=
while [ "$1" != -- ]; do
  case $1 in
  # As on any host, every user of the node has a place for temporary files.
  /tmp) mode=1777 ;;
  *) mode=0755 ;;
  esac
  [ ! -d "$1" ] || hide="$hide --tmpfs=$1:mode=$mode"
  shift
done
shift

mount --make-rprivate /
# systemd-nspawn leaves folders here; on this mount they vanish with the node.
mkdir -p /run/systemd
mount -t tmpfs -o mode=755 tmpfs /run/systemd
mount -t tmpfs -o mode=755 tmpfs "$folder/root"
mkdir "$folder/root/upper" "$folder/root/work" "$folder/root/merged"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/root/upper,workdir=$folder/root/work" "$folder/root/merged"

# Sysctls under net/ belong to the node's network namespace: writable, as on a host.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
# shellcheck disable=SC2086 # the options in $hide are words of their own
exec systemd-nspawn --quiet --register=no --keep-unit --link-journal=no --resolv-conf=off --timezone=off \
  --directory="$folder/root/merged" --network-namespace-path="/run/netns/$namespace" \
  --machine="$hostname" --hostname="$hostname" --capability=all --bind=/dev/net/tun \
  --bind-ro="$folder/etc:/run/multinode" $hide --as-pid2 /bin/sh /run/multinode/init.sh "$@"
