// A program: Microsoft.App alone with two replicas. Says their process ids in one line, and stays until it is killed.
import { appBody, readyEnvironment, appPath, untilRevision } from './app-requests.ts';
import { appsUnderTest, until } from './apps-under-test.ts';

const azure = await appsUnderTest();
const domain = await readyEnvironment(azure);
await azure.settle('PUT', appPath, appBody({ suffix: 'a', scale: { minReplicas: 2 } }));
await untilRevision(azure, 'web--a', 'Running');
const pids = new Set<number>();
await until('an answer of each replica', async () => {
  pids.add((JSON.parse((await azure.visit(`web.${domain}`)).body) as { pid: number }).pid);
  return pids.size === 2 || null;
});
process.stdout.write(`${JSON.stringify([...pids])}\n`);
