FROM node:26-bookworm-slim
WORKDIR /trueup
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY app.yml ./
COPY bin ./bin
COPY src ./src
USER node
# MiB, below what the container is given: what fills the memory ends its own process, and is found out and held back.
ENV NODE_OPTIONS=--max-old-space-size=1024
ENTRYPOINT ["node", "src/main.ts"]
CMD ["all"]
