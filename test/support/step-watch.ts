import type { AzureExchange } from '../../src/local/azure/http/observation.ts';
import { azureLedger, type SeenWrite } from './fleet-azure.ts';

/** A write that Azure accepted, by a name that is the same in every shop. */
export interface SeenStep {
  readonly chapter: string;
  /** `template of r2`, `traffic r1:50 r2:50`, `PUT managedEnvironments`. */
  readonly name: string;
  /** Path of its operation's address; null where Azure was done with its answer. */
  readonly operation: string | null;
  /** Of the request: the audit names the message of it. */
  readonly clientRequestId: string;
  readonly effect: SeenWrite['effect'];
}

export interface ShopSteps {
  /** Everything that is accepted from here on belongs to it. */
  enter(chapter: string): void;
  /** Accepted writes, repeated ones too. */
  readonly steps: readonly SeenStep[];
  /** Called within the exchange: what it asks for is in place when the answer arrives. */
  onStep: (step: SeenStep) => void;
}

/** Every shop's writes, as the local Azure accepted them. */
export function stepWatch() {
  const ledger = azureLedger();
  const shops = new Map<string, ShopSteps & { add(write: SeenWrite): void }>();
  const of = (name: string) => {
    const found = shops.get(name) ?? shopSteps(name);
    shops.set(name, found);
    return found;
  };
  return {
    shop: (name: string): ShopSteps => of(name),
    observe(exchange: AzureExchange): void {
      const before = ledger.writes.length;
      ledger.observe(exchange);
      for (const write of ledger.writes.slice(before)) if (write.effect !== 'refused') of(write.shop).add(write);
    },
  };
}

export type StepWatch = ReturnType<typeof stepWatch>;

function shopSteps(name: string): ShopSteps & { add(write: SeenWrite): void } {
  const steps: SeenStep[] = [];
  const revisions: string[] = [];
  let chapter = '';
  const plain = (text: string): string => text
    .replaceAll(/\b[a-z]+--t[0-9a-f]{10}\b/g, (revision) => {
      if (!revisions.includes(revision)) revisions.push(revision);
      return `r${revisions.indexOf(revision) + 1}`;
    })
    .replaceAll(new RegExp(`(rg|cae|kv)-${name}\\b`, 'g'), '$1-shop')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '…');
  const watched: ShopSteps & { add(write: SeenWrite): void } = {
    steps,
    enter: (next) => void (chapter = next),
    onStep: () => undefined,
    add({ step, revision, effect, exchange: { requestHeaders, responseHeaders } }) {
      const what = inOrder(plain(step.replace(/ of generation \d+$/, '')));
      const seen = { chapter, name: revision === null ? what : `${what} of ${plain(revision)}`, effect, operation: operationIn(responseHeaders), clientRequestId: String(requestHeaders['x-ms-client-request-id']) };
      steps.push(seen);
      watched.onStep(seen);
    },
  };
  return watched;
}

/** Azure lists revisions by names that differ from shop to shop. */
function inOrder(name: string): string {
  return name.startsWith('traffic ') ? `traffic ${name.slice('traffic '.length).split(' ').toSorted().join(' ')}` : name;
}

function operationIn(headers: SeenWrite['exchange']['responseHeaders']): string | null {
  const address = headers['azure-asyncoperation'] ?? headers['location'];
  return typeof address === 'string' ? new URL(address).pathname : null;
}
