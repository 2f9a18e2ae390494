import { z } from 'zod';

/** What people asked of an environment, newest last: a command that is delivered again, maybe much later, must not do it again. */
export const handledCommands = z.array(
  z.strictObject({
    /** Of the envelope. */
    eventId: z.string(),
    command: z.string(),
    by: z.string(),
    /** ISO-8601. */
    at: z.string(),
  }),
);
type HandledCommands = z.infer<typeof handledCommands>;

const remembered = 50;

export function wasHandled(handled: HandledCommands, eventId: string): boolean {
  return handled.some((one) => one.eventId === eventId);
}

export function withHandled(handled: HandledCommands, command: HandledCommands[number]): HandledCommands {
  return [...handled, command].slice(-remembered);
}
