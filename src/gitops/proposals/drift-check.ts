import type { CheckReport } from '../ports.ts';
import { count } from '../report/plan-text.ts';
import type { RemediationAbout } from './remediation-about.ts';
import { lead, notAdopted, table } from './remediation-text.ts';

export const driftButtons = {
  'keep-git': { label: 'Keep Git', description: 'Apply again what Git declares' },
  'keep-live': { label: 'Keep Azure', description: 'Rewrite the manifest as it runs' },
  'ack-7d': { label: 'Acknowledge 7d', description: 'Leave it as it is for seven days' },
} as const;

export type DriftButton = keyof typeof driftButtons;

/** `trueup/drift (prod, checkout)` */
function driftCheckName(environment: string, service: string): string {
  return `trueup/drift (${environment}, ${service})`;
}

/** Environment and service of a check of ours, read from its name; null for another check. */
export function placeOfCheck(name: string): { readonly environment: string; readonly service: string } | null {
  const [, environment, service] = /^trueup\/drift \(([a-z0-9-]+), ([a-z0-9-]+)\)$/.exec(name) ?? [];
  return environment === undefined || service === undefined ? null : { environment, service };
}

/** Neutral: it asks, and holds up no merge. */
export function driftCheck(about: RemediationAbout, commit: string): CheckReport {
  const { environment, service, choice, answered } = about;
  return {
    commit,
    name: driftCheckName(environment.name, service.name),
    conclusion: 'neutral',
    title: `${count(answered.length, 'change')}: ${choice === 'keep-git' ? 'merging applies Git again' : 'merging has Git say what runs'}`,
    summary: [lead(about), table(about, 40_000), notAdopted(about)].filter((part) => part !== '').join('\n\n'),
    text: null,
    annotations: [],
    actions: Object.entries(driftButtons).map(([identifier, button]) => ({ ...button, identifier })),
  };
}
