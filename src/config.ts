import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Secret } from './kernel/secret.ts';

/** What may be logged. */
export interface Config {
  readonly appId: number;
  readonly githubApiUrl: string;
  /** Off only against a GitHub on this machine. */
  readonly githubThrottle: boolean;
  readonly host: string;
  readonly port: number;
  /** The worker's own address for /livez, /readyz and /metrics. */
  readonly workerPort: number | null;
  /** Of /metrics where webhooks are taken, which is open to the internet. */
  readonly metricsPort: number | null;
  readonly grantsFile: string;
  readonly azure: {
    readonly credential:
      | { readonly kind: 'managed-identity'; readonly clientId: string | null }
      | { readonly kind: 'workload-identity'; readonly tenantId: string; readonly clientId: string; readonly tokenFile: string };
    /** The local cloud: every host leads to this port on loopback. Null: Azure. */
    readonly route: { readonly port: number; readonly caFile: string } | null;
    readonly pollMs: number;
    /** Between two looks at the Activity Log. */
    readonly activityMs: number;
  };
  /** Deliveries at a time per context. */
  readonly concurrency: number;
  /** How long a delivery's lock lasts when its worker says nothing any more. */
  readonly lockMs: number;
  /** Between two comparisons of every repository with Git. */
  readonly resyncMs: number;
  /** How calls to Azure and GitHub are kept within what those take. */
  readonly calls: {
    /** After which one is given up. */
    readonly callMs: number;
    /** Between two tries of what does not answer. */
    readonly probeMs: number;
    /** By installation; 0 for no budget of our own. */
    readonly githubWritesPerMinute: number;
    readonly githubWritesPerHour: number;
    /** By subscription; 0 for none. */
    readonly azureWritesPerMinute: number;
  };
  /** How long the event loop may stand still before the process kills itself; 0 for ever. */
  readonly blockedMs: number;
  /** Between two looks at whether every queue of a worker is served. */
  readonly canaryMs: number;
  /** Entries of the audit that are kept of each tenant; a write takes two. */
  readonly auditEntries: number;
  /** Start although Redis may lose acknowledged work; said in every start's log. */
  readonly acceptUnsafeRedis: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug';
}

/** What may not. */
export interface Secrets {
  readonly privateKey: Secret<string>;
  /** The current one first. */
  readonly webhookSecrets: readonly [Secret<string>, ...Secret<string>[]];
  /** May hold a password. */
  readonly redisUrl: Secret<string>;
  /** 32 bytes that seal Azure's operation addresses. */
  readonly sealKey: Secret<Uint8Array>;
}

