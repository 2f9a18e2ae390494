import { open } from 'node:fs/promises';
import { z } from 'zod';

const line = z.object({
  /** Milliseconds since the epoch. */
  time: z.number(),
  msg: z.string(),
  level: z.number(),
  queue: z.string().optional(),
  reaction: z.string().optional(),
  tenantId: z.string().optional(),
  environment: z.string().optional(),
  end: z.string().optional(),
  reason: z.string().optional(),
  ms: z.number().optional(),
});
export type LogLine = z.infer<typeof line>;

const everyMs = 500;

/** Hands on every line that a process writes to its log file, from here on. */
export async function followLog(file: string, take: (line: LogLine) => void): Promise<AsyncDisposable> {
  const handle = await open(file, 'r');
  const buffer = Buffer.alloc(1 << 20);
  let position = 0;
  let rest = '';
  const read = async (): Promise<void> => {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      // Names, states and figures: what is not ASCII is not looked at.
      const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        if (!text.startsWith('{')) continue;
        const parsed = line.safeParse(JSON.parse(text));
        if (parsed.success) take(parsed.data);
      }
    }
  };
  let reading = Promise.resolve();
  const timer = setInterval(() => void (reading = reading.then(read)), everyMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reading;
      await read();
      await handle.close();
    },
  };
}
