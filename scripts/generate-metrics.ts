import { writeFileSync } from 'node:fs';
import { metricCatalogue, metricNames } from '../src/kernel/telemetry.ts';

const rows = metricNames.map((name) => {
  const { kind, help, labels } = metricCatalogue[name];
  return `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
});

writeFileSync(
  'docs/metrics.md',
  `# Metrics

Generated from \`src/kernel/telemetry.ts\` by \`npm run generate\`. They are served at \`/metrics\` in Prometheus' text format: by a worker on \`WORKER_PORT\`, by a process that takes
webhooks on \`METRICS_PORT\` and never on \`PORT\`. A counter is of the process that is asked, so sum it over all of them. A gauge about queues, the outbox, the resync or Redis says the same
wherever it is asked, so take the largest. A gauge that could not be read within a second is missing, not 0.

| metric | kind | labels | |
|---|---|---|---|
${rows.join('\n')}
`,
);
