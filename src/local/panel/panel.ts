import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { azureFaults } from '../azure/control/fault-descriptions.ts';
import type { LocalAzure } from '../azure/start.ts';
import { faultSource, type CloudName, type FaultSource } from '../faults/fault-api.ts';
import { addFaultRoutes } from '../faults/fault-routes.ts';
import { foreignPage } from '../foreign-page.ts';
import { githubFaults } from '../github/faults.ts';
import { listening } from '../github/listening.ts';
import type { LocalGitHub } from '../github/start.ts';
import { azureEntries, githubEntries, type PanelJournal } from './panel-journal.ts';

/** What of a cloud the panel shows. */
export interface PanelCloud {
  readonly faults: FaultSource;
  readonly journal: PanelJournal;
}

export interface Panel extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly clouds: readonly PanelCloud[];
}

export function azureCloud({ faults, journal }: Pick<LocalAzure, 'faults' | 'journal'>): PanelCloud {
  return { faults: faultSource('azure', azureFaults, faults), journal: azureEntries(journal) };
}

export function githubCloud({ faults, journal }: Pick<LocalGitHub, 'faults' | 'journal'>): PanelCloud {
  return { faults: faultSource('github', githubFaults, faults), journal: githubEntries(journal) };
}

/** One JSON API for the faults and journals of the clouds, on the loopback. @throws EADDRINUSE */
export async function startPanel({ port = 0, clouds }: { readonly port?: number; readonly clouds: readonly PanelCloud[] }): Promise<Panel> {
  const server = createServer(getRequestListener(panelApp(clouds).fetch, { overrideGlobalObjects: false }));
  const chosen = await listening(server, port);
  return {
    url: `http://127.0.0.1:${chosen}`,
    clouds,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function panelApp(clouds: readonly PanelCloud[]): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const foreign = foreignPage((name) => context.req.header(name));
    return foreign === null ? next() : context.json({ message: foreign }, 403);
  });
  addFaultRoutes(app, clouds.map(({ faults }) => faults));
  app.get('/journal', (context) => answerJournal(context, clouds, (chosen) => context.json({ entries: chosen.flatMap(({ journal }) => journal.entries()).toSorted((a, b) => a.at.localeCompare(b.at)) })));
  app.delete('/journal', (context) =>
    answerJournal(context, clouds, (chosen) => {
      for (const { journal } of chosen) journal.clear();
      return context.body(null, 204);
    }),
  );
  app.notFound((context) => context.json({ message: 'Here are: GET, POST and DELETE /faults; GET and DELETE /faults/ID; GET and DELETE /journal, with ?cloud=azure or ?cloud=github' }, 404));
  return app;
}

function answerJournal(context: Context, clouds: readonly PanelCloud[], answer: (chosen: readonly PanelCloud[]) => Response): Response {
  const wanted = context.req.query('cloud');
  const names: readonly CloudName[] = clouds.map(({ faults }) => faults.cloud);
  const chosen = clouds.filter(({ faults }) => wanted === undefined || faults.cloud === wanted);
  return chosen.length > 0 ? answer(chosen) : context.json({ message: `cloud is one of ${names.join(', ')}` }, 422);
}
