import { canonicalJson } from '../../kernel/digest.ts';
import { emit, type EmittedMessage } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadHealthReport } from '../records/health-report.ts';
import { driftId, loadProposal } from '../records/proposal.ts';
import { inTurn } from './answered-findings.ts';

type Findings = readonly DriftFinding[];

/** A look at the pull request of every service of which something else is known, or whose turn has come. `gone`: services of findings that are no more. */
export function remediationsAfter(tenantId: TenantId, environment: string, { before, after, gone = [] }: { readonly before: Findings; readonly after: Findings; readonly gone?: readonly string[] }): readonly EmittedMessage[] {
  const [known, found] = [byService(before), byService(after)];
  const other = [...new Set([...known.keys(), ...found.keys()])].filter((service) => canonicalJson(known.get(service)) !== canonicalJson(found.get(service)));
  const had = inTurn(before);
  const next = [...inTurn(after)].filter((service) => !had.has(service));
  return [...new Set([...other, ...next, ...gone])].sort().map((service) => look(repositoryTenantId(tenantId), environment, service));
}

/** After the default branch moved: only what is open or was merged is looked at. */
export async function openRemediations(store: Store, tenant: TenantId, environments: readonly string[]): Promise<readonly EmittedMessage[]> {
  const reports = await Promise.all(environments.map(async (name) => ({ name, drift: (await loadHealthReport(store, tenant, name)).value?.drift ?? [] })));
  const places = reports.flatMap(({ name, drift }) => [...byService(drift).keys()].map((service) => ({ name, service })));
  const records = await Promise.all(places.map(({ name, service }) => loadProposal(store, tenant, driftId(name, service))));
  return places.filter((_, index) => (records[index]?.value?.pullRequest ?? null) !== null).map(({ name, service }) => look(tenant, name, service));
}

export function look(tenant: TenantId, environment: string, service: string): EmittedMessage {
  return emit('ProposeRemediation', tenant, { environment, service, choice: null, by: null });
}

/** Without apps that Git does not declare: there is no manifest to propose anything in. */
function byService(findings: Findings): ReadonlyMap<string, Findings> {
  const declared = findings.filter((finding) => finding.class !== 'unmanaged');
  return Map.groupBy(declared.toSorted((a, b) => (a.id < b.id ? -1 : 1)), ({ service }) => service);
}
