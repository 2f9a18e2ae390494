import { InvalidArgumentError } from 'commander';
import type { CloudName } from '../../local/faults/fault-api.ts';
import { codeOf } from '../offline/offline-command.ts';
import { UsageFault } from '../usage-fault.ts';

const portNames = ['azure', 'github', 'panel'] as const;
export type PortName = (typeof portNames)[number];
export type Ports = Readonly<Partial<Record<PortName, number>>>;

/** Reads one `--port`: `azure=8443`; later ones add to those before. */
export function portOption(text: string, before: Ports = {}): Ports {
  const [, name, digits] = /^(?:([a-z]+)=)?(\d{1,5})$/.exec(text) ?? [];
  const known = portNames.find((one) => one === name);
  const port = Number(digits);
  if (known === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError(`It is ${portNames.map((one) => `${one}=PORT`).join(', ')}, with a port from 1 to 65535.`);
  return { ...before, [known]: port };
}

/** @throws {UsageFault} for the port of a cloud that is not started, and for one port with two names. */
export function checkPorts(ports: Ports, clouds: readonly CloudName[]): void {
  const given = portNames.flatMap((name) => (ports[name] === undefined ? [] : [{ name, port: ports[name] }]));
  for (const [index, { name, port }] of given.entries()) {
    if (name !== 'panel' && !clouds.includes(name)) throw new UsageFault(`--port ${name}=${port} is for a cloud that is not started: start it, too, with \`trueup local all\`, or leave the port out`);
    const twin = given.slice(0, index).find((other) => other.port === port);
    if (twin) throw new UsageFault(`--port ${twin.name}=${port} and --port ${name}=${port} are one port: give each its own, or leave one out for any that is free`);
  }
}

/** Starts what listens there, and says in a person's words why it cannot. */
export async function listeningAt<T>(name: PortName, port: number | undefined, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE') throw new Error(`port ${port} is taken by another program: choose another one with --port ${name}=PORT, or leave it out for any that is free`, { cause: error });
    if (code === 'EACCES' && port !== undefined && port < 1024) throw new Error(`port ${port} needs rights that this user has not: choose one from 1024 on with --port ${name}=PORT`, { cause: error });
    throw error;
  }
}
