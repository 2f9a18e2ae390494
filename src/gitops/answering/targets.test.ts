import { describe, expect, test } from 'vitest';
import type { CommandName } from '../report/commands.ts';
import { targetOf, type Known, type KnownEnvironment } from './targets.ts';

const environment = (name: string, services: readonly string[]): KnownEnvironment => ({ name, tenant: 'contoso', commit: 'c', services });
const prod = environment('prod', ['checkout', 'cart', 'blue']);
const staging = environment('staging', ['checkout', 'search']);
const blue = environment('blue', ['cart']);
const open: Known = { environments: [prod, staging, blue], merged: null, answers: null };
const merged: Known = { ...open, merged: [staging] };
const nowhere: Known = { ...open, merged: [] };

function understood(name: CommandName, words: string, known: Known): string {
  const target = targetOf(name, words.split(' ').filter((word) => word !== ''), known);
  return 'problem' in target ? target.problem : [...target.environments.map((one) => one.name), ...target.services].join(' ');
}

describe('what the words of a command mean', () => {
  test.each([
    { name: 'abort', words: 'prod', known: open, is: 'prod', reason: 'an environment' },
    { name: 'abort', words: 'PROD', known: open, is: 'prod', reason: 'names are lower case, people are not' },
    { name: 'abort', words: '', known: merged, is: 'staging', reason: 'where the merge went' },
    { name: 'rollback', words: '', known: merged, is: 'staging', reason: 'all of it, where the merge went' },
    { name: 'rollback', words: 'checkout prod', known: open, is: 'prod checkout', reason: 'service, then environment' },
    { name: 'rollback', words: 'prod checkout', known: open, is: 'prod checkout', reason: 'the other order' },
    { name: 'rollback', words: 'prod', known: open, is: 'prod', reason: 'all of an environment' },
    { name: 'rollback', words: 'search', known: merged, is: 'staging search', reason: 'a service, where the merge brought it' },
    { name: 'rollback', words: 'blue prod', known: open, is: 'prod blue', reason: 'a service that is called like an environment' },
    { name: 'rollback', words: 'cart blue', known: open, is: 'blue cart', reason: 'the same word as an environment' },
    { name: 'promote', words: 'prod', known: open, is: 'prod', reason: 'the environment that gets it' },
  ] as const)('/trueup $name $words: $reason', ({ name, words, known, is }) => {
    expect(understood(name, words, known)).toBe(is);
  });

  test.each([
    { name: 'abort', words: '', known: open, says: 'Which environment? Say `/trueup abort ENV`. There are: `prod`, `staging`, `blue`.', reason: 'nothing says which' },
    { name: 'abort', words: '', known: nowhere, says: 'Which environment?', reason: 'its merge went nowhere' },
    { name: 'pause', words: '', known: merged, says: 'Which environment?', reason: 'a pause is never guessed' },
    { name: 'abort', words: 'prd', known: open, says: '`prd` is no environment here. Did you mean `prod`? There are:', reason: 'a typing error' },
    { name: 'rollback', words: 'chekout prod', known: open, says: '`chekout` is no service of `prod`. Did you mean `checkout`?', reason: 'a typing error in the service' },
    { name: 'rollback', words: 'search prod', known: open, says: '`search` is no service of `prod`.', reason: 'a service of another environment' },
    { name: 'rollback', words: 'checkout stagin', known: open, says: '`stagin` is no environment here. Did you mean `staging`?', reason: 'a typing error in the environment' },
    { name: 'rollback', words: 'checkout', known: open, says: 'In which environment? Say `/trueup rollback checkout ENV`. It is in `prod`, `staging`.', reason: 'a service without an environment' },
    { name: 'rollback', words: 'nothing', known: merged, says: '`nothing` is no service or environment here.', reason: 'neither' },
    { name: 'rollback', words: 'checkout prod please', known: open, says: 'nothing else', reason: 'one word too many is not guessed away' },
    { name: 'abort', words: 'prod staging', known: open, says: 'one environment and nothing else', reason: 'two environments' },
    { name: 'abort', words: '`@everyone`', known: open, says: '`` `@everyone` `` is no environment here.', reason: 'hostile words stay in a code span' },
    { name: 'pause', words: 'constructor', known: open, says: '`constructor` is no environment here.', reason: 'a name that every object has' },
  ] as const)('/trueup $name $words is asked about: $reason', ({ name, words, known, says }) => {
    expect(understood(name, words, known)).toContain(says);
  });

  test('without any environment there is nothing to name', () => {
    expect(understood('abort', 'prod', { environments: [], merged: null, answers: null })).toBe('The default branch declares no environment.');
  });
});
