# shellcheck shell=bash
# The files of a lab: what is written before anything is started. Read by lab, which sets the
# variables used here (state, prefix, net, here and the rest) and offers host_name and friends.
#
#   STATE/settings          prefix, net, interface and size, for later calls
#   STATE/bin               the helpers, compiled
#   STATE/images            the guests' disks, seen by every host as /var/lib/libvirt/images
#   STATE/vms               the guests' definitions
#   STATE/client            what a console outside needs: key, known_hosts, ssh_config, roost.conf
#   STATE/hosts/NAME        one host's disk, so to say: bound over its /root, /etc/libvirt, ...

build_helpers() {
    local name
    mkdir -p "$state/bin" "$state/images"
    for name in hostinit wakelisten fakelogin; do
        if [[ -n ${LAB_BIN:-} ]]; then
            cp "$LAB_BIN/$name" "$state/bin/$name"
        else
            "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -O2 -o "$state/bin/$name" "$here/$name.c"
        fi
    done
    for name in idle dirty; do
        as --32 -o "$state/bin/guest.o" "$here/guest-$name.S"
        ld -m elf_i386 -Ttext=0 --oformat=binary -e 0 \
            -o "$state/images/$name.rom" "$state/bin/guest.o"
        chmod 644 "$state/images/$name.rom"
    done
    if [[ -n $containers ]]; then
        mkdir -p "$state/images/box"/{dev,proc,sys,sbin}
        as -o "$state/bin/guest.o" "$here/guest-box.S"
        ld -static -o "$state/images/box/sbin/init" "$state/bin/guest.o"
    fi
    rm -f "$state/bin/guest.o"
    install -m 755 "$here/power.sh" "$state/power"
    install -m 755 "$here/ethtool.sh" "$state/ethtool"
}

new_key() { # FILE COMMENT
    ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$1"
}

# Keys of everybody, known_hosts of all hosts, and who may log in where: the console and every
# host to every host, as peer-to-peer migration wants it.
write_keys() {
    local i dir
    mkdir -p "$state/client" "$state/common"
    new_key "$state/client/id_ed25519" "console of $prefix"
    cp "$state/client/id_ed25519.pub" "$state/common/authorized_keys"
    : >"$state/common/known_hosts"
    for ((i = 1; i <= count; i++)); do
        dir=$(host_dir "$i")
        mkdir -p "$dir/ssh" "$dir/root/.ssh"
        new_key "$dir/ssh/ssh_host_ed25519_key" "$(host_name "$i")"
        new_key "$dir/root/.ssh/id_ed25519" "root@$(host_name "$i")"
        cat "$dir/root/.ssh/id_ed25519.pub" >>"$state/common/authorized_keys"
        printf '%s,%s %s\n' "$(host_name "$i")" "$(host_address "$i")" \
            "$(cut -d' ' -f1,2 "$dir/ssh/ssh_host_ed25519_key.pub")" >>"$state/common/known_hosts"
    done
}

# Names must resolve at once, or libvirtd waits for a name server that is not there.
write_common() {
    local i
    {
        echo "127.0.0.1 localhost"
        for ((i = 1; i <= count; i++)); do
            echo "$(host_address "$i") $(host_name "$i")"
        done
    } >"$state/common/hosts"
    cat >"$state/common/nsswitch.conf" <<-END
	passwd: files
	group: files
	shadow: files
	hosts: files
	networks: files
	protocols: files
	services: files
	ethers: files
	rpc: files
	END
    # sshd lets nobody in whose password is locked with "!", not even by key.
    sed 's/^root:[^:]*:/root:*:/' /etc/shadow >"$state/common/shadow"
    chmod 600 "$state/common/shadow"
    for ((i = 1; i <= count; i++)); do
        echo "$(host_mac "$i") $(host_name "$i")"
    done >"$state/macs"
}

write_host() { # NUMBER
    local dir name
    dir=$(host_dir "$1")
    name=$(host_name "$1")
    mkdir -p "$dir"/etc/{network/if-up.d,systemd/network,udev/rules.d}
    mkdir -p "$dir"/{lib/images,lib/qemu,cache/qemu,log/libvirt/qemu,libvirt/qemu,run}
    chmod 700 "$dir/root" "$dir/root/.ssh"
    cp "$state/common/authorized_keys" "$state/common/known_hosts" "$dir/root/.ssh/"
    cp "$state/common/"{hosts,nsswitch.conf,shadow} "$dir/etc/"
    echo "$name" >"$dir/etc/hostname"
    new_uuid | tr -d - >"$dir/etc/machine-id"
    write_load "$dir/loadavg" 0.05
    echo none >"$dir/wol"
    if has_containers "$1"; then
        : >"$dir/lxc"
    fi

    cat >"$dir/ssh/sshd_config" <<-END
	ListenAddress $(host_address "$1")
	HostKey /etc/ssh/ssh_host_ed25519_key
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitRootLogin prohibit-password
	UsePAM no
	UseDNS no
	PrintMotd no
	PrintLastLog no
	MaxStartups 100
	MaxSessions 100
	SetEnv PATH=/run/lab/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	Subsystem sftp internal-sftp
	END
    echo "StrictHostKeyChecking yes" >"$dir/ssh/ssh_config"

    # All hosts see the DMI of one machine; libvirt will not migrate between equal host UUIDs.
    cat >"$dir/libvirt/libvirtd.conf" <<-END
	host_uuid = "$(new_uuid)"
	auth_unix_ro = "none"
	auth_unix_rw = "none"
	unix_sock_rw_perms = "0700"
	END
    cat >"$dir/libvirt/qemu.conf" <<-END
	user = "root"
	group = "root"
	security_driver = "none"
	namespaces = []
	cgroup_controllers = []
	remember_owner = 0
	stdio_handler = "file"
	END
    : >"$dir/libvirt/virtlogd.conf"
    : >"$dir/libvirt/libvirt.conf"
}

