# The dashboard alone: web/ and allowlist/ with what they need at run time. No agent code, no root, nothing to write to but the volume.
FROM node:24-bookworm-slim AS packages
WORKDIR /srv/gatehouse
COPY package.json package-lock.json .npmrc ./
COPY allowlist/package.json allowlist/
COPY host-agent/package.json host-agent/
COPY web/package.json web/
# Without running any package's own script: those that are compiled bring their binaries along.
RUN npm install --workspace web --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /srv/gatehouse
COPY --from=packages /srv/gatehouse/node_modules node_modules
COPY package.json ./
COPY allowlist allowlist
COPY web web
# The owner is chosen at run time (the host's gatehouse user), so the folder takes whoever that is; a named volume inherits it.
RUN rm -rf node_modules/@gatehouse && mkdir -m 1777 /var/lib/gatehouse-web
USER 10001:10001
EXPOSE 8080
ENV GATEHOUSE_HOST=0.0.0.0 GATEHOUSE_PORT=8080 \
    MALLOC_ARENA_MAX=2 \
    GATEHOUSE_SOCKET=/run/gatehouse/agent.sock \
    GATEHOUSE_DATABASE=sqlite:/var/lib/gatehouse-web/gatehouse.db \
    GATEHOUSE_SECRET_FILE=/var/lib/gatehouse-web/secret
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# A small young generation and few arenas: a dashboard at rest keeps 40 MB less.
CMD ["node", "--max-semi-space-size=2", "web/main.ts"]
