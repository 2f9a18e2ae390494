import { describe, expect, test } from 'vitest';
import { metricNames } from '../../kernel/telemetry.ts';
import { prometheusMetrics } from './prometheus.ts';

describe('what operators scrape', () => {
  test('is the catalogue and nothing else', async () => {
    const { text, contentType } = await prometheusMetrics().scrape();
    expect(contentType).toMatch(/^text\/plain/);
    expect([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).toEqual(metricNames);
  });

  test('counts, and shows a gauge as it was set last', async () => {
    const { telemetry, scrape } = prometheusMetrics();
    telemetry.count('trueup_webhooks_total', { result: 'stored' });
    telemetry.count('trueup_webhooks_total', { result: 'stored' }, 2);
    telemetry.set('trueup_quarantined', {}, 3);
    telemetry.set('trueup_quarantined', {}, 1);
    const { text } = await scrape();
    expect(text).toContain('trueup_webhooks_total{result="stored"} 3\n');
    expect(text).toContain('trueup_quarantined 1\n');
  });

  test('shows no gauge that nobody set: 0 would say that all is well', async () => {
    const { text } = await prometheusMetrics().scrape();
    expect(text).not.toMatch(/^trueup_(redis_write_ok|dead_letters|resync_age_seconds)/m);
  });

  test('never fails whoever counts, whatever is counted', () => {
    const { telemetry } = prometheusMetrics();
    const wrong = { never: 'heard of' } as unknown as { result: string }; // what a type would refuse
    expect(() => telemetry.count('trueup_webhooks_total', wrong)).not.toThrow();
    expect(() => telemetry.set('trueup_quarantined', {}, Number.NaN)).not.toThrow();
  });

  test.each([
    { reason: 'hangs', read: () => new Promise<void>(() => undefined) },
    { reason: 'fails', read: () => Promise.reject(new Error('Redis is away')) },
  ])('a source that $reason is answered without, and its last value is not shown as the present one', async ({ read }) => {
    const metrics = prometheusMetrics(20);
    let well = true;
    metrics.read({
      gauges: ['trueup_outbox_waiting'],
      async read(telemetry) {
        if (!well) return read();
        telemetry.set('trueup_outbox_waiting', {}, 7);
      },
    });
    expect((await metrics.scrape()).text).toContain('trueup_outbox_waiting 7\n');
    well = false;
    expect((await metrics.scrape()).text).not.toContain('trueup_outbox_waiting 7');
  });

  test('a read that hangs is not begun again by every scrape', async () => {
    const metrics = prometheusMetrics(5);
    let begun = 0;
    metrics.read({ gauges: [], read: () => {
      begun += 1;
      return new Promise(() => undefined);
    } });
    for (let scrape = 0; scrape < 3; scrape += 1) await metrics.scrape();
    expect(begun).toBe(1);
  });
});
