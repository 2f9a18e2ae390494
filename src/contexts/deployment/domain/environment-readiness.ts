import { z } from 'zod';
import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

const answer = z.strictObject({
  /** Null: it is there. Otherwise why it was refused and what a person must do. */
  refused: z.strictObject({ reason: z.string(), needs: z.string() }).nullable(),
  generation: z.number().int(),
  /** ISO-8601, of the event: the youngest answer about the same thing counts, in whatever order they arrive. */
  at: z.string(),
});
export type Answer = z.infer<typeof answer>;

export const environmentReadiness = z.strictObject({ facts: z.record(z.string(), answer) });

/** What the other contexts said about the things that deployments of an environment need, by the digest or version of the thing. */
export type EnvironmentReadiness = z.infer<typeof environmentReadiness>;

export const nothingReady: EnvironmentReadiness = { facts: {} };

export function readinessKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: 'EnvironmentReadiness', id: environment };
}

/** Names a thing in one declared form. */
export const factKeys = {
  environment: (digest: string) => `environment@${digest}`,
  tenant: (tenant: string, digest: string) => `tenant:${tenant}@${digest}`,
  configuration: (tenant: string, name: string, version: string) => `configuration:${tenant}/${name}@${version}`,
  secret: (tenant: string, binding: string, digest: string) => `secret:${tenant}/${binding}@${digest}`,
} as const;

/** Names the thing in any declared form: a fix may declare it otherwise. Names hold no `@`. */
export function lackOf(key: string): string {
  return key.slice(0, key.indexOf('@') + 1);
}

/** Of one thing, in its declared forms: so many changes of one never push out another. */
const keptOfEach = 5;
/** Names that Git declares no more pile up slowly; what is pushed out all the same is asked for anew by whoever waits for it. */
const keptInAll = 10_000;

/** Null when it adds nothing: known already, or older than what is kept. */
export function withFact(readiness: EnvironmentReadiness, key: string, fact: Answer): EnvironmentReadiness | null {
  const known = readiness.facts[key];
  if (known !== undefined && !isYounger(fact, known)) return null;
  const youngestFirst = Object.entries({ ...readiness.facts, [key]: fact }).sort(([, a], [, b]) => (isYounger(a, b) ? -1 : 1));
  const seen = new Map<string, number>();
  const isKept = ([name]: readonly [string, Answer]): boolean => {
    const before = seen.get(lackOf(name)) ?? 0;
    seen.set(lackOf(name), before + 1);
    return before < keptOfEach;
  };
  const facts = Object.fromEntries(youngestFirst.filter(isKept).slice(0, keptInAll));
  return key in facts ? { facts } : null;
}

/** What was said before of a thing that may not be there any more. Null when nothing was. */
export function withoutFacts(readiness: EnvironmentReadiness, lack: string, until: Pick<Answer, 'generation'>): EnvironmentReadiness | null {
  const facts = Object.entries(readiness.facts);
  const kept = facts.filter(([key, { generation }]) => lackOf(key) !== lack || generation > until.generation);
  return kept.length === facts.length ? null : { facts: Object.fromEntries(kept) };
}

function isYounger(one: Answer, other: Answer): boolean {
  if (one.at !== other.at) return one.at > other.at;
  return one.generation > other.generation;
}

export interface Need {
  readonly key: string;
  /** For people: `secret payments-api-key`. */
  readonly what: string;
}

/** The environment and the tenants of the services. A declared binding is needed everywhere, and in production there has to be one. */
export function placementNeeds(environment: DesiredEnvironment, services: readonly DesiredService[]): readonly Need[] {
  const tenants = [...new Set(services.map(({ tenant }) => tenant))];
  const bindings = environment.bindings.filter(({ tenant }) => tenants.includes(tenant));
  return [
    { key: factKeys.environment(environment.digest), what: 'the environment' },
    ...bindings.map(({ tenant, digest }) => ({ key: factKeys.tenant(tenant, digest), what: `the binding of tenant ${tenant}` })),
  ];
}

/** Tenants that production cannot place because no binding is declared. */
export function unboundTenants(environment: DesiredEnvironment, services: readonly DesiredService[]): readonly string[] {
  if (environment.stage !== 'prod') return [];
  const bound = new Set(environment.bindings.map(({ tenant }) => tenant));
  return [...new Set(services.map(({ tenant }) => tenant))].filter((tenant) => !bound.has(tenant));
}

/** The versions and bindings that the services use at this commit. */
export function materialNeeds(environment: DesiredEnvironment, services: readonly DesiredService[]): readonly Need[] {
  const needs = services.flatMap((service) => {
    const configurations = environment.configurations.filter(({ name, tenant }) => name === service.configuration && tenant === service.tenant);
    const secrets = environment.secrets.filter(({ name, tenant }) => service.secrets.includes(name) && tenant === service.tenant);
    return [
      ...configurations.map(({ name, tenant, version }) => ({ key: factKeys.configuration(tenant, name, version), what: `configuration ${name}` })),
      ...secrets.map(({ name, tenant, digest }) => ({ key: factKeys.secret(tenant, name, digest), what: `secret ${name}` })),
    ];
  });
  return [...new Map(needs.map((need) => [need.key, need])).values()];
}

/** Those that are not there. */
export function openOf(readiness: EnvironmentReadiness, needs: readonly Need[]): readonly Need[] {
  return needs.filter(({ key }) => readiness.facts[key]?.refused !== null);
}

export type Standing =
  | { readonly is: 'ready' }
  | { readonly is: 'waiting'; readonly missing: readonly Need[] }
  | { readonly is: 'refused'; readonly need: Need; readonly reason: string; readonly needs: string };

/**
 * Where the needs stand. A refusal that is older than the deployment counts only when the grace is over: the same commit may have asked
 * again, and the answer may be under way.
 */
export function standingOf(readiness: EnvironmentReadiness, needs: readonly Need[], asked: { readonly generation: number; readonly graceIsOver: boolean }): Standing {
  const open = openOf(readiness, needs);
  for (const need of open) {
    const fact = readiness.facts[need.key];
    if (!fact?.refused) continue;
    if (fact.generation >= asked.generation || asked.graceIsOver) return { is: 'refused', need, ...fact.refused };
  }
  return open.length === 0 ? { is: 'ready' } : { is: 'waiting', missing: open };
}
