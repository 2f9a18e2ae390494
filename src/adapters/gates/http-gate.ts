import https from 'node:https';
import * as z from 'zod';
import type { HttpGates, HttpVerdict } from '../../contexts/deployment/ports.ts';
import { Rejected, Unavailable } from '../../kernel/errors.ts';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import type { TenantCheck } from '../azure/tenant-check.ts';
import { nodeSignal } from '../node-signal.ts';

const mostBytes = 64 * 1024;
const longestMs = 30_000;
const mostShown = 200;

/** Requests to systems that tenants name and the operator granted. They carry no credential; the answer is read as data only. */
export function httpGates(check: TenantCheck, agent: https.Agent): HttpGates {
  return {
    async ask(tenant, { url, timeoutMs }, question, signal) {
      const address = gateUrl(url);
      check(tenant, { gateHost: address.hostname });
      const caller = nodeSignal(signal);
      const answer = await post(address, agent, JSON.stringify(question), AbortSignal.any([caller, AbortSignal.timeout(Math.min(timeoutMs, longestMs))]));
      // What was cut off by us says nothing about that system.
      if (answer === null && caller.aborted) throw new Unavailable('The question to a gate was cut off', { code: 'Aborted' });
      return verdictOf(answer);
    },
  };
}

/** @throws Rejected for anything but https on the usual port, without a user. */
function gateUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'https:' || parsed.port !== '' || parsed.username !== '' || parsed.password !== '') throw new Rejected('Not an address of a gate', { code: 'InvalidGateUrl' });
  return parsed;
}

const verdictSchema = z.object({ verdict: z.enum(['pass', 'fail', 'inconclusive', 'no-data']), detail: z.string().nullish() });

function verdictOf(answer: Answer | null): HttpVerdict {
  if (answer === null) return { verdict: 'no-data', detail: 'It gives no answer' };
  if (answer.status !== 200) return { verdict: 'inconclusive', detail: `It answers with status ${answer.status}` };
  const parsed = verdictSchema.safeParse(jsonOrNull(answer.text));
  if (!parsed.success) return { verdict: 'inconclusive', detail: 'Its answer holds no verdict' };
  const { verdict, detail = null } = parsed.data;
  return { verdict, detail: detail === null ? null : bounded(detail) };
}

/** One line that can be seen and stored everywhere: no controls, no invisible characters, no half of a character. */
function bounded(text: string): string {
  const line = text.slice(0, 10 * mostShown).replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return line.slice(0, mostShown).toWellFormed().replace(/\ufffd$/, '');
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Null when there was no whole answer, whatever the reason. Redirects are answers, and of one that is too long nothing is read. */
function post(url: URL, agent: https.Agent, body: string, signal: AbortSignal): Promise<Answer | null> {
  return new Promise((resolve) => {
    const headers = { 'user-agent': 'trueup-gate', accept: 'application/json', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = https.request(url, { method: 'POST', agent, signal, headers }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= mostBytes) return void chunks.push(chunk);
        resolve({ status: response.statusCode ?? 0, text: '' });
        response.destroy();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', () => resolve(null));
      response.on('close', () => resolve(null));
    });
    request.on('error', () => resolve(null));
    request.end(body);
  });
}