/** The variables that hold them. */
export const secretVariables = ['PRIVATE_KEY', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS', 'REDIS_URL', 'TRUEUP_SEAL_KEY'] as const;

export interface Settings {
  readonly config: Config;
  readonly secrets: Secrets;
}

/** Every fault of the environment at once, one line each. */
export class ConfigurationFault extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`the environment is not complete:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigurationFault';
    this.faults = faults;
  }
}

const port = z.coerce.number().int().min(1).max(65_535);

const secret = z
  .string({ error: 'missing; make one with `openssl rand -hex 32` and give GitHub the same' })
  .min(32, { error: 'too short: at least 32 characters, for example from `openssl rand -hex 32`', abort: true })
  .refine((text) => new Set(text).size >= 8, 'too easy to guess: use `openssl rand -hex 32`');

/** Every environment variable that is read; docs/configuration.md is printed from it. */
export const environmentSchema = z.object({
  APP_ID: z.coerce.number({ error: 'missing or no number: the App\'s id, on its settings page' }).int().positive().describe('The GitHub App\'s id, on its settings page.'),
  PRIVATE_KEY: z.string().optional().describe('Its private key in PEM; `\\n` may stand for line ends. Or give a file.'),
  PRIVATE_KEY_FILE: z.string().optional().describe('File that holds the private key. It or PRIVATE_KEY is needed.'),
  WEBHOOK_SECRET: secret.describe('At least 32 characters; the same as in the App\'s settings. Without one Trueup refuses to start.'),
  WEBHOOK_SECRET_PREVIOUS: secret.optional().describe('The secret before, while GitHub is being given the new one.'),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'missing or no address: redis://host:6379 or rediss://...' }).describe('`redis://` or `rediss://`. Its Redis must not evict and must write every command to disk (`appendfsync always`).'),
  TRUEUP_GRANTS_FILE: z.string({ error: 'missing: the file that says which tenant may touch what (docs/configuration.md)' }).min(1).describe('JSON file that says which tenant of which repository may touch what.'),
  TRUEUP_SEAL_KEY: z.string({ error: 'missing: 32 bytes in base64, from `openssl rand -base64 32`' }).refine((text) => Buffer.from(text, 'base64').length === 32, 'expected 32 bytes in base64, from `openssl rand -base64 32`').describe('32 bytes in base64: seals the addresses of Azure\'s operations in Redis.'),
  TRUEUP_ACCEPT_UNSAFE_REDIS: z.stringbool().prefault('false').describe('Start although Redis may lose acknowledged work.'),
  TRUEUP_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(4).describe('Deliveries at a time per context and process.'),
  TRUEUP_LOCK_MS: z.coerce.number().int().min(4000).max(600_000).default(60_000).describe('Milliseconds after which what a killed worker was doing is taken up again, plus a quarter at most. What ended its process three times is tried again after five times as long.'),
  TRUEUP_BLOCKED_MS: z.coerce.number().int().refine((ms) => ms === 0 || (ms >= 1000 && ms <= 600_000), 'expected 0, or 1000 to 600000').default(20_000).describe('Milliseconds that the event loop may stand still before the process kills itself, to be started again by whoever watches it: what loops for ever ends in no other way. 0, for a debugger: never.'),
  TRUEUP_CANARY_MS: z.coerce.number().int().min(1000).max(600_000).default(30_000).describe('Milliseconds between two looks at whether every queue of a worker is served. One that took nothing at five of them, not even a job sent for that, although it has a free place and Redis answers, ends the process with 1, to be started again.'),
  GITHUB_API_URL: z.url().refine(isSafeAddress, 'expected https without a user in it; http only on loopback').default('https://api.github.com').describe('For GitHub Enterprise Server: `https://<host>/api/v3`.'),
  GITHUB_THROTTLE: z.stringbool().prefault('true').describe('GitHub\'s own pace for writes. Off only against a server on this machine.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: port.default(3000).describe('Port of webhooks, `/livez` and `/readyz`.'),
  WORKER_PORT: port.optional().describe('Port of a worker\'s `/livez`, `/readyz` and `/metrics`; none without it.'),
  METRICS_PORT: port.optional().describe('Port of `/metrics` of a process that takes webhooks, on `HOST` as well and for operators only; none without it. `PORT` never serves it.'),
  AZURE_CREDENTIAL: z.enum(['managed-identity', 'workload-identity']).default('managed-identity').describe('How Trueup signs in to Azure.'),
  AZURE_CLIENT_ID: z.string().optional().describe('Client id of the managed identity, or of the workload identity.'),
  AZURE_TENANT_ID: z.string().optional().describe('Entra tenant, for workload identity.'),
  AZURE_FEDERATED_TOKEN_FILE: z.string().optional().describe('File with the federated token, for workload identity.'),
  AZURE_ROUTE_PORT: port.optional().describe('The local cloud: every Azure host leads to this port on loopback.'),
  AZURE_CA_FILE: z.string().optional().describe('The local cloud\'s certificate authority. Only together with the port.'),
  AZURE_POLL_MS: z.coerce.number().int().min(50).max(60_000).default(5000).describe('Milliseconds between two looks at a running operation; longer where Azure asks for it. A deployment waits for three of them before the first, 15 s at most; drift that was seen once is looked at again after six, 30 s at most.'),
  AZURE_ACTIVITY_MS: z.coerce.number().int().min(1000).max(600_000).default(60_000).describe('Milliseconds between two looks at the Activity Log, one read of Azure for each environment: what somebody else wrote is seen that soon after the log tells of it.'),
  TRUEUP_RESYNC_MS: z.coerce.number().int().min(1000).max(3_600_000).default(300_000).describe('Milliseconds between two comparisons of every repository with Git, and between two looks for webhooks that GitHub could not deliver: the longest that a missed webhook costs.'),
  AZURE_WRITES_PER_MINUTE: z.coerce.number().int().min(0).max(60_000).default(300).describe('Writes to Azure Resource Manager by subscription, over all processes; a third of them at once. Azure takes 600. 0: no budget of Trueup\'s own.'),
  GITHUB_WRITES_PER_MINUTE: z.coerce.number().int().min(0).max(60_000).default(75).describe('Checks, comments, statuses and pull requests made by installation, over all processes. GitHub takes about 80. 0: no budget of Trueup\'s own, for an Enterprise Server without such limits.'),
  GITHUB_WRITES_PER_HOUR: z.coerce.number().int().min(0).max(600_000).default(480).describe('The same within an hour. GitHub takes about 500.'),
  TRUEUP_BREAKER_PROBE_MS: z.coerce.number().int().min(500).max(600_000).default(30_000).describe('Milliseconds between two tries of an Azure subscription or a GitHub installation that does not answer; calls to it wait meanwhile. Failures count within the same time.'),
  TRUEUP_CALL_MS: z.coerce.number().int().min(500).max(120_000).default(30_000).describe('Milliseconds after which a call to Azure or GitHub is given up.'),
  TRUEUP_AUDIT_ENTRIES: z.coerce.number().int().min(1000).max(1_000_000).default(20_000).describe('Entries of the audit that are kept of each tenant, two for a write and about 0.7 kB each: the oldest go first (docs/audit.md).'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug']).default('info').describe('Of the JSON lines on standard output.'),
});

/** The App's tokens are sent there, and the address is logged. */
function isSafeAddress(text: string): boolean {
  const { protocol, hostname, username, password } = new URL(text);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && loopback)) && username === '' && password === '';
}

