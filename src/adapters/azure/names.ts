import type { AppId } from '../../kernel/container-app.ts';
import { Rejected } from '../../kernel/errors.ts';

/** What ARM allows in the names that Trueup uses; without it `..` or a slash in a name would lead to another resource. */
const name = /^(?!\.+$)[\w().-]{1,128}$/;

export function isName(text: string): boolean {
  return name.test(text);
}

/** An ARM path of fixed segments and names. @throws Rejected for what is not a name. */
export function armPath(parts: TemplateStringsArray, ...names: readonly string[]): string {
  return parts.reduce((path, part, index) => path + checked(names[index - 1] ?? '') + part);
}

function checked(text: string): string {
  if (!isName(text)) throw new Rejected('A name has characters that Azure does not allow', { code: 'InvalidName' });
  return text;
}

export function groupPath(place: { readonly subscription: string; readonly resourceGroup: string }): string {
  return armPath`/subscriptions/${place.subscription}/resourceGroups/${place.resourceGroup}`;
}

export function appPath(app: AppId): string {
  return groupPath(app) + armPath`/providers/Microsoft.App/containerApps/${app.name}`;
}

export function revisionPath(app: AppId, revision: string): string {
  return appPath(app) + armPath`/revisions/${revision}`;
}

export interface ArmId {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** `microsoft.app/containerapps`, lower case. */
  readonly type: string;
  readonly name: string;
}

/** Null when the text is not the id of a top-level resource in a group. Azure's own answers differ in case from what was sent. */
export function parseArmId(text: string): ArmId | null {
  const parts = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)$/i.exec(text);
  const [, subscription, resourceGroup, type, name] = parts ?? [];
  if (subscription === undefined || resourceGroup === undefined || type === undefined || name === undefined) return null;
  if (![subscription, resourceGroup, name].every(isName)) return null;
  return { subscription, resourceGroup, type: type.toLowerCase(), name };
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Azure answers with the display name of a region where the short form was sent. */
export function shortLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
