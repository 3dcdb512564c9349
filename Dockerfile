# syntax=docker/dockerfile:1
# Pin the base by digest for a release: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:...
ARG NODE_IMAGE=node:24-bookworm-slim

# JavaScript from TypeScript. Nothing of this stage but dist/ reaches the image, so no install script needs to run.
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=optional --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json sync.config.example.json ./
COPY build ./build
COPY config ./config
COPY migrations ./migrations
COPY src ./src
RUN npm run build

# What runs: the database driver is compiled here, against the headers of the image's own Node, never downloaded.
FROM ${NODE_IMAGE} AS dependencies
RUN apt-get update && apt-get install --yes --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json ./
ENV npm_config_nodedir=/usr/local npm_config_build_from_source=true
RUN npm ci --omit=dev --omit=optional --strict-allow-scripts --no-audit --no-fund \
  && find node_modules/sqlite3/build -type f ! -name node_sqlite3.node -delete \
  && rm -rf node_modules/sqlite3/deps node_modules/sqlite3/src

FROM ${NODE_IMAGE}
ENV NODE_ENV=production ROSTERBRIDGE_CONFIG=/data/sync.config.json
# Node would keep up to 128 MB of garbage before it looks, and the C library what each thread gave back: runs need neither.
ENV NODE_OPTIONS=--max-semi-space-size=8 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=dependencies /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# The only place that is written to; the root file system may be read-only.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /data
VOLUME /data
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["serve"]
