import { parseFile } from './parse-file.ts';

/** The process that reads hostile bytes: it has no secret, no network, no file but its own program, and 128 MiB. */
interface Order {
  readonly path: string;
  readonly bytes: Uint8Array;
}

process.on('message', (order: Order) => {
  process.send?.({ file: parseFile(order.path, order.bytes) });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
