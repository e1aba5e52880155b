# A plain Debian home server: nothing of Gatehouse is in it.
ARG BASE
FROM ${BASE}
ENV DEBIAN_FRONTEND=noninteractive
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
 && apt-get update \
 && apt-get install -y --no-install-recommends \
      systemd systemd-sysv dbus libpam-systemd iproute2 procps util-linux bsdextrautils less \
      samba smbclient samba-common-bin dnsmasq dnsutils openssh-server openssh-client acl plocate smartmontools curl \
      monit docker.io docker-compose jq caddy mariadb-server sudo opendoas policykit-1 polkitd cron strace \
      python3-minimal libcap2-bin iptables ca-certificates \
 && rm -rf /usr/sbin/policy-rc.d /var/lib/apt/lists/*
COPY smb.conf /etc/samba/smb.conf
COPY doas.conf /etc/doas.conf
# Nothing may change by itself while a test looks: no downloads, no fresh packages. The accounts are those of any home server.
RUN systemctl mask apt-daily.timer apt-daily-upgrade.timer systemd-tmpfiles-clean.timer \
 && chmod 0400 /etc/doas.conf \
 && useradd -m -u 1000 -s /bin/bash -G sudo -c 'First account' debian \
 && useradd -m -u 1001 -s /bin/bash -c 'Named in doas.conf' steward \
 && mkdir -p /srv/media && chmod 755 /srv/media \
 && rm -f /etc/ssh/ssh_host_*key* /etc/machine-id && ssh-keygen -A && touch /etc/machine-id
COPY tools/ /usr/local/
CMD ["/lib/systemd/systemd"]
