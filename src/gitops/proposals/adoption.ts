import type { AbortSignal } from '../../kernel/context.ts';
import type { DesiredEnvironment, DesiredService } from '../../kernel/desired-state.ts';
import { tenantIn, type TenantId } from '../../kernel/ids.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';
import { adoptEdits } from '../domain/adopting/adopt-edits.ts';
import type { Left } from '../domain/adopting/adoption.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { FileEdit } from './file-texts.ts';

/** A place that Git cannot be made to say, and one sentence why. */
export type NotAdopted = Left;

export interface Site {
  readonly tenant: TenantId;
  /** The commit that is edited. */
  readonly head: string;
  readonly environment: DesiredEnvironment;
  readonly service: DesiredService;
  readonly signal: AbortSignal;
}

export interface AdoptedEdits {
  readonly edits: readonly FileEdit[];
  readonly notAdopted: readonly NotAdopted[];
  readonly notes: readonly string[];
}

/** Edits that have Git say what runs, where the findings are. */
export async function adoption({ live, commits }: Pick<GitopsNeeds, 'live' | 'commits'>, { tenant, head, environment, service, signal }: Site, answered: readonly DriftFinding[]): Promise<AdoptedEdits> {
  const pins = answered.flatMap((finding) => pinOf(environment, finding) ?? []);
  const others = answered.filter(({ id }) => !pins.some((pin) => pin.id === id));
  const pinned = pins.map(({ edit }) => edit);
  const shared = sharedNotes(environment, service, pinned);
  if (others.length === 0) return { edits: pinned, notAdopted: [], notes: shared };
  const [app, files] = await Promise.all([live.app(tenantIn(tenant, environment.tenant), environment.azure, service.name, signal), commits.files(tenant, head)]);
  const { edits, left, notes } = adoptEdits({ environment, service, files, live: app?.raw ?? null, findings: others });
  return { edits: [...pinned, ...edits.flatMap(({ file, edits: own }) => own.map((edit) => ({ ...edit, file })))], notAdopted: left, notes: [...shared, ...notes] };
}

/** A version of a secret counts for every service that has it, which all get a new revision. */
function sharedNotes({ name: environment, services }: DesiredEnvironment, { name }: DesiredService, pinned: readonly FileEdit[]): readonly string[] {
  const bindings = pinned.map((edit) => edit.name);
  const others = services.filter((one) => one.name !== name && one.secrets.some((secret) => bindings.includes(secret)));
  return others.length === 0 ? [] : [`${others.map((one) => one.name).join(', ')} of ${environment} take the same secret: they get the version with it, and a new revision`];
}

/** The version that the vault went on to, where Git follows the latest: it is no secret. Null for anything else. */
function pinOf({ name: environment, secrets }: DesiredEnvironment, finding: DriftFinding): { readonly id: string; readonly edit: FileEdit } | null {
  const version = /^https:\/\/[^?#]+\/([0-9a-f]{32})$/.exec(finding.live)?.[1];
  const binding = secrets.find(({ appSecretName }) => finding.path === `properties.configuration.secrets[${appSecretName}].keyVaultUrl`);
  if (finding.class !== 'secret-reference' || version === undefined || binding === undefined) return null;
  const edit = { file: binding.source.file, kind: 'SecretBinding', name: binding.name, path: ['spec', 'environments', environment, 'version'], value: version };
  return { id: finding.id, edit };
}
