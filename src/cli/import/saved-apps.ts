import { z } from 'zod';
import type { JsonObject } from '../../kernel/desired-state.ts';
import { savedJson, UnreadableAnswer } from '../offline/saved-json.ts';

/** What is needed of a container app, as ARM, `az rest` and `az containerapp list` show it. */
const app = z.looseObject({
  id: z.string({ error: 'has no `id`' }).regex(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.App\/containerApps\/[^/]+$/i, 'has an `id` that is not one of a container app'),
  name: z.string({ error: 'has no `name`' }).min(1, 'has no `name`'),
  location: z.string({ error: 'has no `location`' }).min(1, 'has no `location`'),
  properties: z.looseObject({
    template: z.looseObject({ containers: z.array(z.looseObject({}), { error: 'has no `properties.template.containers`' }).min(1, 'has no `properties.template.containers`') }, { error: 'has no `properties.template`' }),
  }, { error: 'has no `properties`' }),
}, { error: 'is no JSON object' });

/** Whole bodies of container apps, from a file: one, a list, or ARM's `{ value: [...] }`. @throws {UnreadableAnswer} */
export async function savedApps(file: string): Promise<readonly JsonObject[]> {
  return appsIn(await savedJson(file), file);
}

/** `where`: what the answer was read from. @throws {UnreadableAnswer} */
function appsIn(answer: unknown, where: string): readonly JsonObject[] {
  const list = z.object({ value: z.array(z.unknown()) }).safeParse(answer);
  if (Array.isArray(answer)) return eachOnce(answer, where, '');
  return list.success ? eachOnce(list.data.value, where, 'value') : [appIn(answer, where, '')];
}

function eachOnce(list: readonly unknown[], where: string, key: string): readonly JsonObject[] {
  const seen = new Map<string, number>();
  return list.map((one, index) => {
    const read = appIn(one, where, `${key}[${index}]`);
    const id = String(read['id']).toLowerCase();
    const first = seen.get(id);
    if (first !== undefined) throw new UnreadableAnswer(`${where}, ${key}[${index}] (${String(read['name'])}): it is the container app of ${key}[${first}] once more: leave one of them out`);
    seen.set(id, index);
    return read;
  });
}

function appIn(body: unknown, where: string, at: string): JsonObject {
  const read = app.safeParse(body);
  if (read.success) return read.data;
  const named = z.object({ name: z.string() }).safeParse(body);
  const place = [at, ...(named.success ? [`(${named.data.name})`] : [])].filter((part) => part !== '').join(' ');
  const why = read.error.issues[0]?.message ?? 'cannot be read';
  throw new UnreadableAnswer(`${where}${place === '' ? '' : `, ${place}`}: is no container app: it ${why}. Expected is what \`az containerapp list --output json\` prints`);
}