type Environment = z.infer<typeof environmentSchema>;

/** @throws {ConfigurationFault} that names everything that is missing or wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = givenIn(environment);
  const parsed = environmentSchema.safeParse(given);
  const privateKey = readPrivateKey(given);
  const faults = [
    ...issuesOf(parsed),
    ...('fault' in privateKey ? [privateKey.fault] : []),
    ...togetherFaults(given),
  ];
  if (!parsed.success || 'fault' in privateKey || faults.length > 0) throw new ConfigurationFault(faults);
  return { config: configOf(parsed.data), secrets: secretsOf(parsed.data, privateKey.pem) };
}

const azureSchema = environmentSchema.pick({ AZURE_CREDENTIAL: true, AZURE_CLIENT_ID: true, AZURE_TENANT_ID: true, AZURE_FEDERATED_TOKEN_FILE: true, AZURE_ROUTE_PORT: true, AZURE_CA_FILE: true, AZURE_POLL_MS: true, AZURE_ACTIVITY_MS: true });

type AzureEnvironment = z.infer<typeof azureSchema>;

/** Of a command that reads Azure and is nothing else of the process. @throws {ConfigurationFault} that names everything that is missing or wrong. */
export function readAzureSettings(environment: Readonly<Record<string, string | undefined>>): Config['azure'] {
  const given = givenIn(environment);
  const parsed = azureSchema.safeParse(given);
  const faults = [...issuesOf(parsed), ...togetherFaults(given)];
  if (!parsed.success || faults.length > 0) throw new ConfigurationFault(faults);
  return azureOf(parsed.data);
}

/** An empty variable is none. */
function givenIn(environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
}

