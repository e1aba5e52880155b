#!/bin/bash
# First start: makes the data folder, and lets the server itself read the accounts to make before it listens.
set -euo pipefail
umask 077
data=/var/lib/mysql first=/tmp/first-start.sql

# MARIADB_X, MYSQL_X, or the content of the file that MARIADB_X_FILE or MYSQL_X_FILE names
setting() {
  local prefix name file
  for prefix in MARIADB MYSQL; do
    name="${prefix}_$1" file="${prefix}_$1_FILE"
    if [ -n "${!name:-}" ]; then printf '%s' "${!name}"; return; fi
    if [ -n "${!file:-}" ]; then cat -- "${!file}"; return; fi
  done
}
text() { local it=${1//\\/\\\\}; printf "'%s'" "${it//\'/\'\'}"; }
name() { printf '`%s`' "${1//\`/\`\`}"; }
random() { head -c 24 /dev/urandom | base64; }

if [ "${1:-mariadbd}" != mariadbd ] && [ "${1#-}" = "$1" ]; then exec "$@"; fi
[ "${1:-}" = mariadbd ] && shift

if [ "$(id -u)" = 0 ]; then
  chown mysql:mysql "$data" /run/mysqld
  exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" mariadbd "$@"
fi

rm -f "$first"
if [ ! -d "$data/mysql" ]; then
  root=$(setting ROOT_PASSWORD) database=$(setting DATABASE) user=$(setting USER) password=$(setting PASSWORD)
  if [ -n "$(setting RANDOM_ROOT_PASSWORD)" ]; then
    root=$(random)
    echo "GENERATED ROOT PASSWORD: $root"
  elif [ -z "$root" ] && [ -z "$(setting ALLOW_EMPTY_ROOT_PASSWORD)" ]; then
    echo 'Give one of MARIADB_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD, MARIADB_RANDOM_ROOT_PASSWORD' >&2
    exit 1
  fi
  mariadb-install-db --datadir="$data" --skip-test-db --auth-root-authentication-method=normal > /dev/null
  health=$(random)
  printf '[mariadb-client]\nport=3306\nsocket=/run/mysqld/mysqld.sock\nuser=healthcheck\npassword=%s\nprotocol=tcp\n' \
    "$health" > "$data/.my-healthcheck.cnf"
  {
    for from in 127.0.0.1 ::1 localhost; do
      echo "CREATE USER IF NOT EXISTS healthcheck@'$from' IDENTIFIED BY '$health';"
    done
    echo "ALTER USER root@localhost IDENTIFIED BY $(text "$root");"
    [ -z "$root" ] || echo "CREATE USER root@'%' IDENTIFIED BY $(text "$root");"
    [ -z "$root" ] || echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
    [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS $(name "$database");"
    [ -z "$user" ] || echo "CREATE USER $(text "$user")@'%' IDENTIFIED BY $(text "$password");"
    [ -z "$user" ] || [ -z "$database" ] ||
      echo "GRANT ALL ON $(name "${database//_/\\_}").* TO $(text "$user")@'%';"
  } > "$first"
  set -- --init-file="$first" "$@"
fi
unset "${!MARIADB_@}" "${!MYSQL_@}"
exec mariadbd "$@"
