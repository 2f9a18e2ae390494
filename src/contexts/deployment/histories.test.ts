import { expect } from 'vitest';
import { failOnce } from '../../../test/support/delivery.ts';
import { deploymentWorld, tenant } from '../../../test/support/deployment-world.ts';
import { release } from '../../../test/support/desired.ts';
import { fc, test } from '../../../test/support/property.ts';
import type { DesiredService } from '../../kernel/desired-state.ts';

const checkout = (tag: string): DesiredService => release('checkout', tag);

const tags = ['1.0.0', '1.0.1', '1.0.2-crash', '1.0.3-slow', '1.0.4-unready', '1.0.5-badimage'];

test('whatever the history, the weights of every write sum to 100 and a deployment that completed serves its revision', async () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ tag: fc.constantFrom(...tags), ticks: fc.option(fc.integer({ min: 1, max: 40 })), fails: fc.integer({ min: 1, max: 80 }) }), { minLength: 2, maxLength: 5 }),
      async (history) => {
        const world = deploymentWorld(failOnce(history[0]?.fails ?? 1, 'after'), { gateMs: 60_000 });
        for (const [index, { tag, ticks }] of history.entries()) {
          const generation = index + 1;
          world.declare(generation, [checkout(tag)]);
          const isLast = generation === history.length;
          if (ticks === null || isLast) await world.deploy(generation, ['checkout']);
          else {
            await world.start(generation, ['checkout']);
            for (let count = 0; count < ticks; count += 1) await world.tick().catch(() => undefined);
          }
        }
        for (const { traffic } of world.apps.writes) expect(traffic.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
        for (const { traffic } of world.apps.writes) expect(traffic.every(({ revision }) => revision !== null)).toBe(true);
        const last = checkout(history.at(-1)?.tag ?? '');
        const completed = world.progress().state === 'Completed';
        expect(['Completed', 'RolledBack', 'Failed']).toContain(world.progress().state);
        const app = await world.apps.observe(tenant, world.app('checkout'), { aborted: false });
        if (completed) expect(app?.traffic).toMatchObject([{ revision: `checkout--${last.revisionSuffix}`, weight: 100 }]);
      },
    ),
    { numRuns: 60 },
  ));
