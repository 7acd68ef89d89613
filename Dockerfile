# The image for pipelines. Versions come from scripts/pins.env:
#   docker build --build-arg NODE_VERSION=... -t squizzle:latest .
ARG NODE_VERSION

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.js scripts/build.js
COPY bin bin
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:${NODE_VERSION}-bookworm-slim
COPY --from=build /build/package.json /build/oclif.manifest.json /opt/squizzle/
COPY --from=build /build/bin/run.js /opt/squizzle/bin/run.js
COPY --from=build /build/dist /opt/squizzle/dist
COPY --from=build /build/node_modules /opt/squizzle/node_modules
RUN ln -s /opt/squizzle/bin/run.js /usr/local/bin/squizzle
USER node
WORKDIR /workspace
ENTRYPOINT ["squizzle"]
