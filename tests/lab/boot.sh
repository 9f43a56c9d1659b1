#!/bin/bash
# Makes a host's own view of this machine. Run by hostinit as a child of PID 1, inside the host's
# new namespaces, before any daemon: boot.sh DIR, where DIR is the host's directory, written by
# files.sh. Everything mounted here is gone when the host is off.
set -euo pipefail

dir=$1
lab=$(dirname "$(dirname "$dir")")

mount --make-rprivate /

# A process list of its own, and the load that the lab gives it.
mount -t proc -o nosuid,nodev,noexec proc /proc
mount --bind "$dir/loadavg" /proc/loadavg

# libvirt's LXC driver wants cgroups. PID 1, and with it all that it starts, gets a group of its own
# in each hierarchy; hostinit then makes that group the root of what the host sees.
hierarchies=()
if [[ -e $dir/lxc ]]; then
    group=roost-lab${dir//\//_}
    while read -r _ path type options _; do
        [[ $type == cgroup && $options != *name=* && -d $path ]] || continue
        mkdir -p "$path/$group"
        for name in cpuset.cpus cpuset.mems; do
            [[ ! -e $path/$name ]] || cat "$path/$name" >"$path/$group/$name"
        done
        echo 1 >"$path/$group/cgroup.procs"
        echo $$ >"$path/$group/cgroup.procs"
        hierarchies+=("$(basename "$path")")
    done </proc/self/mounts
    # What is only covered is still listed, and libvirt would look for it in vain.
    umount --recursive /sys
fi

# /sys/class/net shows the network namespace that sysfs is mounted in. No cgroups elsewhere, on
# purpose.
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
if ((${#hierarchies[@]})); then
    mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
    for name in "${hierarchies[@]}"; do
        mkdir "/sys/fs/cgroup/$name"
        unshare --cgroup mount -t cgroup -o "$name" cgroup "/sys/fs/cgroup/$name"
    done
fi

mount --bind "$dir/lib" /var/lib/libvirt
mount --bind "$lab/images" /var/lib/libvirt/images
mount --bind "$dir/cache" /var/cache/libvirt
mount --bind "$dir/log" /var/log
mount --bind "$dir/libvirt" /etc/libvirt
mount --bind "$dir/ssh" /etc/ssh
mount --bind "$dir/root" /root
for name in hosts hostname nsswitch.conf shadow machine-id; do
    [[ ! -e /etc/$name ]] || mount --bind "$dir/etc/$name" "/etc/$name"
done

# What arms wake-on-LAN again at boot is written below these.
for name in network systemd/network udev/rules.d; do
    [[ ! -d /etc/$name ]] || mount --bind "$dir/etc/$name" "/etc/$name"
done

# /run is made aside and moved into place last, since DIR itself may be below /run.
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$dir/run"
mkdir -p "$dir"/run/{lock,sshd,user,lab/bin}
: >"$dir/run/utmp"
[[ ! -e $dir/lxc ]] || : >"$dir/run/lab/lxc"
install -m 755 "$lab/power" "$dir/run/lab/power"
for name in poweroff halt shutdown reboot systemctl; do
    ln -s ../power "$dir/run/lab/bin/$name"
    # Most of these are links to one file; what is bound over it tells them apart by name.
    if path=$(command -v "$name"); then
        mount --bind "$lab/power" "$(readlink -f "$path")"
    fi
done
: >"$dir/run/lab/wol"
mount --bind "$dir/wol" "$dir/run/lab/wol"
if path=$(command -v ethtool); then
    path=$(readlink -f "$path")
    : >"$dir/run/lab/ethtool"
    mount --bind "$path" "$dir/run/lab/ethtool"
    mount --bind "$lab/ethtool" "$path"
fi
mount -n --move "$dir/run" /run
