import type { IncomingHttpHeaders } from 'node:http';
import type { Bindings } from './bindings.ts';
import { agree, compareTexts, type Comparison } from './comparing.ts';

interface HeaderRule {
  readonly name: string;
  readonly reason: string;
  /** `value`: there or not, and what it says. `items`: there or not, and every recorded item of the list. `presence`: there or not. */
  readonly compared: 'value' | 'items' | 'presence';
}

/** What clients go by. */
export const headerRules: readonly HeaderRule[] = [
  { name: 'azure-asyncoperation', compared: 'value', reason: 'pollers of the SDKs and the CLI follow it, before `location`' },
  { name: 'location', compared: 'value', reason: 'pollers follow it for the result of a PATCH or DELETE; its absence makes a PUT poll the resource' },
  { name: 'content-type', compared: 'value', reason: 'SDKs parse a body by it' },
  { name: 'x-ms-async-operation-timeout', compared: 'value', reason: 'says how long a poller may have to wait' },
  { name: 'cache-control', compared: 'value', reason: 'a proxy that kept the status of an operation would hold a poller for ever' },
  { name: 'api-supported-versions', compared: 'items', reason: 'tells an answer of the provider from one of Resource Manager; the list grew from recording to recording' },
  { name: 'x-ms-ratelimit-remaining-subscription-resource-requests', compared: 'presence', reason: "the provider's own budget of writes; whoever writes many apps goes by it" },
  { name: 'x-ms-ratelimit-remaining-subscription-writes', compared: 'presence', reason: "Resource Manager's budget, where the provider names none of its own" },
  { name: 'x-ms-ratelimit-remaining-subscription-deletes', compared: 'presence', reason: 'the same for deletes' },
];

/** Recorded, and looked at by nobody: they differ from answer to answer. */
export const ignoredHeaders: Readonly<Record<string, string>> = {
  date: 'the time of the recording',
  'content-length': 'follows from the body',
  'retry-after': 'removed (CLI) or set to 0 (azd) by the recorders: `retryAfterFault` looks at what is sent',
  'x-ms-ratelimit-remaining-subscription-reads': 'came to Resource Manager after most of the recordings, and is sent here',
  'x-ms-ratelimit-remaining-subscription-global-reads': 'came to Resource Manager in the autumn of 2024, and is sent here',
};

export function compareHeaders(recorded: Readonly<Record<string, string>>, ours: IncomingHttpHeaders, into: Comparison, bindings: Bindings): void {
  for (const { name, compared } of headerRules) {
    const [expected, found] = [recorded[name], textOf(ours[name])];
    const path = `header ${name}`;
    if (expected === undefined && found === undefined) continue;
    if (expected === undefined) into.differences.push({ path, recorded: 'absent', ours: found ?? '' });
    else if (found === undefined) into.differences.push({ path, recorded: expected, ours: 'absent' });
    else if (compared === 'value') compareTexts(path, unsigned(expected), unsigned(found), into, bindings);
    else if (compared === 'presence') agree('opaque', into);
    else if (itemsOf(expected).every((item) => itemsOf(found).includes(item))) agree('exact', into);
    else into.differences.push({ path, recorded: expected, ours: found });
  }
  for (const name of Object.keys(recorded)) {
    if (headerRules.some((rule) => rule.name === name) || name in ignoredHeaders) continue;
    into.differences.push({ path: `header ${name}`, recorded: recorded[name] ?? '', ours: 'no rule says whether clients go by it' });
  }
}

/**
 * Facts A1.4, from traffic that was not cleaned: an accepted write asks for 15 seconds of patience, the status of an operation for none.
 * @returns what is wrong with what was sent, or null.
 */
export function retryAfterFault(method: string, status: number, headers: IncomingHttpHeaders): string | null {
  const sent = headers['retry-after'];
  const asked = method !== 'GET' && headers['azure-asyncoperation'] !== undefined && (status === 201 || status === 202);
  if (asked && sent !== '15') return `15 seconds belong on an accepted write, ${sent ?? 'nothing'} was sent`;
  if (method === 'GET' && sent !== undefined) return `an answer to GET has none, ${sent} was sent`;
  return null;
}

/** Without the signature of an address, which recorders took away. */
export function unsigned(address: string): string {
  return address.replace(/(?<=&|\?)[tcsh]=[^&]*&?/g, '').replace(/[?&]$/, '');
}

function itemsOf(list: string): readonly string[] {
  return list.split(', ');
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}
