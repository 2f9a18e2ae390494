import type { AskedFault, FaultRequest } from '../../local/faults/board.ts';
import type { Panel } from '../../local/panel/panel.ts';

/** @returns what is kept up to date while the faults strike. @throws when no cloud has a fault of that name. */
export function askFaults({ clouds }: Pick<Panel, 'clouds'>, requests: readonly FaultRequest[]): readonly AskedFault[] {
  return requests.map((request) => {
    for (const { faults } of clouds) {
      const fault = faults.ask(request);
      if (fault) return fault;
    }
    throw new Error(`there is no fault ${request.name} here`);
  });
}

/** As `--fault` takes it, with what stands without saying left out. */
export function faultText({ name, times, path, method, after = 0 }: FaultRequest): string {
  const settings = [times === null ? 'times=always' : times === 1 ? '' : `times=${times}`, path === null ? '' : `path=${path}`, method === null ? '' : `method=${method}`, after === 0 ? '' : `after=${after}`];
  return [name, ...settings.filter(Boolean)].join(',');
}

export function struckText({ struck, left }: AskedFault): string {
  if (struck === 0) return 'never struck: nothing is shown by it';
  const more = left === null ? ', until it is cleared' : left > 0 ? `, ${left} more to come` : '';
  return `struck ${struck === 1 ? 'once' : `${struck} times`}${more}`;
}
