# Stands in for mariadb:10.11 where no image can be pulled: the same user, paths, settings, entry point and health check.
ARG BASE
FROM ${BASE}
ENV DEBIAN_FRONTEND=noninteractive
RUN groupadd -r -g 999 mysql && useradd -r -g mysql -u 999 -d /var/lib/mysql -s /usr/sbin/nologin mysql \
 && apt-get update && apt-get install -y --no-install-recommends mariadb-server \
 && rm -rf /var/lib/apt/lists/* /var/lib/mysql /run/mysqld \
 && install -d -o mysql -g mysql -m 0755 /var/lib/mysql && install -d -o mysql -g mysql -m 1777 /run/mysqld \
 && sed -i '/^bind-address/d' /etc/mysql/mariadb.conf.d/50-server.cnf \
 && printf '[mariadbd]\nskip-name-resolve\nhost-cache-size=0\n' > /etc/mysql/conf.d/docker.cnf
COPY mariadb-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
COPY mariadb-healthcheck.sh /usr/local/bin/healthcheck.sh
VOLUME /var/lib/mysql
EXPOSE 3306
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["mariadbd"]
