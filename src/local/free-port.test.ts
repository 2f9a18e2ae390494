import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

const range = '/proc/sys/net/ipv4/ip_local_port_range';

test('can be listened on, and no port is given twice', async () => {
  const ports = await Promise.all(Array.from({ length: 200 }, freePort));
  expect(new Set(ports).size).toBe(200);
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(ports[0], '127.0.0.1', resolve));
  await new Promise((resolve) => server.close(resolve));
});

test.skipIf(!existsSync(range))('the system gives it to nobody by itself while its process is started again', async () => {
  const [lowest = 0] = readFileSync(range, 'utf8').trim().split(/\s+/).map(Number);
  expect(await freePort()).toBeLessThan(lowest);
});
