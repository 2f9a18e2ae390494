import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { WriteAbout } from '../../kernel/audit.ts';
import { Conflict, NotSent } from '../../kernel/errors.ts';
import { auditedWrites } from './audited-writes.ts';
import { writesOf, type AuditEntry } from './audit-entry.ts';

const about: WriteAbout = { tenantId: '100.7.contoso', environment: 'prod', traceId: 'trace-1', eventId: 'evt-1', reaction: 'deployment/when-advance-deployment', commit: 'a'.repeat(40), policy: 'rollout canary of web, stage 2 of 3, promoting' };
const request = { service: 'azure', operation: 'PATCH Microsoft.App/containerApps', target: '/subscriptions/s/x', clientRequestId: 'c-1' } as const;
const who = { by: 'github', login: 'maria', id: 2, event: 'push', delivery: 'd-1' } as const;
const answer = { status: 202, requestId: 'r-1', correlationId: 'o-1' };
const free = (): void => undefined;

function world(append?: () => Promise<void>) {
  const entries: AuditEntry[] = [];
  const told: object[] = [];
  const lost: unknown[] = [];
  const { within, gate } = auditedWrites({
    append: append ?? (async (_tenant, entry) => void entries.push(entry)),
    origin: async () => who,
    clock: { now: () => Date.UTC(2026, 10, 28) },
    ids: { uuid: randomUUID },
    tell: (write) => told.push(write),
    onLost: (error) => lost.push(error),
  });
  return { entries, told, lost, within, gate, pass: (send: () => Promise<typeof answer> = async () => answer) => gate.pass(request, send, (one) => one) };
}

describe('a request that changes something', () => {
  test('is kept before it leaves and after its answer, with who, commit, policy and operation', async () => {
    const { entries, told, within, pass } = world();
    const keptAtSending = within(about, free, () => pass(async () => {
      expect(entries.map(({ phase }) => phase)).toEqual(['begun']);
      return answer;
    }));
    await keptAtSending;
    expect(writesOf(entries)).toMatchObject([{ ...about, ...request, who, answer }]);
    expect(told).toMatchObject([{ ...about, ...request, who, ...answer }]);
  });

  test.each([
    { reason: 'outside of any write', run: ({ pass }: ReturnType<typeof world>) => pass() },
    {
      reason: 'begun inside and sent when the write had ended',
      run: async ({ pass, within }: ReturnType<typeof world>) => {
        const gate = Promise.withResolvers<void>();
        const late = await within(about, free, async () => ({ sent: gate.promise.then(() => pass()) }));
        gate.resolve();
        return late.sent;
      },
    },
  ])('is refused and not sent: $reason', async ({ run }) => {
    const made = world();
    await expect(run(made)).rejects.toThrow('outside of a write');
    expect(made.entries).toEqual([]);
  });

  test('passes the fence once more right before it is sent, and an unsent one is told apart', async () => {
    const { entries, within, pass } = world();
    let isHeld = true;
    let sent = 0;
    const fence = (): void => {
      if (!isHeld) throw new Conflict('lost', { code: 'LeaseLost' });
    };
    const send = async (): Promise<typeof answer> => {
      sent += 1;
      isHeld = false;
      return answer;
    };
    await expect(within(about, fence, async () => [await pass(send), await pass(send)])).rejects.toThrow(Conflict);
    expect(sent).toBe(1);
    expect(writesOf(entries).map((write) => write.answer?.status)).toEqual([202, null]);
    await expect(within(about, fence, () => pass(send))).rejects.toThrow(Conflict);
    expect(entries).toHaveLength(4);
  });

  test('that cannot be kept is not sent, which is no failure of the service', async () => {
    const { within, pass } = world(() => Promise.reject(new Error('OOM command not allowed')));
    let sent = 0;
    const send = async (): Promise<typeof answer> => {
      sent += 1;
      return answer;
    };
    await expect(within(about, free, () => pass(send))).rejects.toThrow(NotSent);
    expect(sent).toBe(0);
  });

  test('without an answer is kept as such, and throws what it threw', async () => {
    const { entries, within, pass } = world();
    await expect(within(about, free, () => pass(() => Promise.reject(new Error('reset'))))).rejects.toThrow('reset');
    expect(writesOf(entries)).toMatchObject([{ answer: { status: 0, requestId: null } }]);
  });

  test('belongs to its own write also when a queue sends it from the context of another', async () => {
    const { entries, within, gate } = world();
    const waiting: (() => Promise<unknown>)[] = [];
    const queued = (commit: string): Promise<void> => within({ ...about, commit }, free, () => new Promise((resolve) => {
      waiting.push(gate.bound(() => gate.pass(request, async () => answer, (one) => one).then(() => resolve())));
    }));
    const both = [queued('a'.repeat(40)), queued('b'.repeat(40))];
    await within({ ...about, commit: 'c'.repeat(40) }, free, async () => {
      for (const send of waiting) await send();
    });
    await Promise.all(both);
    expect(writesOf(entries).map(({ commit }) => commit?.[0])).toEqual(['a', 'b']);
  });
});
