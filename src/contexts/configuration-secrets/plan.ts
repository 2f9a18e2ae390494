import type { DesiredConfiguration, DesiredEnvironment, DesiredSecretBinding } from '../../kernel/desired-state.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Change, FieldDifference, Planner, PlanPart } from '../../kernel/plan.ts';
import type { Problem } from '../../kernel/problem.ts';
import { lookAtSecret } from './steps/check-secret.ts';
import { secretBinding, secretKey } from './domain/secret-binding.ts';
import type { Refusal } from './domain/secret-check.ts';
import type { ConfigurationSecretsPorts } from './ports.ts';

/** A plan is short-lived and ends by itself. */
const signal = { aborted: false };
const dayMs = 24 * 3_600_000;

type PlanPorts = Omit<ConfigurationSecretsPorts, 'desired'>;

/** Versions of configurations and secret references that differ. Secrets are shown by name and version and checked as they will be at the merge. */
export function configurationPlanner(ports: PlanPorts): Planner {
  return async ({ tenantId, base, head }) => {
    const secrets: PlanPart[] = [];
    // One after the other: a burst of reads for hundreds of new secrets would empty Azure's bucket for everybody.
    if (head !== null) for (const binding of head.secrets) secrets.push(await secretPart(ports, { owner: tenantId, base, head, binding }));
    return {
      changes: [...configurationChanges(base, head), ...secrets.flatMap(({ changes }) => changes), ...goneSecrets(base, head)],
      problems: secrets.flatMap(({ problems }) => problems),
    };
  };
}

function configurationChanges(base: DesiredEnvironment | null, head: DesiredEnvironment | null): Change[] {
  const before = new Map((base?.configurations ?? []).map((one) => [one.name, one]));
  return (head?.configurations ?? [])
    .filter((one) => before.get(one.name)?.version !== one.version)
    .map((one) => configurationChange(one, before.get(one.name) ?? null));
}

function configurationChange({ name, tenant, version, values }: DesiredConfiguration, before: DesiredConfiguration | null): Change {
  const old = before?.values ?? {};
  const differences = [...new Set([...Object.keys(old), ...Object.keys(values)])]
    .sort()
    .filter((key) => old[key] !== values[key])
    .map((key): FieldDifference => ({ path: `values.${key}`, lastApplied: old[key] ?? null, desired: values[key] ?? null, live: old[key] ?? null }));
  const action = before === null ? 'create' : 'update';
  const summary = before === null ? `Publishes version ${version}` : `Publishes version ${version} in place of ${before.version}`;
  return { context: 'configuration-secrets', kind: 'RuntimeConfiguration', name, tenant, action, effect: 'nothing in Azure', risk: 'low', summary, differences };
}

interface Planned {
  readonly owner: TenantId;
  readonly base: DesiredEnvironment | null;
  readonly head: DesiredEnvironment;
  readonly binding: DesiredSecretBinding;
}

async function secretPart(ports: PlanPorts, { owner, base, head, binding }: Planned): Promise<PlanPart> {
  const before = base?.secrets.find(({ name }) => name === binding.name) ?? null;
  if (before?.digest === binding.digest) return { changes: [], problems: await knownAge(ports, owner, head.name, binding) };
  const look = await lookAtSecret(ports, { owner, environment: head, signal }, binding);
  if (!look.found) return { changes: [secretChange(binding, before, false)], problems: [problemOf(binding, look.refusal)] };
  return { changes: [secretChange(binding, before, !look.mayRead)], problems: ageProblems(binding, look.version.createdOn, ports.clock.now()) };
}

function secretChange(binding: DesiredSecretBinding, before: DesiredSecretBinding | null, grants: boolean): Change {
  const { name, tenant, vault, secret, version, identity } = binding;
  const at = `${vault}/${secret} ${version === null ? '(latest version)' : `version ${version}`}`;
  const access = grants ? `; grants identity ${identity} read access to the vault` : '';
  const rows = before === null ? [] : (['env', 'vault', 'secret', 'version', 'identity'] as const).filter((field) => before[field] !== binding[field]);
  return {
    context: 'configuration-secrets',
    kind: 'SecretBinding',
    name,
    tenant,
    action: before === null ? 'create' : 'update',
    effect: grants ? 'creates a resource' : 'nothing in Azure',
    risk: grants ? 'medium' : 'low',
    summary: `Binds ${at}${access}`,
    differences: rows.map((field) => ({ path: `spec.${field}`, lastApplied: before?.[field] ?? null, desired: binding[field], live: before?.[field] ?? null })),
  };
}

function goneSecrets(base: DesiredEnvironment | null, head: DesiredEnvironment | null): Change[] {
  const kept = new Set([...(head?.secrets ?? []).map(({ name }) => name), ...(head === null ? [] : unreadSecrets(base, head))]);
  return (base?.secrets ?? [])
    .filter(({ name }) => !kept.has(name))
    .map(({ name, tenant, vault, secret }) => ({
      context: 'configuration-secrets',
      kind: 'SecretBinding',
      name,
      tenant,
      action: 'unmanage',
      effect: 'nothing in Azure',
      risk: 'low',
      summary: `Is bound no more; ${secret} stays in ${vault}, and so does the identity's access`,
      differences: [],
    }));
}

/** Declared wrongly, or used by a service that is: neither says that the binding is gone. */
function unreadSecrets(base: DesiredEnvironment | null, { invalid }: DesiredEnvironment): string[] {
  const wrong = (kind: string) => invalid.filter((ref) => ref.kind === kind).map(({ name }) => name);
  const services = new Set(wrong('RuntimeService'));
  return [...wrong('SecretBinding'), ...(base?.services ?? []).filter(({ name }) => services.has(name)).flatMap(({ secrets }) => secrets)];
}

/** What did not change costs no call: its age is known since it was bound. */
async function knownAge({ store, clock }: PlanPorts, owner: TenantId, environment: string, binding: DesiredSecretBinding): Promise<Problem[]> {
  if (binding.maxAgeMs === null) return [];
  const known = await store.load(secretKey(owner, environment, binding.name), secretBinding);
  return ageProblems(binding, known?.value.bound?.createdOn ?? null, clock.now());
}

function ageProblems(binding: DesiredSecretBinding, createdOn: string | null, now: number): Problem[] {
  if (binding.maxAgeMs === null || createdOn === null) return [];
  const ageMs = now - Date.parse(createdOn);
  if (ageMs <= binding.maxAgeMs) return [];
  const most = Math.floor(binding.maxAgeMs / dayMs);
  const message = `The version of ${binding.secret} is ${Math.floor(ageMs / dayMs)} days old and should be at most ${most}.`;
  const hint = binding.version === null ? 'Make a new version in the vault.' : 'Make a new version in the vault and pin it.';
  return [{ ...placeOf(binding), severity: 'warning', code: 'rotation-overdue', message, expected: null, hint, path: 'spec.rotation.maxAge' }];
}

function problemOf(binding: DesiredSecretBinding, { code, path, reason, needs }: Refusal): Problem {
  return { ...placeOf(binding), severity: 'error', code, message: reason, expected: null, hint: needs, path };
}

function placeOf({ name, source }: DesiredSecretBinding): Pick<Problem, 'location' | 'document'> {
  return { location: source, document: { kind: 'SecretBinding', name } };
}
