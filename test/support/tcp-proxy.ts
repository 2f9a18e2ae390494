import { connect, createServer, type Socket } from 'node:net';
import { portOf } from './adapters-bench.ts';

/**
 * `pass`: as if it were not there. `blackhole`: connections stand and nothing comes through either way, as behind a firewall that drops.
 * `refuse`: open connections are reset and new ones too. What was held back in a black hole is delivered when it passes again.
 */
export type ProxyMode = 'pass' | 'blackhole' | 'refuse';

export interface TcpProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  set(mode: ProxyMode): void;
  /** Resets every open connection once; new ones pass. */
  cut(): void;
}

/** A real partition between two processes on one machine: bytes wait in the kernel's buffers, exactly as they do on a network that lost its route. */
export async function tcpProxy(targetPort: number): Promise<TcpProxy> {
  let mode: ProxyMode = 'pass';
  const pairs = new Set<readonly [Socket, Socket]>();
  const apply = ([near, far]: readonly [Socket, Socket]): void => {
    if (mode === 'refuse') return reset(near, far);
    for (const socket of [near, far]) {
      if (mode === 'pass') socket.resume();
      else socket.pause();
    }
  };
  const server = createServer({ pauseOnConnect: true }, (near) => {
    const far = connect(targetPort, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    join(near, far, () => pairs.delete(pair));
    apply(pair);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    set(next) {
      mode = next;
      for (const pair of pairs) apply(pair);
    },
    cut() {
      for (const [near, far] of pairs) reset(near, far);
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const [near, far] of pairs) reset(near, far);
      await closed;
    },
  };
}

function join(near: Socket, far: Socket, ended: () => void): void {
  for (const [from, to] of [[near, far], [far, near]] as const) {
    // Not pipe(): it resumes by itself what a black hole has paused.
    from.on('data', (chunk) => void to.write(chunk));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      to.destroy();
      ended();
    });
  }
}

function reset(near: Socket, far: Socket): void {
  near.resetAndDestroy();
  far.destroy();
}
