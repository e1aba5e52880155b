// Names of groups that programs of Debian give power to by themselves, in no file that policy.ts reads: a socket, a device, a way
// past a password. Made before such a program is installed, a group of that name would be its group.
export const reservedNames: ReadonlySet<string> = new Set([
  ...['root', 'wheel', 'sudo', 'admin', 'adm', 'staff', 'operator', 'backup', 'shadow', 'disk', 'kmem', 'crontab'],
  ...['docker', 'containerd', 'podman', 'lxc', 'lxd', 'incus', 'incus-admin', 'microk8s', 'kvm', 'xen', 'vboxusers'],
  ...['libvirt', 'libvirtd', 'libvirt-qemu', 'nopasswdlogin', 'autologin', 'polkitd', 'messagebus', 'fuse', 'ceph'],
  ...['systemd-journal', 'systemd-network', 'netdev', 'plugdev', 'lpadmin', 'sambashare', 'wireshark', 'pcap'],
  ...['dialout', 'tape', 'cdrom', 'floppy', 'audio', 'video', 'render', 'input', 'uinput', 'tty', 'i2c', 'spi', 'gpio'],
]);
