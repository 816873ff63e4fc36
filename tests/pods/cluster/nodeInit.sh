#!/bin/sh
# The first process of the node. It gets namespaces of its own, makes the file system of the node in them, and waits to be
# ended: with it ends every process of the node. The machine sees nothing of what is mounted here.
#
# $lower         the unpacked Debian root, which stays as it is
# $upper, $work  what the node writes over it
# $root          an empty directory, where the root of the node is mounted
# $binds         a file with lines SOURCE<tab>TARGET<tab>rw or ro
# $groups        a file with lines DIRECTORY TYPE OPTIONS for the control groups
# $images        the runtime's store of images, which stays as it is; empty while it is being made
# $images_upper, $images_work  what the runtime writes over the content of that store
set -eu

mount --make-rprivate /
mount -t overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work,volatile" node "$root"
cd "$root"
mkdir -p proc sys dev run tmp .machine

mount -t proc proc proc
mount -t sysfs sysfs sys
case $(cat "$groups") in
'. '*) ;;
*) mount -t tmpfs -o mode=755 groups sys/fs/cgroup ;;
esac
# In a control group namespace of its own the node sees its own groups as the roots.
while read -r directory type options; do
  mkdir -p "sys/fs/cgroup/$directory"
  mount -t "$type" -o "$options" "$type" "sys/fs/cgroup/$directory"
done <"$groups"

mount -t tmpfs -o mode=755 dev dev
for device in null zero full random urandom tty kmsg fuse; do
  [ -e "/dev/$device" ] || continue
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm dev/mqueue
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t mqueue mqueue dev/mqueue
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755 run run

while IFS='	' read -r source target access; do
  mkdir -p ".$target"
  mount --bind "$source" ".$target"
  [ "$access" = rw ] || mount -o remount,bind,ro ".$target"
done <"$binds"
if [ -n "$images" ]; then
  content=io.containerd.content.v1.content
  mkdir -p var/lib/containerd/$content
  mount -t overlay -o "lowerdir=$images/$content,upperdir=$images_upper,workdir=$images_work,volatile" \
    content var/lib/containerd/$content
fi

# Kubelet sets these for the whole machine unless they hold the values that it wants: here they seem to.
seem() {
  mkdir -p run/settings
  printf '%s\n' "$2" >"run/settings/$(basename "$1")"
  mount --bind "run/settings/$(basename "$1")" "proc/sys/$1"
}
seem vm/overcommit_memory 1
seem vm/panic_on_oom 0
seem kernel/panic 10
seem kernel/panic_on_oops 1
seem kernel/keys/root_maxkeys 1000000
seem kernel/keys/root_maxbytes 25000000

pivot_root . .machine
cd /
umount -l /.machine
# Mounts of a pod with mount propagation come back to the node.
mount --make-rshared /

# Each of these belongs to a namespace of the node. Without the third, traffic between pods passes by every policy.
echo alpha >/proc/sys/kernel/hostname
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
# Every refusal of a policy is said, not one a second: who asks need not wait for what never comes.
echo 0 >/proc/sys/net/ipv4/icmp_ratemask
ip link set lo up

: >/run/node-is-made
exec bash -c 'trap "exit 0" TERM INT; while :; do sleep 3600 & wait $!; done'
