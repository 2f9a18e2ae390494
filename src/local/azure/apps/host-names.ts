import type { App, AppBody } from './app.ts';
import { objectAt } from './reading.ts';

/** What comes behind an app's name in its addresses; null without ingress. */
export function ingressDomain(app: App, body: AppBody): string | null {
  const ingress = objectAt(body.configuration, 'ingress');
  if (ingress === null) return null;
  return ingress['external'] === true ? app.environment.domain : `internal.${app.environment.domain}`;
}
