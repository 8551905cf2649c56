FROM node:24-bookworm-slim
# Another package: put its file beside this one and name it, as in NFOLD=/package/nfold.tgz
ARG NFOLD=nfold@{{version}}
COPY . /package
RUN mkdir -p /tests /logs/verifier /opt/judge && cp /package/test.sh /tests/test.sh && cd /opt/judge \
 && npm install --no-audit --no-fund --cache /tmp/npm "$NFOLD" \
 && rm -rf /package /tmp/npm
WORKDIR /opt/judge
