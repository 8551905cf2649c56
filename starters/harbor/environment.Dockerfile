FROM node:24-bookworm-slim
# Another package: put its file beside this one and name it, as in NFOLD=/package/nfold.tgz
ARG NFOLD=nfold@{{version}}
COPY . /package
RUN cp -R /package/task /app && cd /app \
 && npm install --save-exact --no-audit --no-fund --cache /tmp/npm "$NFOLD" \
 && rm -rf /package /tmp/npm node_modules/nfold/kernels node_modules/nfold/docs/example
WORKDIR /app
