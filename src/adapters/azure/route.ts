import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { NotAllowed } from '../../kernel/errors.ts';

/** The local cloud: every host name is connected to this port of the loopback, and only its own authority is trusted. */
export interface Route {
  readonly port: number;
  /** PEM. */
  readonly ca: string;
}

export const managementHost = 'management.azure.com';
/** Log Analytics, as its SDK client asks for it. */
export const logsHost = 'api.loganalytics.io';
const loginHost = 'login.microsoftonline.com';
export const requestTimeoutMs = 30_000;

/** An agent for https. With a route nothing can leave the machine; without one, only the hosts that Trueup's credentials are meant for are reached. */
export function azureAgent(route: Route | null): https.Agent {
  return route ? new RoutedAgent(route, true) : new AllowedHostsAgent();
}

/** Connects every host to the route; certificates are still checked for the name that was asked for. */
export class RoutedAgent extends https.Agent {
  readonly #route: Route;

  constructor(route: Route, keepAlive: boolean) {
    super({ keepAlive });
    this.#route = route;
  }

  override createConnection(options: https.RequestOptions): Duplex {
    const { port, ca } = this.#route;
    return tls.connect({ ca, host: '127.0.0.1', port, servername: options.servername ?? options.host ?? '', rejectUnauthorized: true });
  }
}

class AllowedHostsAgent extends https.Agent {
  constructor() {
    super({ keepAlive: true, rejectUnauthorized: true });
  }

  override createConnection(options: https.RequestOptions, callback?: (error: Error | null, stream: Duplex) => void): Duplex | null | undefined {
    if (!isAzureHost(options.host ?? '')) throw hostRefused();
    return super.createConnection(options, callback);
  }
}

function isAzureHost(host: string): boolean {
  return host === managementHost || host === logsHost || host === loginHost || /^[a-z0-9-]+\.vault\.azure\.net$/.test(host);
}

/**
 * The last step of an SDK client's pipeline, after everything that could have changed the request. The SDKs follow `Azure-AsyncOperation`,
 * `Location` and `nextLink` to any origin and take the bearer token along, and they obey HTTPS_PROXY; here only `hosts` get a connection.
 */
export function pinnedHttpClient(agent: https.Agent, hosts: readonly string[], callMs = requestTimeoutMs): HttpClient {
  const inner = createDefaultHttpClient();
  return {
    sendRequest: async (request) => {
      if (!hosts.some((host) => isPinned(request.url, host))) throw hostRefused();
      request.agent = agent;
      // The SDKs do not hand a caller's time-out on to later pages.
      if (request.timeout === 0) request.timeout = callMs;
      return inner.sendRequest(request);
    },
  };
}

/** For a workload's token exchange with Entra. */
export function loginHttpClient(agent: https.Agent): HttpClient {
  return pinnedHttpClient(agent, [loginHost]);
}

/** Without the proxy that the SDK reads from the environment: a token request to the machine itself must stay on it. */
export function directHttpClient(): HttpClient {
  const inner = createDefaultHttpClient();
  return {
    sendRequest: async (request) => {
      delete request.agent;
      return inner.sendRequest(request);
    },
  };
}

export function isPinned(url: string, host: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, username } = new URL(url);
  return protocol === 'https:' && hostname === host && port === '' && username === '';
}

function hostRefused(): NotAllowed {
  return new NotAllowed('A request to a host that Trueup does not talk to was stopped before it was sent', { code: 'HostNotAllowed' });
}
