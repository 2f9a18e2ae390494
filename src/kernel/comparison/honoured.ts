import type { DesiredService, JsonObject } from '../desired-state.ts';
import { isObject } from './canonical.ts';
import { honouredBody } from './honoured-body.ts';
import { fieldsOf } from './named-field.ts';

/**
 * The service with what is live at every place that Git leaves to somebody else, and the name of the revision that its template then
 * makes. What a deployment sends, what a plan shows and what drift is measured against. `digest` stays Git's: it names what is declared.
 */
export function honoured(service: DesiredService, live: JsonObject | null): DesiredService {
  const app = honouredBody(service.app, live, service.ignores);
  return app === service.app ? service : withApp(service, app);
}

/** The service as this body has it. */
export function withApp(service: DesiredService, app: DesiredService['app']): DesiredService {
  const { template, configuration } = app.properties;
  const { revisionSuffix, scale } = template;
  return {
    ...service,
    app,
    revisionSuffix: typeof revisionSuffix === 'string' ? revisionSuffix : service.revisionSuffix,
    image: imageOf(service, template) ?? service.image,
    ingress: ingressOf(service, configuration['ingress']),
    replicas: { min: numberOr(service.replicas.min, fieldsOf(scale)['minReplicas']), max: numberOr(service.replicas.max, fieldsOf(scale)['maxReplicas']) },
  };
}

function imageOf({ name }: DesiredService, template: JsonObject): string | null {
  const containers: readonly unknown[] = Array.isArray(template['containers']) ? template['containers'] : [];
  const main = containers.find((one) => isObject(one) && one['name'] === name) ?? containers[0];
  const { image } = fieldsOf(main);
  return typeof image === 'string' ? image : null;
}

function ingressOf({ ingress }: DesiredService, live: unknown): DesiredService['ingress'] {
  if (!isObject(live)) return null;
  const { targetPort, external } = live;
  return { port: numberOr(ingress?.port ?? 0, targetPort), external: external === true };
}

function numberOr(otherwise: number, value: unknown): number {
  return typeof value === 'number' ? value : otherwise;
}