function issuesOf({ error }: z.ZodSafeParseResult<unknown>): readonly string[] {
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

/** What cannot be said about one variable alone. */
function togetherFaults(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const faults: string[] = [];
  if (given['AZURE_CREDENTIAL'] === 'workload-identity') {
    const missing = ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE'].filter((name) => given[name] === undefined);
    faults.push(...missing.map((name) => `${name}: missing, workload identity needs it`));
  }
  if (given['METRICS_PORT'] !== undefined && given['METRICS_PORT'] === (given['PORT'] ?? '3000')) faults.push('METRICS_PORT: the same as PORT, which is open to the internet');
  if ((given['AZURE_ROUTE_PORT'] === undefined) !== (given['AZURE_CA_FILE'] === undefined)) faults.push('AZURE_ROUTE_PORT and AZURE_CA_FILE: only together');
  return faults;
}

function configOf(values: Environment): Config {
  return {
    appId: values.APP_ID,
    githubApiUrl: values.GITHUB_API_URL,
    githubThrottle: values.GITHUB_THROTTLE,
    host: values.HOST,
    port: values.PORT,
    workerPort: values.WORKER_PORT ?? null,
    metricsPort: values.METRICS_PORT ?? null,
    grantsFile: values.TRUEUP_GRANTS_FILE,
    azure: azureOf(values),
    concurrency: values.TRUEUP_CONCURRENCY,
    lockMs: values.TRUEUP_LOCK_MS,
    blockedMs: values.TRUEUP_BLOCKED_MS,
    canaryMs: values.TRUEUP_CANARY_MS,
    resyncMs: values.TRUEUP_RESYNC_MS,
    calls: {
      callMs: values.TRUEUP_CALL_MS,
      probeMs: values.TRUEUP_BREAKER_PROBE_MS,
      githubWritesPerMinute: values.GITHUB_WRITES_PER_MINUTE,
      githubWritesPerHour: values.GITHUB_WRITES_PER_HOUR,
      azureWritesPerMinute: values.AZURE_WRITES_PER_MINUTE,
    },
    auditEntries: values.TRUEUP_AUDIT_ENTRIES,
    acceptUnsafeRedis: values.TRUEUP_ACCEPT_UNSAFE_REDIS,
    logLevel: values.LOG_LEVEL,
  };
}

function azureOf(values: AzureEnvironment): Config['azure'] {
  return {
    credential: credentialOf(values),
    route: values.AZURE_ROUTE_PORT === undefined ? null : { port: values.AZURE_ROUTE_PORT, caFile: values.AZURE_CA_FILE ?? '' },
    pollMs: values.AZURE_POLL_MS,
    activityMs: values.AZURE_ACTIVITY_MS,
  };
}

function credentialOf(values: AzureEnvironment): Config['azure']['credential'] {
  const { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId, AZURE_FEDERATED_TOKEN_FILE: tokenFile } = values;
  if (values.AZURE_CREDENTIAL === 'managed-identity') return { kind: 'managed-identity', clientId: clientId ?? null };
  return { kind: 'workload-identity', tenantId: tenantId ?? '', clientId: clientId ?? '', tokenFile: tokenFile ?? '' };
}

function secretsOf(values: Environment, privateKey: string): Secrets {
  return {
    privateKey: new Secret(privateKey),
    webhookSecrets: [new Secret(values.WEBHOOK_SECRET), ...(values.WEBHOOK_SECRET_PREVIOUS === undefined ? [] : [new Secret(values.WEBHOOK_SECRET_PREVIOUS)])],
    redisUrl: new Secret(values.REDIS_URL),
    sealKey: new Secret(Buffer.from(values.TRUEUP_SEAL_KEY, 'base64')),
  };
}

/** Of the text or else the file. Where a line break is hard to set, `\n` stands for one. */
function readPrivateKey({ PRIVATE_KEY: text, PRIVATE_KEY_FILE: file }: Readonly<Record<string, string | undefined>>): { readonly pem: string } | { readonly fault: string } {
  const written = text ?? (file === undefined ? undefined : readable(file));
  if (written === undefined) return { fault: 'PRIVATE_KEY or PRIVATE_KEY_FILE: missing, the App\'s private key in PEM' };
  if (written === null) return { fault: `PRIVATE_KEY_FILE: cannot read ${file}` };
  const pem = written.replaceAll('\\n', '\n');
  try {
    createPrivateKey(pem);
    return { pem };
  } catch {
    return { fault: `${text === undefined ? 'PRIVATE_KEY_FILE' : 'PRIVATE_KEY'}: holds no private key in PEM` };
  }
}

function readable(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
