import { describe, expect, test } from 'vitest';
import { Rejected } from '../../kernel/errors.ts';
import { shapesOnly } from '../../kernel/scrubbing/scrubber.ts';
import { scrubbedBody } from './scrubbed-body.ts';
import { translated } from './translate.ts';

const secret = 'ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9';
const sent = (path: string, body: object): unknown => JSON.parse(scrubbedBody(new URL(`https://api.github.com/repos/o/r${path}`), JSON.stringify(body), shapesOnly.to('github')));

describe('what is sent to GitHub', () => {
  test.each([
    { reason: 'a comment', path: '/issues/1/comments', body: { body: `it is "${secret}"\n` }, becomes: { body: 'it is "[secret]"\n' } },
    { reason: 'a check and its annotations', path: '/check-runs', body: { output: { title: secret, annotations: [{ message: `\n${secret}` }] } }, becomes: { output: { title: '[secret]', annotations: [{ message: '\n[secret]' }] } } },
    { reason: 'a message of a commit', path: '/git/commits', body: { message: `Take ${secret}`, tree: 'a'.repeat(40) }, becomes: { message: 'Take [secret]', tree: 'a'.repeat(40) } },
    { reason: 'a pull request', path: '/pulls', body: { title: secret, body: 'x' }, becomes: { title: '[secret]', body: 'x' } },
    { reason: 'a deployment status', path: '/deployments/1/statuses', body: { description: `failed: ${secret}` }, becomes: { description: 'failed: [secret]' } },
    { reason: 'files without a secret', path: '/git/trees', body: { tree: [{ content: 'a: b' }] }, becomes: { tree: [{ content: 'a: b' }] } },
  ])('$reason loses its secrets', ({ path, body, becomes }) => {
    expect(sent(path, body)).toEqual(becomes);
  });

  test.each(['/git/trees', '/git/blobs', '/contents/a/b.yaml'])('a file with a secret is refused, not changed: %s', (path) => {
    expect(() => sent(path, { tree: [{ content: `a: ${secret}` }], content: secret })).toThrow(Rejected);
  });

  test('what was refused before it left is not taken for a GitHub that does not answer', () => {
    const refused = new Rejected('a file with a secret', { code: 'SecretRefused' });
    const failed = Object.assign(new Error('fetch failed', { cause: refused }), { name: 'HttpError', status: 500 });
    expect(translated(failed, 'writing a tree', 0)).toBe(refused);
  });
});
