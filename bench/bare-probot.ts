import { pino } from 'pino';
import { Probot, Server } from 'probot';
import { privateKey } from '../test/support/app-key.ts';

/** The floor of bench/intake.ts: Probot's own server with a handler that does nothing. */
const [, , port = '0', secret = ''] = process.argv;
const log = pino({ level: 'fatal' });
const server = new Server({ port: Number(port), host: '127.0.0.1', log, Probot: Probot.defaults({ appId: 1, privateKey, secret, log }) });
await server.load((app) => app.on('push', () => undefined));
await server.start();
