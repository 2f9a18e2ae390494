import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import type { Problem } from '../../../kernel/problem.ts';
import type { Grant } from '../ports.ts';
import { breach, serviceDocument } from './breach.ts';

/** Whom the gates of the tenant's services would ask without the operator's leave: a workspace may hold anybody's logs, a host may be anybody's. */
export function gateProblems({ services }: DesiredEnvironment, tenant: string, grant: Grant): Problem[] {
  return services.filter((service) => service.tenant === tenant).flatMap((service) => [...workspaceProblems(service, grant), ...hostProblems(service, grant)]);
}

const path = 'spec.rollout.gate';

function workspaceProblems(service: DesiredService, { workspaces }: Grant): Problem[] {
  const granted = new Set(workspaces.map((id) => id.toLowerCase()));
  return service.rollout.gate.logs.flatMap(({ name, workspace }, index) => {
    if (granted.has(workspace.toLowerCase())) return [];
    const message = `Gate ${name} of service ${service.name} queries a Log Analytics workspace that is not granted to tenant ${service.tenant}.`;
    return [breach(serviceDocument(service), { code: 'not-granted', path: `${path}.logs.${index}.workspace`, message, hint: `Ask the operator of this Trueup to grant the workspace to tenant ${service.tenant}, or name one that is granted.` })];
  });
}

function hostProblems(service: DesiredService, { gateHosts }: Grant): Problem[] {
  return service.rollout.gate.http.flatMap(({ name, url }, index) => {
    if (gateHosts.some((granted) => coversHost(granted, hostOf(url)))) return [];
    const message = `Gate ${name} of service ${service.name} asks a host that is not granted to tenant ${service.tenant}.`;
    return [breach(serviceDocument(service), { code: 'not-granted', path: `${path}.http.${index}.url`, message, hint: `Ask the operator of this Trueup to grant the host to tenant ${service.tenant}, or name one that is granted.` })];
  });
}

/** `*.` stands for everything below, not for the name itself. */
function coversHost(granted: string, host: string | null): boolean {
  if (host === null) return false;
  return granted.startsWith('*.') ? host.endsWith(granted.slice(1)) && host.length > granted.length - 1 : host === granted;
}

/** Null for an address with a port or a user: those of manifests have neither. */
function hostOf(url: string): string | null {
  return /^https:\/\/([a-z0-9.-]+)(?:[/?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? null;
}
