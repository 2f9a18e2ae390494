import { z } from 'zod';
import { armGet, armWrite, containerAppPath, type ArmAddress } from './arm-client.ts';
import { groupOf } from './scene.ts';
import { subscription } from './storefront.ts';

const container = z.looseObject({ image: z.string(), resources: z.looseObject({ cpu: z.number(), memory: z.string() }) });
const template = z.looseObject({ containers: z.array(container), scale: z.looseObject({}) });
const app = z.object({ properties: z.object({ template }) });

type Template = z.infer<typeof template>;

/** What a person does in the portal, past Git. */
export interface Portal {
  setImage(environment: string, name: string, image: string): Promise<void>;
  setMaxReplicas(environment: string, name: string, maxReplicas: number): Promise<void>;
}

/** @param person whose token the address holds. */
export function portalOf(person: ArmAddress): Portal {
  const edit = async (environment: string, name: string, change: (read: Template) => Template): Promise<void> => {
    const path = containerAppPath(subscription, groupOf(environment), name);
    const { properties } = app.parse(await armGet(person, path));
    // As the portal does: the whole template goes back, without what Azure alone says, and Azure names the revision.
    const sent = change(properties.template);
    const containers = sent.containers.map((one) => ({ ...one, resources: { cpu: one.resources.cpu, memory: one.resources.memory } }));
    await armWrite(person, 'PATCH', path, { properties: { template: { ...sent, revisionSuffix: '', containers } } });
  };
  return {
    setImage: (environment, name, image) => edit(environment, name, (read) => ({ ...read, containers: read.containers.map((one) => ({ ...one, image })) })),
    setMaxReplicas: (environment, name, maxReplicas) => edit(environment, name, (read) => ({ ...read, scale: { ...read.scale, maxReplicas } })),
  };
}
