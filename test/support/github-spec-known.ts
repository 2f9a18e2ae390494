import type { Violation } from './github-spec-exchange.ts';

/** What shows that GitHub does so, and not only that this code does. */
type Evidence =
  /** An example that GitHub or Octokit publishes has the same violation. */
  | { readonly by: 'example' }
  /** The description says so elsewhere: words under a JSON pointer. */
  | { readonly by: 'description'; readonly at: string; readonly says: string }
  /** The two descriptions of webhooks contradict each other, so that no payload can fit both: what Octokit's requires there. */
  | { readonly by: 'contradiction'; readonly definition: string; readonly requires: string }
  /** GitHub's documentation of the whole API, or an answer of GitHub's that somebody has published. */
  | { readonly by: 'documentation'; readonly url: string };

/** Where GitHub and its own description differ, or where the description leaves out what holds for every operation. */
export interface Disagreement {
  /** GitHub's name of the operation, or event and action. */
  readonly operation: RegExp;
  readonly statuses?: readonly number[];
  readonly at: RegExp;
  readonly what: RegExp;
  /** What it brings with it at the same place: known only beside it. */
  readonly brings?: RegExp;
  readonly reason: string;
  readonly evidence: Evidence;
}

/** Every operation of REST has these, described or not; the body is held against GitHub's shapes of errors all the same. */
function everywhere(status: number, reason: string, page: string): Disagreement {
  return { operation: /\//, statuses: [status], at: /^$/, what: /^is a status that GitHub does not describe/, reason, evidence: { by: 'documentation', url: `https://docs.github.com/rest/${page}` } };
}

/** A field of webhooks that Octokit's schemas are too old for; GitHub's description, which is asked as well, has it. */
function younger(operation: RegExp, field: string, component: string, at: RegExp): Disagreement {
  return {
    operation,
    at,
    what: new RegExp(String.raw`^must NOT have additional properties \(${field}\)$`),
    // Of an object that may be null.
    brings: /^must be null$|^must match exactly one schema in oneOf$/,
    reason: `Octokit's schemas are older than ${field}`,
    evidence: { by: 'description', at: `/components/schemas/${component}/properties`, says: `"${field}"` },
  };
}

const commitPath = '/paths/~1repos~1{owner}~1{repo}~1commits~1{ref}/get/responses';
const webhook = /^[a-z_]+( [a-z_]+)?$/;

export const knownDisagreements: readonly Disagreement[] = [
  everywhere(304, 'a conditional request is answered everywhere', 'using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate'),
  everywhere(400, 'a body that is no JSON is refused before the operation', 'using-the-rest-api/troubleshooting-the-rest-api#problems-parsing-json'),
  everywhere(401, 'a credential is checked before the operation', 'authentication/authenticating-to-the-rest-api#failed-login-limit'),
  everywhere(403, 'a right that is missing, and a limit', 'using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible'),
  everywhere(404, 'what is not there or may not be seen', 'using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource'),
  everywhere(429, 'a limit', 'using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit'),
  everywhere(500, 'GitHub is out of order; here by a fault that was asked for', 'using-the-rest-api/troubleshooting-the-rest-api'),
  {
    operation: /^(checks\/create|checks\/create-suite|repos\/create-commit-status)$/,
    statuses: [422],
    at: /^$/,
    what: /^is a status that GitHub does not describe/,
    reason: 'what is sent to these is validated as everywhere, and their limits are described without the answer',
    evidence: { by: 'documentation', url: 'https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed' },
  },
  {
    operation: /^(checks\/list-for-ref|repos\/get-combined-status-for-ref|repos\/list-pull-requests-associated-with-commit)$/,
    statuses: [422],
    at: /^$/,
    what: /^is a status that GitHub does not describe/,
    reason: 'a commit that is not there is the same here as for the commit itself, where it is described',
    evidence: { by: 'description', at: commitPath, says: '"422":{"$ref":"#/components/responses/validation_failed"}' },
  },
  {
    operation: /\//,
    statuses: [405, 409, 422],
    at: /^\/status$/,
    what: /^is no field that GitHub describes$/,
    reason: 'refusals repeat their status; only one of the shapes of errors has been brought up to date',
    evidence: { by: 'description', at: '/components/schemas/basic-error/properties', says: '"status":{"type":"string"}' },
  },
  {
    operation: /^(repos\/create-or-update-file-contents|git\/create-blob)$/,
    statuses: [409, 422],
    at: /^$/,
    what: /^must match exactly one schema in oneOf$/,
    reason: 'of two shapes exactly one is to fit, and one of the two asks for nothing: whatever fits the other fits both',
    evidence: { by: 'description', at: '/components/schemas/repository-rule-violation-error', says: '"description":"Repository rule violation was detected","type":"object","properties"' },
  },
  {
    operation: /^repos\/create-deployment$/,
    statuses: [409],
    at: /^\/errors$/,
    what: /^is no field that GitHub describes$/,
    reason: 'the body of this refusal is not described; it lists the contexts',
    evidence: { by: 'documentation', url: 'https://github.com/drevops/vortex/issues/1903' },
  },
  {
    operation: /^apps\/list-installations$/,
    at: /^\/\*\/account$/,
    what: /^must (be null|have required property '(name|slug|created_at|updated_at)'|match a schema in anyOf)$/,
    reason: 'an account is to be a user and an enterprise at once',
    evidence: { by: 'example' },
  },
  {
    operation: /^apps\/list-installations$/,
    at: /^\/\*\/client_id$/,
    what: /^is no field that GitHub describes$/,
    reason: 'the list describes the installation once more and has missed the field',
    evidence: { by: 'description', at: '/components/schemas/installation/properties/client_id', says: '"string"' },
  },
  {
    operation: /^repos\/get-content$/,
    at: /^$/,
    what: /^is application\/vnd\.github\.raw, and/,
    reason: 'only the words of the description have the raw form',
    evidence: { by: 'description', at: '/paths/~1repos~1{owner}~1{repo}~1contents~1{path}/get/description', says: '**`application/vnd.github.raw+json`**: Returns the raw file contents' },
  },
  {
    operation: /^repos\/(list|get|create)-deployment-status(es)?$/,
    at: /\/(environment|log|target)_url$/,
    what: /^must match format "uri", not ""$/,
    reason: 'an address that was not given is empty, and that is no address',
    evidence: { by: 'description', at: '/components/schemas/deployment-status/properties/log_url', says: '"default":"","type":"string","format":"uri"' },
  },
  {
    operation: /^deployment_status created$/,
    at: /^\/deployment_status\/(environment|log|target)_url$/,
    what: /^must match format "uri", not ""$/,
    reason: 'as in the answers',
    evidence: { by: 'example' },
  },
  {
    operation: /^installation(_repositories)? /,
    at: /^\/installation\/(created|updated)_at$/,
    what: /^must be string$/,
    reason: "the times of an installation are seconds in events; GitHub's description has them as in the answers",
    evidence: { by: 'example' },
  },
  {
    operation: /^check_run rerequested$/,
    at: /^\/check_run\/check_suite\/(status|conclusion)$/,
    what: /^must be (string|equal to one of the allowed values \[("completed"|"success","failure","neutral","cancelled","timed_out","action_required","stale")\])$/,
    reason: "Octokit's schema knows this event of completed suites only, by its two examples; a run can be asked for again while its suite is not",
    evidence: { by: 'description', at: '/components/schemas/simple-check-suite/properties/status', says: '"queued","in_progress","completed"' },
  },
  {
    operation: /^(pulls\/(get|list|update)|repos\/list-pull-requests-associated-with-commit|pull_request [a-z]+)$/,
    at: /\/head\/repo$/,
    what: /^must be object$/,
    reason: 'the repository of a pull request whose fork is gone',
    evidence: { by: 'documentation', url: 'https://github.com/github/rest-api-description/issues/161' },
  },
  {
    operation: /^pull_request /,
    at: /^\/pull_request\/(head|base)\/repo\/custom_properties$/,
    what: /^is no field that GitHub describes$/,
    reason: "the repositories inside a pull request's event have it by one description and not by the other",
    evidence: { by: 'contradiction', definition: 'repository', requires: 'custom_properties' },
  },
  younger(webhook, 'client_id', 'nullable-integration', /(\/app|\/installation|\/performed_via_github_app)$/),
  younger(webhook, 'verified_at', 'verification', /\/verification$/),
];

/** `among` are all violations of the same exchange or event. */
export function disagreementOf(violation: Violation, among: readonly Violation[]): Disagreement | null {
  const isOf = (known: Disagreement, { operation, status, at, what }: Violation, pattern: RegExp): boolean =>
    known.operation.test(operation ?? '') && (known.statuses === undefined || (status !== null && known.statuses.includes(status))) && known.at.test(at) && pattern.test(what);
  const isBrought = (known: Disagreement): boolean =>
    known.brings !== undefined && isOf(known, violation, known.brings) && among.some((other) => other.at === violation.at && isOf(known, other, known.what));
  return knownDisagreements.find((known) => isOf(known, violation, known.what) || isBrought(known)) ?? null;
}
