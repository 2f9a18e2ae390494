import https from 'node:https';
import { isIP } from 'node:net';
import type { EndpointProbe, ProbeAnswer, ProbeTarget } from '../../contexts/deployment/ports.ts';
import { Rejected, Unavailable } from '../../kernel/errors.ts';
import { nodeSignal } from '../node-signal.ts';
import { lookupPublic } from './public-addresses.ts';
import { RoutedAgent, type Route } from './route.ts';
import type { TenantCheck } from './tenant-check.ts';

const mostBytes = 64 * 1024;
const longestMs = 30_000;

/** The only requests to hosts that tenants name. They carry no credential. */
export function endpointProbe(check: TenantCheck, agent: https.Agent): EndpointProbe {
  return {
    async probe(tenant, target, signal) {
      check(tenant, {});
      const url = probeUrl(target);
      const caller = nodeSignal(signal);
      const started = performance.now();
      const status = await statusOf(url, agent, AbortSignal.any([caller, AbortSignal.timeout(Math.min(target.timeoutMs, longestMs))]));
      // What was cut off by us says nothing about the workload.
      if (status === null && caller.aborted) throw new Unavailable('The probe was cut off', { code: 'Aborted' });
      return { status, ms: performance.now() - started } satisfies ProbeAnswer;
    },
  };
}

/** A fresh connection for each probe: a workload that takes no new ones is not ready. */
export function probeAgent(route: Route | null): https.Agent {
  return route ? new RoutedAgent(route, false) : new https.Agent({ keepAlive: false, rejectUnauthorized: true, lookup: lookupPublic });
}

/** @throws Rejected when host and path together are more than a path on that host. */
function probeUrl({ fqdn, path }: ProbeTarget): URL {
  const host = fqdn.toLowerCase();
  const address = `https://${host}${path}`;
  const url = path.startsWith('/') && URL.canParse(address) ? new URL(address) : null;
  const isName = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/.test(host) && host.length <= 253 && isIP(host) === 0;
  if (!isName || url === null || url.host !== host || url.username !== '') throw new Rejected('Not a host and a path that can be probed', { code: 'InvalidProbeTarget' });
  return url;
}

/** Null when there was no whole answer, whatever the reason. */
function statusOf(url: URL, agent: https.Agent, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve) => {
    const request = https.get(url, { agent, signal, headers: { 'user-agent': 'trueup-probe', accept: '*/*' } }, (response) => {
      let bytes = 0;
      const answered = (): void => resolve(response.statusCode ?? null);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes < mostBytes) return;
        answered();
        response.destroy();
      });
      response.on('end', answered);
      response.on('error', () => resolve(null));
      response.on('close', () => resolve(null));
    });
    request.on('error', () => resolve(null));
  });
}
