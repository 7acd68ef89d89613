# squizzle:latest, for pipelines and Kubernetes jobs. `scripts/image` builds it: every ARG without a value here
# comes from scripts/pins.env.
ARG NODE_IMAGE
# Where oras and the credential helpers come from: their releases, or the folder of the build context `local-tools`.
ARG TOOLS=release

# The compiled program. Nothing in it depends on the platform.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.js scripts/build.js
COPY bin bin
COPY src src
RUN npm run build

# The packages it runs with. TypeScript is valibot's optional peer, so it would come as well. What only
# compilers, bundlers and debuggers read stays behind, a third of all bytes; so does Yarn, which only `plugins link`
# would start.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS packages
WORKDIR /packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  && rm -r node_modules/yarn node_modules/npm/man node_modules/npm/docs \
  && find node_modules -type d \( -name dist-es -o -name dist-types \) -prune -exec rm -r {} + \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete

FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS tools-release
ARG TARGETARCH
ARG ORAS_VERSION
ARG ORAS_SHA256_AMD64
ARG ORAS_SHA256_ARM64
ARG GCR_HELPER_VERSION
ARG GCR_HELPER_SHA256_AMD64
ARG GCR_HELPER_SHA256_ARM64
ARG ACR_HELPER_VERSION
ARG ACR_HELPER_SHA256_AMD64
ARG ACR_HELPER_SHA256_ARM64
COPY scripts/image.d/fetch-tools.js /
RUN node /fetch-tools.js "$TARGETARCH" /tools

FROM scratch AS tools-local
COPY --from=local-tools / /tools/

FROM tools-${TOOLS} AS tools

# Debian with Node.js, without what came to install other things with: npm (plugin management has its own), Yarn,
# headers. Of git, the one program that tells a build its commit; it would bring Perl. A mounted workspace often
# has another owner than the user in here, which git refuses unless told.
FROM ${NODE_IMAGE} AS system
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini ca-certificates amazon-ecr-credential-helper \
  && cd /tmp && apt-get download git && dpkg-deb --extract git_*.deb git \
  && mv git/usr/bin/git /usr/local/bin/git && install -D git/usr/share/doc/git/copyright /usr/share/doc/git/copyright \
  && printf '[safe]\n\tdirectory = *\n' >/etc/gitconfig \
  && apt-get clean \
  && rm -rf /tmp/* /opt/* /var/lib/apt/lists/* /var/log/* /var/cache/ldconfig /var/cache/debconf/*-old \
    /usr/local/include /usr/local/lib/node_modules /usr/local/share \
    /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
    /usr/local/bin/docker-entrypoint.sh /usr/local/bin/nodejs /usr/local/*.md /usr/local/LICENSE \
  && (userdel --remove node 2>/dev/null || true) \
  && useradd --uid 1000 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin squizzle \
  && install -d -o squizzle -g squizzle /workspace

# One layer for the system, so that what was removed from it is not carried along below.
FROM scratch
COPY --from=system / /
COPY --from=tools /tools/ /usr/local/bin/
COPY --from=packages /packages/node_modules /opt/squizzle/node_modules
COPY --from=build /build/package.json /build/oclif.manifest.json /opt/squizzle/
COPY --from=build /build/bin/run.js /opt/squizzle/bin/run.js
COPY --from=build /build/dist /opt/squizzle/dist
COPY LICENSE THIRD-PARTY-LICENSES.md /opt/squizzle/

# Plugins that a child image installs are found by whoever runs it. Tini reaps and passes on signals also where it
# is not the first process (`--init`, shared process namespaces), without a word.
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  NODE_COMPILE_CACHE=/opt/squizzle/compile-cache \
  SQUIZZLE_DATA_DIR=/opt/squizzle/plugins \
  TINI_SUBREAPER=1

# Node.js keeps compiled code by user id, for that user alone; those of most containers share what is compiled here. Another user id,
# or a processor that V8 tells apart, only starts a little slower.
RUN ln -s /opt/squizzle/bin/run.js /usr/local/bin/squizzle && squizzle status --help >/dev/null \
  && cd "$(mktemp -d)" && squizzle init && squizzle new first && echo 'SELECT 1;' | tee db/migrations/0001_first*.sql \
  && squizzle build 1.0.0 && squizzle push 1.0.0 && squizzle show 1.0.0 \
  && for nowhere in 'apply 1.0.0' 'list --registry 127.0.0.1:1/x'; do \
    DATABASE_URL=postgres://127.0.0.1:1/x squizzle $nowhere --json >/dev/null; [ $? = 3 ] || exit 1; done \
  && rm -r "$PWD" && cd "$NODE_COMPILE_CACHE" && chmod -R a+rX . \
  && for id in 1000 1001 65532; do ln -s ./*-0 "$(basename ./*-0 | sed "s/0\$/$id/")"; done

ARG NODE_IMAGE
ARG VERSION
ARG REVISION
ARG CREATED
LABEL org.opencontainers.image.title="squizzle" \
  org.opencontainers.image.description="Ships SQL migrations the way container images are shipped" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}" \
  org.opencontainers.image.base.name="${NODE_IMAGE}"

# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
WORKDIR /workspace
ENTRYPOINT ["tini", "--", "squizzle"]
