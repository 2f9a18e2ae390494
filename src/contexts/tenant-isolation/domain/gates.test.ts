import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredRollout, desiredService } from '../../../../test/support/desired.ts';
import { grant, memoryGrants, owner } from '../../../../test/support/grants.ts';
import type { Grant } from '../ports.ts';
import { bindingProblems, withinBounds } from './bounds.ts';

const workspace = '0a1b2c3d-0000-4000-8000-00000000000a';
const hosts: { reason: string; gateHosts: Grant['gateHosts']; url: string; granted: boolean }[] = [
  { reason: 'the host itself', gateHosts: ['desk.example.com'], url: 'https://desk.example.com/verdict', granted: true },
  { reason: 'the host in other letters', gateHosts: ['desk.example.com'], url: 'https://Desk.Example.com', granted: true },
  { reason: 'a host below', gateHosts: ['*.example.com'], url: 'https://desk.eu.example.com/verdict', granted: true },
  { reason: 'none by default', gateHosts: [], url: 'https://desk.example.com/', granted: false },
  { reason: 'another host', gateHosts: ['desk.example.com'], url: 'https://desk.example.org/', granted: false },
  { reason: 'a host that only ends alike', gateHosts: ['*.example.com'], url: 'https://evilexample.com/', granted: false },
  { reason: 'the name that others are below', gateHosts: ['*.example.com'], url: 'https://example.com/', granted: false },
  { reason: 'a host that only begins alike', gateHosts: ['desk.example.com'], url: 'https://desk.example.com.evil.example/', granted: false },
  { reason: 'a granted host as the user', gateHosts: ['desk.example.com'], url: 'https://desk.example.com@evil.example/', granted: false },
  { reason: 'another port', gateHosts: ['desk.example.com'], url: 'https://desk.example.com:8443/', granted: false },
];

describe('a system that is asked for its verdict', () => {
  test.each(hosts)('granted $granted: $reason', ({ gateHosts, url, granted }) => {
    const service = desiredService({ rollout: desiredRollout({ gate: { http: [{ name: 'desk', url, timeoutMs: 5000 }] } }) });
    const problems = bindingProblems(desiredEnvironment({ services: [service] }), 'contoso', { grant: grant({ gateHosts }), others: [] });
    expect(problems.map(({ code, path, location }) => ({ code, path, location }))).toEqual(granted ? [] : [{ code: 'not-granted', path: 'spec.rollout.gate.http.0.url', location: service.source }]);
  });
});

describe('a workspace that is queried', () => {
  const gate = (id: string) => ({ name: id.slice(-1), workspace: id, query: 'q', passes: { comparison: '<=' as const, value: 5 } });
  const logs = [gate(workspace.toUpperCase()), gate('0a1b2c3d-0000-4000-8000-00000000000b')];
  const environment = desiredEnvironment({ services: [desiredService({ rollout: desiredRollout({ gate: { logs } }) }), desiredService({ name: 'cart' })] });

  test('must be granted, whatever the letters of its id', () => {
    const problems = bindingProblems(environment, 'contoso', { grant: grant({ workspaces: [workspace] }), others: [] });
    expect(problems).toMatchObject([{ code: 'not-granted', path: 'spec.rollout.gate.logs.1.workspace', document: { kind: 'RuntimeService', name: 'checkout' } }]);
  });

  test('leaves out its service alone when it is not', () => {
    const bounded = withinBounds(environment, owner, memoryGrants({ [owner]: grant({ workspaces: [workspace] }) }));
    expect(bounded?.services.map(({ name }) => name)).toEqual(['cart']);
  });
});
