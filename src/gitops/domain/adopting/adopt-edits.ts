import { honouredBody } from '../../../kernel/comparison/honoured-body.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import type { AdoptRequest, Adoption, Left } from './adoption.ts';
import { asJson, changesOfScale, changesOfSecrets, changesOfService, type Adopting } from './changes-of-service.ts';
import { changesOfVariables } from './changes-of-variables.ts';
import { newPolicy } from './new-policy.ts';
import { documentOf, placedIn, type PlacedEdit } from './placing.ts';
import { isSaid, remainingIn, textsIn, withRaw } from './raw-edits.ts';
import { outcomeOf, tried } from './trial.ts';
import { withoutSecrets } from './without-secrets.ts';

/**
 * Edits that have Git say what runs, at the places of the findings and nowhere else. They are tried out: whatever Git says differently
 * afterwards is left, with the reason. A text that may be a secret is never written.
 */
export function adoptEdits(request: AdoptRequest): Adoption {
  const { environment, service, files, live, findings } = request;
  if (live === null && findings.some((one) => one.class === 'missing')) return withoutService(request);
  if (live === null) return { edits: [], left: findings.map(({ path }) => ({ path, why: 'there is no such container app' })), notes: [] };
  const wanted = findings.filter((one) => one.class === 'changed').map(({ path }) => path);
  const others = findings.filter((one) => one.class !== 'changed').map(({ class: found, path }) => ({ path, why: whyNot[found] ?? 'it is no value of the container app' }));
  const goal = asJson(honouredBody(service.app, live, wanted.map((path) => ({ path, reason: '' }))));
  const adopting: Adopting = { environment, service, goal };
  const policy = changesOfScale(adopting, service.scalingPolicy ?? service.name);
  const variables = changesOfVariables(adopting, files);
  const secrets = changesOfSecrets(adopting);
  const said = withoutSecrets([...changesOfService(adopting), ...variables.changes, ...secrets, ...(service.scalingPolicy === null ? [] : policy.changes)], textsIn(service.app));
  const made = service.scalingPolicy === null && policy.changes.length > 0 ? newPolicy(files, service, environment.name, goal) : [];
  const first = tried(request, [...said.changes.flatMap((change) => placedIn(request, change)), ...made]);
  const unsaidYet = [...variables.left, ...said.left, ...policy.left, ...first.left];
  const second = withRaw(request, goal, { ...first, left: unsaidYet }, secrets);
  const left = [...others, ...unsaidYet, ...second.left];
  const remaining = remainingIn(second.service, request, goal, secrets).filter((path) => !isSaid(path, left));
  const unsaid = wanted.filter((path) => !/^(?:properties|identity)(?:\.|$)/.test(path) && !left.some((one) => one.path === path)).map((path) => ({ path, why: 'it is not declared in Git' }));
  return {
    edits: byFile(second.edits),
    left: once([...left, ...unsaid, ...remaining.map((path) => ({ path, why: 'the manifests have no words for it' }))]),
    notes: [...variables.notes, ...second.notes, ...(secrets.length > 0 ? ['a secret is named by what it refers to: this makes a new revision'] : [])],
  };
}

const whyNot: Partial<Record<DriftFinding['class'], string>> = {
  missing: 'it is there again',
  unmanaged: 'nothing in Git declares it: `trueup import` writes manifests for it',
  'never-applied': 'it has not been deployed yet',
  'replicas-out-of-bounds': 'the bounds are in Git already',
  'unexpected-traffic': 'the traffic belongs to the rollout',
  'secret-reference': 'the container app does not say which version the vault holds: write it into the SecretBinding',
  'access-lost': 'roles of identities are not in Git',
  'health-degraded': 'health is not a value that Git could declare',
};

/** Git stops declaring it here. What is in Azure, if anything, is left alone. */
function withoutService(request: AdoptRequest): Adoption {
  const { environment, service, files, findings } = request;
  const document = documentOf(files, 'RuntimeService', service.name);
  const path = findings[0]?.path ?? '';
  if (document === null) return { edits: [], left: [{ path, why: 'its document is not found' }], notes: [] };
  const edit = { kind: 'RuntimeService', name: service.name, path: ['spec', 'environments', environment.name], remove: true } as const;
  const problem = outcomeOf(request, [{ file: document.location.file, edit }]).problem;
  if (problem !== null) return { edits: [], left: [{ path, why: problem }], notes: [] };
  return { edits: [{ file: document.location.file, edits: [edit] }], left: [], notes: [`Git stops declaring ${service.name} in ${environment.name}: Trueup does not manage it there any longer, and removes nothing`] };
}

function byFile(edits: readonly PlacedEdit[]): Adoption['edits'] {
  return [...Map.groupBy(edits, ({ file }) => file)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, own]) => ({ file, edits: own.map(({ edit }) => edit) }));
}

function once(left: readonly Left[]): readonly Left[] {
  return [...new Map(left.map((one) => [one.path, one])).values()];
}
