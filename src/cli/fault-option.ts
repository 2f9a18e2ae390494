import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../gitops/domain/values/nearest.ts';
import { azureFaults } from '../local/azure/control/fault-descriptions.ts';
import type { FaultRequest } from '../local/faults/board.ts';
import { faultRequest, problemsOf } from '../local/faults/fault-api.ts';
import { githubFaults } from '../local/github/faults.ts';

const names: readonly string[] = [...azureFaults, ...githubFaults].map(({ name }) => name);
const keys = ['times', 'path', 'method', 'after', 'by'] as const;

export const faultSyntax = 'NAME[,times=N|always][,path=TEXT][,method=M][,after=N][,by=bot|anyone]';
export const faultHelp = `\nFaults: ${names.join(', ')}.\ndocs/local-azure.md and docs/local-github.md say what each does. A fault strikes once unless \`times\` says more; \`times=always\` stays until it is cleared.`;

/** For commander: reads one `--fault` and adds it to those before. `by` is whose requests are meant unless the text says it. */
export function faultOption(by: FaultRequest['by'] = null): (text: string, before?: readonly FaultRequest[]) => readonly FaultRequest[] {
  return (text, before = []) => [...before, parseFault(text, by)];
}

/** @throws InvalidArgumentError that says what can be written instead. */
export function parseFault(text: string, by: FaultRequest['by'] = null): FaultRequest {
  const [name = '', ...settings] = text.split(',').map((part) => part.trim());
  if (!names.includes(name)) throw new InvalidArgumentError(['There is no such fault.', didYouMean(name, names), `The faults are ${names.join(', ')}.`].filter((part) => part !== null).join(' '));
  const fields: Record<string, unknown> = {};
  for (const setting of settings) {
    const [key = '', value = ''] = split(setting);
    if (!keys.some((known) => known === key)) throw new InvalidArgumentError(`\`${setting}\` is not one of its settings. It is written ${faultSyntax}.`);
    if (key in fields) throw new InvalidArgumentError(`\`${key}\` is there twice.`);
    fields[key] = valueOf(key, value);
  }
  const { data, error } = faultRequest.safeParse({ name, by, ...fields });
  if (data === undefined) throw new InvalidArgumentError(`${problemsOf(error).join('; ')}. It is written ${faultSyntax}.`);
  return data;
}

function split(setting: string): readonly [string, string] {
  const at = setting.indexOf('=');
  return at < 0 ? [setting, ''] : [setting.slice(0, at), setting.slice(at + 1)];
}

/** As JSON says it: null for every time, for everybody. */
function valueOf(key: string, value: string): unknown {
  if ((key === 'times' && value === 'always') || (key === 'by' && value === 'anyone')) return null;
  return (key === 'times' || key === 'after') && /^\d+$/.test(value) ? Number(value) : value;
}
