import { bytes } from 'node:stream/consumers';
import { askGit } from './ask-git.ts';
import { gitEnvironment } from './git.ts';

export interface GitHttpRequest {
  readonly method: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  readonly service: string;
  readonly query: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly user: string;
}

/** Git over HTTP, by Git's own CGI program. Resolves when it has ended: what it changed is there to see. */
export async function gitHttp(directory: string, request: GitHttpRequest): Promise<Response> {
  const header = (name: string): string => request.headers.get(name) ?? '';
  const env = {
    GIT_PROJECT_ROOT: directory,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${request.service}`,
    REQUEST_METHOD: request.method,
    QUERY_STRING: request.query,
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_USER: request.user,
    ...(header('content-length') !== '' && { CONTENT_LENGTH: header('content-length') }),
  };
  const input = request.body === null ? new Uint8Array() : await bytes(request.body);
  const { stdout } = await askGit({ args: ['http-backend'], env: gitEnvironment(env), input });
  return cgiResponse(Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength));
}

function cgiResponse(output: Buffer): Response {
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) return new Response('git http-backend did not answer', { status: 500 });
  const headers = new Headers();
  let status = 200;
  for (const line of output.toString('latin1', 0, end).split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  return new Response(new Uint8Array(output.subarray(end + 4)), { status, headers });
}
