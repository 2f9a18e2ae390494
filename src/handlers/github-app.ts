import type { Probot } from 'probot';
import { z } from 'zod';
import type { Origin } from '../kernel/audit.ts';
import type { Inbox } from '../kernel/delivery-ports.ts';
import { newOrigin, seal, type EmittedMessage } from '../kernel/envelope.ts';
import type { Clock, Ids } from '../kernel/ports.ts';
import type { Telemetry } from '../kernel/telemetry.ts';
import { checkRunMessages } from './check-run.ts';
import { checkSuiteMessages } from './check-suite.ts';
import { installationRepositoriesMessages } from './installation-repositories.ts';
import { installationMessages } from './installation.ts';
import { issueCommentMessages } from './issue-comment.ts';
import { pullRequestMessages } from './pull-request.ts';
import { pushMessages } from './push.ts';

interface GitHubAppPorts {
  readonly inbox: Inbox;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly appId: number;
  readonly telemetry: Telemetry;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** The Probot app: every handler translates a payload into messages and stores them; a handler that throws was not stored. */
export function githubApp({ inbox, ids, clock, appId, telemetry, log }: GitHubAppPorts): (app: Probot) => void {
  const store = async (event: string, deliveryId: string, payload: object, translate: () => readonly EmittedMessage[]): Promise<void> => {
    const count = (result: 'stored' | 'duplicate' | 'nothing'): void => telemetry.count('trueup_webhooks_total', { result });
    const messages = readable(translate);
    if (messages === null) {
      count('nothing');
      return log.warn({ event, delivery: deliveryId }, 'A webhook of another shape than GitHub documents was left alone');
    }
    const origin = newOrigin(deliveryId, ids);
    const envelopes = messages.map((message) => seal(message, origin, ids.uuid(), clock));
    const result = envelopes.length === 0 ? 'nothing to do' : await inbox.accept(deliveryId, envelopes, senderOf(event, deliveryId, payload));
    count(result === 'nothing to do' ? 'nothing' : result);
    log.info({ event, delivery: deliveryId, traceId: origin.traceId, messages: messages.map(({ type }) => type), result }, 'A webhook was taken in');
  };
  return (app) => {
    app.on('push', ({ id, payload }) => store('push', id, payload, () => pushMessages(payload)));
    app.on('pull_request', ({ id, payload }) => store('pull_request', id, payload, () => pullRequestMessages(payload)));
    app.on('check_run', ({ id, payload }) => store('check_run', id, payload, () => checkRunMessages(payload, appId)));
    app.on('check_suite', ({ id, payload }) => store('check_suite', id, payload, () => checkSuiteMessages(payload, appId)));
    app.on('issue_comment', ({ id, payload }) => store('issue_comment', id, payload, () => issueCommentMessages(payload, appId)));
    app.on('installation', ({ id, payload }) => store('installation', id, payload, () => installationMessages(payload)));
    app.on('installation_repositories', ({ id, payload }) => store('installation_repositories', id, payload, () => installationRepositoriesMessages(payload)));
  };
}

/** Null for a payload that can never be read, however often it is delivered: one of a hook that belongs to no installation, mostly. */
function readable(translate: () => readonly EmittedMessage[]): readonly EmittedMessage[] | null {
  try {
    return translate();
  } catch (error) {
    if (error instanceof z.ZodError) return null;
    throw error;
  }
}

const sent = z.object({
  action: z.string().regex(/^[a-z_]{1,40}$/).optional().catch(undefined),
  sender: z.object({ login: z.string().min(1).max(100), id: z.number().int() }),
});

/** Who did what GitHub tells of. GitHub names a sender in every event; one that is missing is told as nobody. */
function senderOf(event: string, delivery: string, payload: object): Origin {
  const { action, sender } = sent.safeParse(payload).data ?? { sender: { login: '(not named)', id: 0 } };
  return { by: 'github', login: sender.login, id: sender.id, event: action === undefined ? event : `${event}.${action}`, delivery };
}
