import { createPublicKey, createVerify, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { HttpProblem } from '../problem.ts';
import type { Actor, Installation, InstallationToken, Token, World } from '../world.ts';

const hour = 3_600_000;

export function newPersonalToken(): string {
  return `ghp_${randomBytes(18).toString('hex')}`;
}

export function issueInstallationToken(world: World, installation: Installation, rights: Pick<InstallationToken, 'permissions' | 'repositories'>): { readonly secret: string; readonly token: InstallationToken } {
  const secret = `ghs_${randomBytes(18).toString('hex')}`;
  const token: InstallationToken = { kind: 'installation', installation, ...rights, expiresAt: world.now() + hour };
  world.tokens.set(secret, token);
  return { secret, token };
}

/** Who sends a request, by its `Authorization` header. @throws 401 for credentials that are not good. */
export function authenticate(world: World, header: string | null): Actor {
  if (header === null) return { kind: 'anonymous' };
  const [scheme = '', credentials = ''] = header.split(/ +/, 2);
  if (/^basic$/i.test(scheme)) return tokenActor(world, basicPassword(credentials));
  if (!/^(bearer|token)$/i.test(scheme)) throw badCredentials();
  return credentials.split('.').length === 3 ? appActor(world, credentials) : tokenActor(world, credentials);
}

/** Git sends the token as the password, or as the user with an empty password. */
function basicPassword(credentials: string): string {
  const [user = '', ...password] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return password.join(':') || user;
}

function tokenActor(world: World, secret: string): Token {
  const token = world.tokens.get(secret);
  if (!token) throw badCredentials();
  if (token.kind === 'person') return token;
  if (token.expiresAt <= world.now() || token.installation.id !== world.installation?.id) throw badCredentials();
  if (token.installation.suspended) throw suspended();
  return token;
}

const jwtHeader = z.object({ alg: z.literal('RS256') });
const jwtClaims = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number(), exp: z.number() });

function appActor(world: World, jwt: string): Actor {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const verified = createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(createPublicKey(world.app.publicKey), Buffer.from(signature, 'base64url'));
  if (!verified || !jwtHeader.safeParse(decoded(header)).success) throw new HttpProblem(401, 'A JSON web token could not be decoded');
  const parsed = jwtClaims.safeParse(decoded(claims));
  if (!parsed.success) throw new HttpProblem(401, 'A JSON web token could not be decoded');
  const { iss, iat, exp } = parsed.data;
  const seconds = world.now() / 1000;
  // https://github.com/actions/create-github-app-token/issues/76
  if (String(iss) !== String(world.app.id) && iss !== world.app.clientId) throw new HttpProblem(404, 'Integration not found');
  if (exp <= seconds) throw new HttpProblem(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires");
  // To the second, and no later clock is forgiven: https://github.com/Link-/gh-token/issues/17, https://github.com/microsoft/AL-Go/pull/2289
  if (exp > seconds + 600) throw new HttpProblem(401, "'Expiration time' claim ('exp') is too far in the future");
  if (iat > seconds) throw new HttpProblem(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
  return { kind: 'app' };
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

/** https://github.com/octokit/octokit.rb/pull/1307 */
export function suspended(): HttpProblem {
  return new HttpProblem(403, 'This installation has been suspended');
}

function badCredentials(): HttpProblem {
  return new HttpProblem(401, 'Bad credentials');
}
