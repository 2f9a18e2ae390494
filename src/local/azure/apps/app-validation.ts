import type { JsonObject } from '../../../kernel/desired-state.ts';
import { ArmError } from './arm-error.ts';
import { listAt, numberAt, objectAt, textAt } from './reading.ts';
import { checkTraffic } from './traffic-validation.ts';

/** What is checked before an operation starts; everything here ends the request with 400 (facts/azure.md A1.5, A1.7). */
interface Checked {
  readonly name: string;
  readonly configuration: JsonObject;
  readonly template: JsonObject;
  /** Names of the revisions that are there. */
  readonly revisions: readonly string[];
  /** Resources are free in a dedicated workload profile. */
  readonly isConsumption: boolean;
}

export function validateApp(checked: Checked): void {
  const { name, configuration, template } = checked;
  checkName(name);
  checkSecrets(configuration);
  checkRegistries(configuration);
  checkContainers(configuration, template);
  if (checked.isConsumption) checkResources(template);
  checkSuffix(name, template);
  checkScale(name, template);
  checkTraffic(configuration, template, name, checked.revisions);
}

const label = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

function checkName(name: string): void {
  if (name.length >= 2 && name.length <= 32 && label.test(name) && !name.includes('--')) return;
  const message =
    `Invalid ContainerApp name '${name}'. A name must consist of lower case alphanumeric characters or '-', start with an alphabetic character, ` +
    `and end with an alphanumeric character and cannot have '--'. The length must be between 2 and 32 characters.`;
  throw new ArmError(400, 'ContainerAppInvalidName', message);
}

const vaultUrl = /^https:\/\/[a-z0-9-]{3,24}\.vault\.azure\.net\/secrets\/[0-9a-z-]{1,127}(\/[0-9a-z]+)?\/?$/i;

function checkSecrets(configuration: JsonObject): void {
  const secrets = listAt(configuration, 'secrets');
  const hasValue = (one: JsonObject) => textAt(one, 'value') !== null || (textAt(one, 'keyVaultUrl') !== null && textAt(one, 'identity') !== null);
  const without = secrets.filter((one) => !hasValue(one)).map((one) => String(one['name']));
  if (without.length > 0) {
    const message = `Invalid Request: Container app secret(s) with name(s) '${without.join(', ')}' are invalid: value or keyVaultUrl and identity should be provided.`;
    throw new ArmError(400, 'ContainerAppSecretInvalid', message);
  }
  for (const secret of secrets) {
    const name = String(secret['name']);
    const url = textAt(secret, 'keyVaultUrl');
    if (name.length > 253 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
      const message =
        `Secret name has an invalid value '${name}'. A value must consist of lower case alphanumeric characters, '-', and must start and end with an alphanumeric character. ` +
        'The length must not be more than 253 characters.';
      throw new ArmError(400, 'ContainerAppInvalidSecretName', message);
    }
    if (url !== null && !vaultUrl.test(url)) {
      const message = `Container app secret with name '${name}' has an invalid KeyVaultUrl '${url}'. It must be in the form of https://<vault>.vault.azure.net/secrets/<secret> and belong to this cloud.`;
      throw new ArmError(400, 'ContainerAppSecretKeyVaultUrlInvalid', message);
    }
  }
}

function secretNames(configuration: JsonObject): ReadonlySet<string> {
  return new Set(listAt(configuration, 'secrets').map((one) => String(one['name'])));
}

function checkRegistries(configuration: JsonObject): void {
  const names = secretNames(configuration);
  for (const registry of listAt(configuration, 'registries')) {
    const server = textAt(registry, 'server') ?? '';
    const secret = textAt(registry, 'passwordSecretRef');
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?$/.test(server)) {
      const message =
        `Property 'registries.server' has an invalid value '${server}'. A value consist of hostname and custom port(if present). ` +
        `Hostname must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character.`;
      throw new ArmError(400, 'ContainerAppInvalidRegistryServerValue', message);
    }
    if (secret !== null && !names.has(secret)) {
      throw new ArmError(400, 'ContainerAppRegistriesPasswordSecretRefNotFound', `PasswordSecretRef '${secret}' defined for registry server '${server}' not found.`);
    }
  }
}

function checkContainers(configuration: JsonObject, template: JsonObject): void {
  const names = secretNames(configuration);
  const containers = listAt(template, 'containers');
  if (containers.length === 0) throw new ArmError(400, 'ContainerAppCreateMustContainContainer', 'Must specify atleast one container.');
  for (const container of [...containers, ...listAt(template, 'initContainers')]) {
    const name = String(container['name']);
    if (textAt(container, 'image') === null) throw new ArmError(400, 'ContainerAppImageRequired', `Container with name '${name}' must have an 'Image' property specified.`);
    const missing = listAt(container, 'env').map((one) => textAt(one, 'secretRef')).find((ref) => ref !== null && !names.has(ref));
    if (typeof missing === 'string') throw new ArmError(400, 'ContainerAppSecretRefNotFound', `SecretRef '${missing}' defined for container '${name}' not found.`);
  }
}

/** The Consumption profile sells 0.25 cores with 0.5 Gi, up to four cores. */
function checkResources(template: JsonObject): void {
  const containers = listAt(template, 'containers').map((one) => objectAt(one, 'resources'));
  const cpu = sum(containers.map((one) => numberAt(one, 'cpu') ?? 0.5));
  const memory = sum(containers.map((one) => Number.parseFloat(textAt(one, 'memory') ?? '1Gi')));
  if (cpu > 0 && cpu <= 4 && Number.isInteger(cpu * 4) && Math.abs(memory - cpu * 2) < 0.001) return;
  const allowed = Array.from({ length: 16 }, (_, index) => `[cpu: ${(index + 1) / 4}, memory: ${((index + 1) / 2).toFixed(1)}Gi]`).join('; ');
  const message =
    `The total requested CPU and memory resources for this application (CPU: ${cpu}, memory: ${memory}) is invalid. ` +
    `Total CPU and memory for all containers defined in a Container App must add up to one of the following CPU - Memory combinations: ${allowed}`;
  throw new ArmError(400, 'ContainerAppInvalidResourceTotal', message);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function checkSuffix(name: string, template: JsonObject): void {
  const suffix = textAt(template, 'revisionSuffix');
  if (suffix === null || (label.test(suffix) && !suffix.includes('--') && `${name}--${suffix}`.length <= 54)) return;
  const message =
    `Revision name has an invalid value '${suffix}'. A revision name must consist of lower case alphanumeric characters or '-', start with an alphabetic character, ` +
    `and end with an alphanumeric character. The length of the revision name must not be more than a combined 54 characters with the container app name.`;
  throw new ArmError(400, 'ContainerAppInvalidRevisionName', message);
}

function checkScale(name: string, template: JsonObject): void {
  const scale = objectAt(template, 'scale');
  const min = numberAt(scale, 'minReplicas') ?? 0;
  const max = numberAt(scale, 'maxReplicas') ?? 10;
  if (min < 0 || max < 1 || max > 1000 || min > max) {
    const message =
      `The scale options provided for Container App '${name}' is incorrect. minReplicas must not be less than 0. maxReplicas must be greater than 0 and not be bigger than 1000. ` +
      'maxReplicas must not be less than minReplicas.';
    throw new ArmError(400, 'ContainerAppInvalidScaleSpec', message);
  }
}
