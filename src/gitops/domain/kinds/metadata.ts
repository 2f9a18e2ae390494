import { z } from 'zod';
import { declaredName, documentName, tenantSlug } from '../values/names.ts';

/** Who a document belongs to. */
export interface Metadata {
  readonly name: string;
  readonly tenant: string;
  readonly project: string | null;
  readonly module: string | null;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Raise its value to have a service applied again although nothing else changed. */
export const reapplyAnnotation = 'trueup.dev/reapply';

/** Of a SecretBinding: `NAME@CONTENT`, the name that its secret had in the container app when it was imported. It counts as long as the binding says what it said then. */
export const appSecretAnnotation = 'trueup.dev/app-secret';

/** The same for one environment alone. */
export function reapplyIn(environment: string): string {
  return `${reapplyAnnotation}.${environment}`;
}

const annotations = z
  .record(z.string().max(253), z.string().max(256))
  .default({})
  .meta({ description: 'Notes of yours. On a RuntimeService another value of `trueup.dev/reapply` has it applied again everywhere, of `trueup.dev/reapply.ENVIRONMENT` in that environment. `trueup import` writes `trueup.dev/app-secret` on a SecretBinding: the name that its secret has in the container app, until the binding says something else.' });

const project = declaredName({ what: 'A project', max: 63 });
const moduleName = declaredName({ what: 'A module', max: 63 });

interface MetadataFields {
  readonly name?: z.ZodType<string, string>;
  readonly project?: boolean;
  readonly module?: boolean;
}

export function metadata({ name = documentName, ...fields }: MetadataFields): z.ZodType<Metadata> {
  const shape = z.strictObject({
    name,
    tenant: tenantSlug.meta({ description: 'The tenant that it belongs to.' }),
    ...(fields.project && { project: project.optional() }),
    ...(fields.module && { module: moduleName.optional() }),
    annotations,
  });
  return shape.transform((read): Metadata => ({
    name: read.name,
    tenant: read.tenant,
    project: textOr(read, 'project'),
    module: textOr(read, 'module'),
    annotations: read.annotations,
  }));
}

function textOr(read: Readonly<Record<string, unknown>>, field: string): string | null {
  const value = read[field];
  return typeof value === 'string' ? value : null;
}
