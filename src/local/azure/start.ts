import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GroupSeed } from './arm/groups.ts';
import { appsService, type AppsOptions, type AppsService } from './apps/apps-service.ts';
import type { ServiceBuild } from './apps/service-build.ts';
import { systemClock, type ClosableClock } from './clock.ts';
import { azureCore, type AzureCore } from './core.ts';
import type { Journal } from './control/journal.ts';
import { managedIdentityEndpoint } from './entra/managed-identity.ts';
import type { Assertion, Claims } from './entra/tokens.ts';
import { certificateAuthority } from './http/certificates.ts';
import type { AzureObserver } from './http/observation.ts';
import { tlsServer } from './http/server.ts';
import type { LogBoard, WorkspaceSeed } from './logs/log-store.ts';
import type { VaultSeed } from './vault/vault-store.ts';
import type { FaultBoard, Pace, World } from './world.ts';

export type { VaultSeed } from './vault/vault-store.ts';

export interface LocalAzureOptions extends AppsOptions {
  /** 0, the default, for any that is free. */
  readonly port?: number;
  /** Where `ca.pem` and the workload's federated token are written; made if it is not there. */
  readonly directory: string;
  readonly subscription?: string;
  readonly pace?: Partial<Pace>;
  /** What Microsoft.App does otherwise than its newest build. */
  readonly build?: Partial<ServiceBuild>;
  /** How long tokens are good, in milliseconds; as in Azure if absent: an hour, of a managed identity a day. */
  readonly tokenLifeMs?: number;
  /** Made before anything else; the first of a name counts, and what vaults are in is made in their location. */
  readonly resourceGroups?: readonly GroupSeed[];
  readonly vaults?: readonly VaultSeed[];
  /** Of Log Analytics. */
  readonly workspaces?: readonly WorkspaceSeed[];
  /** Gets every answered request and every failure, as fields. */
  readonly log?: (line: object) => void;
  /** Gets every request that was answered and its answer, but those of ingress, control and login. */
  readonly observe?: AzureObserver;
  /** The machine's, unless a test has one of its own; closed with the rest. */
  readonly clock?: ClosableClock;
}

export interface LocalAzure extends AsyncDisposable {
  readonly port: number;
  /** `https://127.0.0.1:<port>`: Azure Resource Manager for people and programs that come by address. */
  readonly arm: string;
  /** Path of the certificate to trust, and its text. */
  readonly caFile: string;
  readonly ca: string;
  /** A person's bearer token: Owner of the subscription and administrator of its vaults. */
  readonly token: string;
  readonly subscription: string;
  /** Entra tenant id. */
  readonly tenantId: string;
  /** The bot's own identity: Contributor, Key Vault Reader and Role Based Access Control Administrator of the subscription. */
  readonly identity: BotIdentity;
  readonly faults: FaultBoard;
  readonly journal: Journal;
  /** What queries of Log Analytics find. */
  readonly logs: LogBoard;
  /** Token of a person with that sign-in name, `maria@contoso.example`, and the rights of `token`: what is written with it is theirs. */
  signIn(name: string): string;
  /** A token of the local Entra for any principal: for clients that have no identity endpoint. */
  issueToken(claims: Claims): string;
  /** What the bot's cluster or CI system gives it to trade in at Entra, as in `federated-token.jwt`, or something else instead. */
  issueAssertion(change?: Partial<Assertion>): string;
  /** Microsoft.App becomes another build, while everything goes on: the newest, but for this. */
  rollOut(build: Partial<ServiceBuild>): void;
}

interface BotIdentity {
  /** For `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly endpoint: string;
  readonly header: string;
  readonly clientId: string;
  readonly principalId: string;
  /** For `AZURE_FEDERATED_TOKEN_FILE`: the same identity by workload identity federation. */
  readonly federatedTokenFile: string;
}

const defaultSubscription = '00000000-0000-4000-8000-00000000a2e5';

/** Starts the local Azure on the loopback. Everything it holds is gone when it is disposed of. */
export async function startLocalAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  return startLocalAzureWith(options, (world) => appsService(world, options));
}

/** The same with another Microsoft.App. */
export async function startLocalAzureWith(options: Omit<LocalAzureOptions, keyof AppsOptions>, createApps: (world: World) => AppsService): Promise<LocalAzure> {
  await mkdir(options.directory, { recursive: true });
  const authority = await certificateAuthority();
  const core = azureCore({
    subscription: options.subscription ?? defaultSubscription,
    pace: options.pace ?? {},
    build: options.build ?? {},
    resourceGroups: options.resourceGroups ?? [],
    vaults: options.vaults ?? [],
    workspaces: options.workspaces ?? [],
    log: options.log ?? (() => {}),
    observe: options.observe ?? null,
    clock: options.clock ?? systemClock(),
    tokenLifeMs: options.tokenLifeMs ?? null,
    createApps,
  });
  await using stack = new AsyncDisposableStack();
  stack.use(core);
  const server = stack.use(
    await tlsServer({
      port: options.port ?? 0,
      authority,
      isServed: core.isServed,
      handle: core.handle,
    }),
  );
  const header = randomUUID();
  const { bot } = core;
  const identity = stack.use(await managedIdentityEndpoint({ ...core, header, attached: [bot.clientId], tokenLifeMs: options.tokenLifeMs ?? null }));
  const caFile = path.join(options.directory, 'ca.pem');
  const federatedTokenFile = path.join(options.directory, 'federated-token.jwt');
  await writeFile(caFile, authority.certificate);
  await writeFile(federatedTokenFile, core.issueAssertion(), { mode: 0o600 });
  const opened = stack.move();
  return { ...described(core, server.port), caFile, ca: authority.certificate, identity: { ...bot, endpoint: identity.endpoint, header, federatedTokenFile }, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function described({ world, tenantId, tokens, person, people, faults, journal, logs, issueAssertion, rollOut }: AzureCore, port: number) {
  const signIn = (name: string) => people.signIn(name).token;
  return { port, arm: `https://127.0.0.1:${port}`, token: person.token, subscription: world.subscription, tenantId, faults, journal, logs, signIn, issueToken: tokens.issue, issueAssertion, rollOut };
}
