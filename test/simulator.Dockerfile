# Build from the root of the repository: docker build -f test/simulator.Dockerfile -t headgate.dev/simulator:0.1.0 .
# `make images` assembles the same files without a container engine.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY crds/package.json crds/
COPY operator/package.json operator/
COPY proxy/package.json proxy/
COPY test/package.json test/
RUN npm ci
COPY . .
RUN PATH="$PWD/node_modules/.bin:$PATH" && tsc -b && mkdir /out && node tooling/images/build-images.ts --root simulator /out

FROM scratch
COPY --from=build /out /
USER 65532:65532
WORKDIR /app
ENV NODE_ENV=production SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
EXPOSE 8089
ENTRYPOINT ["/usr/local/bin/node", "/app/dist/main.mjs"]
CMD []
