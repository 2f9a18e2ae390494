/** Milliseconds between two health checks of an environment. Each asks every service with an external ingress at its app's address. */
export const healthCheckEveryMs = 30_000;
