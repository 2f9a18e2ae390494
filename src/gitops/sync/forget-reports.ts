import type { TenantId } from '../../kernel/ids.ts';
import type { Save } from '../../kernel/outcome.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadDeployReport, type DeployReport } from '../records/deploy-report.ts';
import { loadProposal, revertId } from '../records/proposal.ts';
import type { RepositorySync } from '../records/repository-sync.ts';
import { essenceOf } from '../report/deploy-essence.ts';
import { deployConclusion } from '../report/deploy-state.ts';

type Environments = RepositorySync['environments'];

interface Forgotten {
  readonly saves: readonly Save[];
  /** The environments as they are remembered after it. */
  remember(environments: Environments): Environments;
}

/**
 * Old reports go when their end stands on GitHub. One that is behind, because workers died or GitHub was away, stays until it has caught
 * up: without its record the check would never be concluded.
 */
export async function forgetReports(store: Store, tenant: TenantId, old: readonly { readonly environment: string; readonly commit: string }[]): Promise<Forgotten> {
  const looked = await Promise.all(old.map(async (at) => {
    const [report, revert] = await Promise.all([loadDeployReport(store, tenant, at), loadProposal(store, tenant, revertId(at.environment, at.commit))]);
    return { ...at, report, revert, stays: report.value !== null && !isShownToItsEnd(report.value) };
  }));
  const gone = looked.filter(({ stays }) => !stays);
  return {
    saves: gone.flatMap(({ report, revert }) => [...(report.value === null ? [] : [report.remove()]), ...(revert.value === null ? [] : [revert.remove()])]),
    remember: (environments) => Object.fromEntries(Object.entries(environments).map(([name, known]) => {
      const here = looked.filter(({ environment }) => environment === name);
      const forgottenTo = Math.max(known.forgottenTo, ...here.map(({ stays, report }) => (stays ? 0 : (report.value?.generation ?? 0))));
      return [name, { ...known, forgottenTo, deployed: [...known.deployed, ...here.filter(({ stays }) => stays).map(({ commit }) => commit)] }];
    })),
  };
}

function isShownToItsEnd(report: DeployReport): boolean {
  return deployConclusion(report) !== null && report.writtenEssence === essenceOf(report);
}
