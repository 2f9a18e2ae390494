import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import https from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request and its whole answer, with what fetch does not let a caller say: authority, server name, agent. @throws after 10 s of silence. */
export function httpCall(url: string, options: https.RequestOptions & RequestOptions = {}, body?: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? https.request : httpRequest;
    const call = send(url, { timeout: 10_000, ...options }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString('utf8') }));
    });
    call.on('timeout', () => call.destroy(new Error(`${url} did not answer`)));
    call.on('error', reject);
    call.end(body);
  });
}
