import { isObject } from '../../../kernel/comparison/canonical.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { reapplyAnnotation, reapplyIn, type Metadata } from '../kinds/metadata.ts';
import { fault, type Fault } from '../reading/fault.ts';
import { shownValue } from '../reading/issues.ts';
import type { Draft } from '../reading/manifest.ts';
import { valueAt } from '../reading/value-at.ts';
import { didYouMean } from '../values/nearest.ts';
import type { Declared } from './declared.ts';
import { runsIn } from './runs-in.ts';

/** Azure takes so many characters as the value of a tag. */
const longest = 256;
const between = ' + ';

/** What has a service applied again in an environment: another value of its own annotation, or of the one for all. */
export function reapplyOf({ annotations }: Pick<Metadata, 'annotations'>, environment: string): string | null {
  const values = [annotations[reapplyAnnotation], annotations[reapplyIn(environment)]].filter((value) => value !== undefined);
  if (values.length === 0) return null;
  const joined = values.join(between);
  return joined.length <= longest ? joined : `${joined.slice(0, 200)} #${digestOf(values).slice(0, 12)}`;
}

/** The way back: the annotations' values, as far as they are whole. */
export function valuesOf(reapply: string | null): readonly string[] {
  return reapply?.split(between) ?? [];
}

const path = ['metadata', 'annotations'];

/** Annotations for environments in which the service does not run. */
export function reapplyFaults(declared: Declared, service: Draft<'RuntimeService'>): readonly Fault[] {
  const annotations = valueAt(service.document.value, path);
  if (!isObject(annotations)) return [];
  const prefix = reapplyIn('');
  return Object.keys(annotations).flatMap((key) => {
    const name = key.slice(prefix.length);
    if (!key.startsWith(prefix) || runsIn(declared, service, name)) return [];
    return [fault({
      code: 'unknown-reference',
      path: [...path, key],
      at: 'key',
      message: `${shownValue(name)} is no environment in which the service runs`,
      expected: `${prefix}NAME with an environment of the service`,
      hint: didYouMean(name, service.environments),
    })];
  });
}
