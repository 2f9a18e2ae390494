import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';

interface SeverityRule {
  readonly class: DriftFinding['class'];
  /** Null is any path. */
  readonly path: RegExp | null;
  readonly severity: DriftFinding['severity'];
  readonly reason: string;
}

/** The first row that fits. The last row of each class fits any path. */
export const severityRules: readonly SeverityRule[] = [
  { class: 'changed', path: /^properties\.template\.(initContainers|containers\[[^\]]*\](\.(image|command|args))?$|containers$)/, severity: 'high', reason: 'other code runs than was reviewed' },
  { class: 'changed', path: /^identity(\.|$)/, severity: 'high', reason: 'the service acts with other rights' },
  { class: 'changed', path: /^properties\.configuration\.(secrets|registries|identitySettings)/, severity: 'high', reason: 'secrets or images come from elsewhere' },
  { class: 'changed', path: /^properties\.configuration\.ingress(\.|$)/, severity: 'high', reason: 'who reaches the service, and where it answers, is another' },
  { class: 'changed', path: /^properties\.environmentId$/, severity: 'high', reason: 'it runs in another place' },
  { class: 'changed', path: /^tags(\.|$)/, severity: 'low', reason: 'nothing runs otherwise' },
  { class: 'changed', path: null, severity: 'medium', reason: 'it runs otherwise than was reviewed' },
  { class: 'missing', path: null, severity: 'high', reason: 'nothing serves' },
  { class: 'unmanaged', path: null, severity: 'low', reason: 'it may be meant to be there' },
  { class: 'never-applied', path: /rolled-back$/, severity: 'low', reason: 'it was taken back on purpose, and what was good before runs' },
  { class: 'never-applied', path: null, severity: 'medium', reason: 'what was merged does not run, what ran before does' },
  { class: 'replicas-out-of-bounds', path: /minReplicas$/, severity: 'high', reason: 'less capacity than was promised' },
  { class: 'replicas-out-of-bounds', path: null, severity: 'medium', reason: 'more cost than was agreed' },
  { class: 'unexpected-traffic', path: /latestRevision$/, severity: 'medium', reason: 'the right revision serves, until somebody makes another' },
  { class: 'unexpected-traffic', path: null, severity: 'high', reason: 'people are served by something else' },
  { class: 'secret-reference', path: /\.keyVaultUrl$/, severity: 'medium', reason: 'a value is used that no release was judged with' },
  { class: 'secret-reference', path: null, severity: 'high', reason: 'the next replica does not start without it' },
  { class: 'access-lost', path: null, severity: 'high', reason: 'the next replica does not start without its secrets' },
  { class: 'health-degraded', path: null, severity: 'high', reason: 'people get worse answers than the release gave when it was found good' },
];

export function severityOf(sighting: Pick<DriftFinding, 'class' | 'path'>): DriftFinding['severity'] {
  const rule = severityRules.find((one) => one.class === sighting.class && (one.path === null || one.path.test(sighting.path)));
  return rule?.severity ?? 'medium';
}
