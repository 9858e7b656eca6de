#!/bin/sh
# The first process of a lab node: network, Open vSwitch if the node carries it, and the SSH server, whose end is the
# node's end.
#
#   init.sh <address/prefix> <gateway> <MTU in bytes> <openvswitch|plain>
set -eu
address=$1 gateway=$2 mtu=$3 kind=$4
hostname=$(hostname)
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C

echo "$hostname" >/etc/hostname
printf '127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost ip6-localhost ip6-loopback\n' "$hostname" >/etc/hosts
ip link set lo up

if [ "$kind" = openvswitch ]; then
  mkdir -p /run/openvswitch /var/log/openvswitch /etc/openvswitch
  rm -f /etc/openvswitch/conf.db /etc/openvswitch/.conf.db.~lock~
  ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
  ovsdb-server /etc/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock \
    --pidfile --log-file --detach --no-chdir -vconsole:off
  ovs-vsctl --no-wait init -- set Open_vSwitch . external-ids:system-id="$hostname"
  ovs-vswitchd unix:/run/openvswitch/db.sock --disable-system \
    --pidfile --log-file --detach --no-chdir -vconsole:off
  # The userspace datapath finds a tunnel's way out only through its own bridges: the underlay's interface is
  # a port of one, which carries the node's address and the interface's MAC address.
  ip link set phy0 mtu "$mtu" up
  mac=$(cat /sys/class/net/phy0/address)
  ovs-vsctl --timeout=10 add-br eth0 -- set bridge eth0 datapath_type=netdev other_config:hwaddr="\"$mac\"" \
    -- add-port eth0 phy0 -- set interface phy0 mtu_request="$mtu" -- set interface eth0 mtu_request="$mtu"
else
  ip link set phy0 down
  ip link set phy0 name eth0
fi
ip link set eth0 mtu "$mtu" up
case $address in
*:*) ip -6 addr add "$address" dev eth0 nodad && ip -6 route add default via "$gateway" ;;
*) ip addr add "$address" dev eth0 && ip route add default via "$gateway" ;;
esac

[ ! -f /run/multinode/first-boot.sh ] || sh /run/multinode/first-boot.sh

mkdir -p /run/sshd
exec /usr/sbin/sshd -D -e -f /run/multinode/sshd_config
