import type { Hono } from 'hono';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import { faultApi, type FaultSource } from './fault-api.ts';

/** Of what asks for a fault; larger than any that says something. */
const maxBytes = 65_536;

export function addFaultRoutes(app: Hono, sources: readonly FaultSource[]): void {
  const answerFaults = faultApi(sources);
  app.all('/faults/:id?', async ({ req, json, notFound }) => {
    const text = await shortText(req.raw.body);
    if (text === null) return json({ message: `A request has ${maxBytes} bytes at most` }, 413);
    const answer = answerFaults(req.method, req.param('id') ?? null, jsonOrNull(text));
    if (answer === null) return notFound();
    return new Response(answer.body && JSON.stringify(answer.body), { status: answer.status, headers: { 'content-type': 'application/json' } });
  });
}

/** Null when it is too long; what follows is not read then. */
async function shortText(body: ReadableStream<Uint8Array> | null): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
