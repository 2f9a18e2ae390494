import { ok, refused } from '../answers.ts';
import { sameName } from '../json.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { holds, leaves, parseFilter, type Filter, type FilterComparison } from './filter.ts';

/** A resource as ARM's own lists show it. */
export interface ListedResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>> | null;
}

/** A list of ARM itself, with its `$filter`, `$top` and pages. */
export function listed(request: AzureRequest, resources: readonly ListedResource[]): AzureAnswer {
  const text = request.query.get('$filter');
  const found = text === undefined ? resources : filtered(text, resources);
  if (found === null) return refused(400, 'InvalidFilterInQueryString', `Invalid $filter '${text}' specified in the query string.`);
  return paged(request, found, 1000);
}

/** Pages by `$skiptoken`, whose value is the position to go on from; of long lists only what is on the page is made into what is shown. */
export function paged<T>(request: AzureRequest, items: readonly T[], most: number, show: (item: T) => unknown = (item) => item): AzureAnswer {
  const { origin, path, query } = request;
  const asked = Number(query.get('$top') ?? most);
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, most) : most;
  const from = Number(query.get('$skiptoken') ?? 0) || 0;
  const next = from + size;
  if (next >= items.length) return ok({ value: items.slice(from).map(show) });
  const parameters = new URLSearchParams([...query].filter(([key]) => key !== '$skiptoken'));
  return ok({ value: items.slice(from, next).map(show), nextLink: `${origin}${path}?${parameters}&%24skiptoken=${next}` });
}

function filtered(text: string, resources: readonly ListedResource[]): readonly ListedResource[] | null {
  const filter = parseFilter(text);
  if (filter === null) return null;
  const kept: ListedResource[] = [];
  for (const resource of resources) {
    const fits = holds(filter, (leaf) => (leaf.kind === 'compare' ? compares(leaf, filter, resource) : null));
    if (fits === null) return null;
    if (fits) kept.push(resource);
  }
  return kept;
}

function compares({ field, operator, value }: FilterComparison, whole: Filter, resource: ListedResource): boolean | null {
  const known = values(field.toLowerCase(), whole, resource);
  if (known === null) return null;
  return known.some((one) => sameName(one, value)) === (operator === 'eq');
}

function values(field: string, whole: Filter, { id, name, type, location, tags }: ListedResource): readonly string[] | null {
  switch (field) {
    case 'name':
      return [name];
    case 'resourcetype':
      return [type];
    case 'location':
      return [location];
    case 'resourcegroup':
      return [id.split('/')[4] ?? ''];
    case 'tagname':
      return Object.keys(tags ?? {});
    case 'tagvalue':
      return Object.entries(tags ?? {}).flatMap(([key, value]) => (isTagAsked(whole, key) ? [value] : []));
    default:
      return null;
  }
}

/** `tagName eq 'a' and tagValue eq 'b'` is about one tag. */
function isTagAsked(filter: Filter, key: string): boolean {
  return leaves(filter).some((leaf) => leaf.kind === 'compare' && sameName(leaf.field, 'tagName') && sameName(leaf.value, key));
}
