/** A fault that can be asked for by name. `docs/` and the panel show it as it stands here. */
export interface FaultDescription<Name extends string = string> {
  readonly name: Name;
  /** What whoever sends the request sees. */
  readonly effect: string;
  /** Which requests it can strike. */
  readonly requests: string;
  /** As `--fault` takes it. */
  readonly example: string;
}

export interface FaultRequest<Name extends string = string> {
  readonly name: Name;
  /** How many requests it strikes; null until cleared. */
  readonly times: number | null;
  /** Only requests whose path contains this, without case; null for all. */
  readonly path: string | null;
  /** Only this method; null for all. */
  readonly method: string | null;
  /** Lets so many of the requests that it would strike pass first. */
  readonly after?: number;
  /** `bot`: spares who comes with a person's token; null for everybody's requests. */
  readonly by?: 'bot' | null;
}

/** What became of it so far. */
export interface AskedFault<Name extends string = string> extends Required<FaultRequest<Name>> {
  readonly id: string;
  readonly struck: number;
  /** How often it will strike yet; null until cleared. */
  readonly left: number | null;
}

export interface StruckRequest {
  readonly method: string;
  readonly path: string;
  /** Whether it came with a person's token; nobody's when absent. */
  readonly byPerson?: () => boolean;
}

/** The faults that were asked for. */
export interface AskedFaults<Name extends string = string> {
  /** @returns what is kept up to date while requests come. */
  ask(request: FaultRequest<Name>): AskedFault<Name>;
  /** Those that may still strike. */
  list(): readonly AskedFault<Name>[];
  /** Also those that struck as often as they were to; the latest 1,000. */
  all(): readonly AskedFault<Name>[];
  /** @returns whether it was there. */
  cancel(id: string): boolean;
  clear(): void;
}

const kept = 1000;

type Live<Name extends string> = { -readonly [Key in keyof AskedFault<Name>]: AskedFault<Name>[Key] };

/** `take` gives the fault that strikes this request, if `reaches` says that it can; used up once per call. Of several the first one asked for strikes. */
export function askedFaults<Name extends string>(cloud: string): AskedFaults<Name> & { take(about: StruckRequest, reaches: (name: Name) => boolean): Name | null } {
  let asked: Live<Name>[] = [];
  let lastId = 0;
  return {
    ask({ name, times, path, method, after = 0, by = null }) {
      lastId += 1;
      const fault = { id: `${cloud}-${lastId}`, name, times, path, method, after, by, struck: 0, left: times };
      asked = [...asked.slice(1 - kept), fault];
      return fault;
    },
    list: () => asked.filter(({ left }) => left !== 0).map(copied),
    all: () => asked.map(copied),
    cancel(id) {
      const before = asked.length;
      asked = asked.filter((fault) => fault.id !== id);
      return asked.length < before;
    },
    clear: () => void (asked = []),
    take(about, reaches) {
      const reached = asked.filter((fault) => fault.left !== 0 && reaches(fault.name) && matches(fault, about));
      const hit = reached.find(({ after }) => after === 0) ?? null;
      for (const fault of reached) fault.after = Math.max(0, fault.after - 1);
      if (hit === null) return null;
      hit.struck += 1;
      if (hit.left !== null) hit.left -= 1;
      return hit.name;
    },
  };
}

function copied<Name extends string>(fault: AskedFault<Name>): AskedFault<Name> {
  return { ...fault };
}

function matches({ path, method, by }: AskedFault, about: StruckRequest): boolean {
  if (path !== null && !about.path.toLowerCase().includes(path.toLowerCase())) return false;
  if (method !== null && method.toUpperCase() !== about.method) return false;
  return by === null || about.byPerson?.() !== true;
}