write_client() {
    local client=$state/client i
    cp "$state/common/known_hosts" "$client/known_hosts"
    mkdir -p "$client/store"
    {
        for ((i = 1; i <= count; i++)); do
            printf 'Host %s\n    HostName %s\n' "$(host_name "$i")" "$(host_address "$i")"
        done
        cat <<-END
		Host *
		    User root
		    IdentityFile $client/id_ed25519
		    IdentitiesOnly yes
		    UserKnownHostsFile $client/known_hosts
		    GlobalKnownHostsFile /dev/null
		    StrictHostKeyChecking yes
		    BatchMode yes
		    ConnectTimeout 10
		END
    } >"$client/ssh_config"
    # For libvirt's qemu+ssh, which takes the path of an ssh (command=) but not of an ssh_config.
    printf '#!/bin/sh\nexec ssh -F "%s" "$@"\n' "$client/ssh_config" >"$client/ssh"
    chmod +x "$client/ssh"
    cat >"$client/roost.conf" <<-END
	# Made by tests/lab. Paths count from this file.
	[cluster]
	store=store

	[ssh]
	user=root
	identity=id_ed25519
	known_hosts=known_hosts

	# The CPU that guests use counts as well, and that follows from how busy the machine is: above
	# what it can ever be, only \`lab load\` decides.
	[load]
	min=8
	max=10

	[limits]
	vm_min_mib=32
	END
    for i in $containers; do
        printf '\n[host %s]\nuri=lxc+libssh://{user}@{address}/system\n' "$(host_address "$i")"
    done >>"$client/roost.conf"
}

# A file in the form of /proc/loadavg, always 32 bytes and written at once and in place: the host
# has it bound, and reads it at any moment.
write_load() { # FILE LOAD1 [LOAD5 LOAD15]
    local text
    printf -v text '%.2f %.2f %.2f 1/100 ' "$2" "${3:-$2}" "${4:-$2}"
    printf '%s%0*d\n' "$text" $((31 - ${#text})) 1 1<>"$1"
}

new_uuid() {
    cat /proc/sys/kernel/random/uuid
}

# A disk that is read-only and shareable migrates safely without shared storage.
write_vm() { # NAME KIND MIB
    local uuid type=${LAB_TYPE:-qemu}
    uuid=$(new_uuid)
    if [[ -z ${LAB_TYPE:-} ]] && (: <>/dev/kvm) 2>/dev/null; then
        type=kvm
    fi
    mkdir -p "$state/vms"
    truncate -s 1M "$state/images/$1.img"
    cat >"$state/vms/$1.xml" <<-END
	<domain type='$type'>
	  <name>$1</name>
	  <uuid>$uuid</uuid>
	  <memory unit='MiB'>$3</memory>
	  <vcpu>1</vcpu>
	  <os>
	    <type arch='x86_64' machine='pc'>hvm</type>
	    <loader readonly='yes' type='rom'>/var/lib/libvirt/images/$2.rom</loader>
	  </os>
	  <features>
	    <acpi/>
	  </features>
	  <devices>
	    <emulator>$(command -v qemu-system-x86_64)</emulator>
	    <disk type='file' device='disk'>
	      <driver name='qemu' type='raw'/>
	      <source file='/var/lib/libvirt/images/$1.img'/>
	      <target dev='vda' bus='virtio'/>
	      <readonly/>
	      <shareable/>
	    </disk>
	    <controller type='usb' model='none'/>
	    <interface type='user'>
	      <mac address='52:54:00:${uuid:0:2}:${uuid:2:2}:${uuid:4:2}'/>
	      <model type='virtio'/>
	      <rom enabled='no'/>
	    </interface>
	    <memballoon model='none'/>
	  </devices>
	</domain>
	END
}

# A container: its root is a directory that every host sees, its init a program of ours.
write_box() { # NAME MIB
    mkdir -p "$state/vms"
    cat >"$state/vms/$1.xml" <<-END
	<domain type='lxc'>
	  <name>$1</name>
	  <uuid>$(new_uuid)</uuid>
	  <memory unit='MiB'>$2</memory>
	  <vcpu>1</vcpu>
	  <os>
	    <type>exe</type>
	    <init>/sbin/init</init>
	  </os>
	  <devices>
	    <filesystem type='mount'>
	      <source dir='/var/lib/libvirt/images/box'/>
	      <target dir='/'/>
	    </filesystem>
	    <console type='pty'/>
	  </devices>
	</domain>
	END
}
