FROM node:26-bookworm-slim
WORKDIR /trueup
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY app.yml ./
COPY bin ./bin
COPY src ./src
USER node
ENTRYPOINT ["node", "src/main.ts"]
CMD ["all"]
