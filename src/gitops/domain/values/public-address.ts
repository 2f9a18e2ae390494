import { written } from './written.ts';

const addressShape = /^https:\/\/([^/?#]*)((?:\/[A-Za-z0-9/_.~%@:+,;=!$'()*-]*)?(?:\?[A-Za-z0-9/_.~%@:+,;=!$'()*?&-]*)?)$/;
const hostShape = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** Endings of names that no public server answers to. */
const privateEndings = new Set(['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'private', 'arpa', 'onion', 'invalid']);

const expected = 'https:// with a public host name, such as https://gates.example.com/checkout';

/** An address of somebody's system on the internet. Who asks there checks again what the name leads to. */
export const publicAddress = written({ pattern: '^https://', description: 'https, with a public host name.', examples: ['https://gates.example.com/checkout'] }, (text, refuse) => {
  const problem = problemOf(text);
  return problem === null ? text : refuse({ code: 'invalid-address', message: problem, expected });
});

/** Never repeats the address: it may hold what nobody should see. */
function problemOf(text: string): string | null {
  if (text.length > 1000) return `The address has ${text.length} characters, more than 1000`;
  if (!text.startsWith('https://')) return 'The address is not https';
  const [, host] = addressShape.exec(text) ?? [];
  if (host === undefined) return 'This is not a well-formed address';
  if (host.includes('@')) return 'The address holds a user';
  if (host.includes(':')) return 'The address has a port: systems are asked at 443';
  if (hostShape.test(host) && !privateEndings.has(host.slice(host.lastIndexOf('.') + 1))) return null;
  return 'The host of the address is not a public host name in lower case';
}
