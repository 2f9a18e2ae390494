import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { fitsPath, leadsBelow } from '../../../kernel/comparison/path-pattern.ts';
import type { ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredService } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import type { FieldDifference } from '../../../kernel/plan.ts';
import type { Sighting } from './runtime-drift-finding.ts';
import { bounded, gitText, liveText } from './shown-text.ts';

/** Of one app: who replaces a whole app needs no page of findings. */
const changesShown = 25;
const suffix = 'properties.template.revisionSuffix';

/** Fields that differ from what was applied. The comparison is the one that the plan and the apply use. */
export function changed(applied: DesiredService, app: Pick<ObservedApp, 'raw'>): readonly Sighting[] {
  const differences = compareThreeWay({ lastApplied: applied.app, desired: applied.app, live: app.raw });
  // Another revision's name follows from another template: the template's findings say it.
  const isTold = leavesTemplate(applied) || differences.some(({ path }) => path.startsWith('properties.template') && path !== suffix);
  const told = differences.filter(({ path }) => !isTold || path !== suffix);
  if (told.length <= changesShown) return told.map((difference) => change(applied, difference));
  const rest = told.slice(changesShown - 1);
  return [...told.slice(0, changesShown - 1).map((difference) => change(applied, difference)), more(applied, rest)];
}

/** Git leaves a part of the template to somebody else: whoever changes that makes a revision, by a name of their own. */
export function leavesTemplate({ ignores }: Pick<DesiredService, 'ignores'>): boolean {
  return ignores.some(({ path }) => fitsPath(path, 'properties.template') || leadsBelow(path, 'properties.template'));
}

function change({ name, app }: DesiredService, { path, desired, live }: FieldDifference): Sighting {
  const way = live === null ? 'was removed' : desired === null ? 'was added' : 'was changed';
  return {
    class: 'changed',
    service: name,
    path: bounded(path, 300),
    desired: gitText(desired),
    live: liveText(path, live, app),
    liveDigest: digestOf([path, live]),
    summary: `${bounded(path, 300)} ${way} outside of Git`,
  };
}

function more({ name }: DesiredService, rest: readonly FieldDifference[]): Sighting {
  const count = `${rest.length} more fields`;
  const liveDigest = digestOf(rest.map(({ path, live }) => [path, live]));
  return { class: 'changed', service: name, path: 'properties', desired: count, live: count, liveDigest, summary: `${count} differ from what was deployed` };
}

/** Inside the declared bounds the number of replicas is the autoscaler's. */
export function replicas({ name, replicas: { min, max } }: DesiredService, running: number | null): readonly Sighting[] {
  if (running === null || (running >= min && running <= max)) return [];
  const [path, live] = running < min ? ['properties.template.scale.minReplicas', `fewer than ${min}`] : ['properties.template.scale.maxReplicas', `more than ${max}`];
  return [
    {
      class: 'replicas-out-of-bounds',
      service: name,
      path,
      desired: `${min} to ${max}`,
      live,
      // Not the number: it moves while the drift is the same.
      liveDigest: digestOf(live),
      summary: `${running} replicas run, declared are ${min} to ${max}`,
    },
  ];
}

/** `wasThere`: it was deployed or seen before. */
export function absent({ name, image }: DesiredService, wasThere: boolean): Sighting {
  const about = { service: name, path: '', desired: bounded(image), live: '(absent)', liveDigest: digestOf(null) };
  if (wasThere) return { ...about, class: 'missing', summary: 'The container app was there and is gone' };
  return { ...about, class: 'never-applied', summary: 'Git declares the service and no container app is there' };
}

/** The app is there and nothing on it is ours. */
export function neverOurs({ name, image }: DesiredService): Sighting {
  const live = 'a container app that Trueup never deployed to';
  return { class: 'never-applied', service: name, path: '', desired: bounded(image), live, liveDigest: digestOf(live), summary: 'Git declares the service and it was never deployed' };
}

/** Nobody tries it again as it is: Git and Azure stay apart until somebody merges. */
export function rolledBack(service: DesiredService, applied: string | null): Sighting {
  return apart(service, applied, { tag: tagNames.rolledBack, summary: 'The release was rolled back; Git still declares it' });
}

export function late(service: DesiredService, applied: string | null): Sighting {
  return apart(service, applied, { tag: tagNames.digest, summary: 'Git was changed and the change was never applied' });
}

/** Git declares another release than was applied, by their digests. */
function apart({ name, digest }: DesiredService, applied: string | null, { tag, summary }: { readonly tag: string; readonly summary: string }): Sighting {
  const live = applied === null ? '(unknown)' : bounded(applied, 12);
  return { class: 'never-applied', service: name, path: `tags.${tag}`, desired: digest.slice(0, 12), live, liveDigest: digestOf([digest, applied]), summary };
}
