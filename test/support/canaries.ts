import { createHmac } from 'node:crypto';

/** A made-up secret that can be told apart from everything else. */
export interface Canary {
  /** `vault`, `live app`: where it was put. */
  readonly source: string;
  /** As it was put there, with what belongs to its shape. */
  readonly text: string;
  /** The parts of it that stand nowhere else: nothing of them may get out. */
  readonly cores: readonly string[];
}

type Shaped = (core: string) => Pick<Canary, 'text' | 'cores'>;

/** Shapes of secrets that an eye knows. */
const shapes = {
  'GitHub token': (core) => ({ text: `ghs_${core.slice(0, 36)}`, cores: [core.slice(0, 36)] }),
  'private key': (core) => ({ text: `-----BEGIN RSA PRIVATE KEY-----\n${core.slice(0, 64)}\n${core.slice(64, 96)}\n-----END RSA PRIVATE KEY-----`, cores: [core.slice(0, 64), core.slice(64, 96)] }),
  'shared access signature': (core) => ({ text: `https://files.blob.core.windows.net/box?sv=2024-11-04&sr=c&sig=${core.slice(0, 43)}%3D`, cores: [core.slice(0, 43)] }),
  'connection string': (core) => ({ text: `DefaultEndpointsProtocol=https;AccountName=files;AccountKey=${core.slice(0, 86)}==;EndpointSuffix=core.windows.net`, cores: [core.slice(0, 86)] }),
  'web token': (core) => ({ text: `eyJhbGciOiJSUzI1NiJ9.eyJ${core.slice(0, 40)}.${core.slice(40, 83)}`, cores: [core.slice(0, 40), core.slice(40, 83)] }),
  /** Known only by its place, under a key that says so. */
  'letters and digits': (core) => ({ text: core.slice(0, 48), cores: [core.slice(0, 48)] }),
  'password in an address': (core) => ({ text: `postgres://shop:${core.slice(0, 32)}@db.example.com:5432/shop`, cores: [core.slice(0, 32)] }),
} as const satisfies Readonly<Record<string, Shaped>>;

export type Shape = keyof typeof shapes;
export const shapeNames = (Object.keys(shapes) as readonly Shape[]).filter((name) => name !== 'letters and digits'); // the keys of the object above

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** What is written otherwise in URLs, in JSON and in HTML is among them. */
const anyCharacters = `${letters}!+/&"'<>%=`;

export type CanaryMaker = (source: string, shape: Shape | null) => Canary;

/** As many as are asked for, all different and the same for the same seed. Without a shape: 48 characters that look like nothing. */
export function canaryMaker(seed: number): CanaryMaker {
  let made = 0;
  return (source, shape) => {
    made += 1;
    const random = [0, 1, 2].flatMap((block) => [...createHmac('sha256', `canary ${seed}`).update(`${made}.${block}`).digest()]);
    const of = (alphabet: string): string => random.map((byte) => alphabet[byte % alphabet.length]).join('');
    if (shape !== null) return { source, ...shapes[shape](of(letters)) };
    const core = of(anyCharacters).slice(0, 48);
    return { source, text: core, cores: [core] };
  };
}
