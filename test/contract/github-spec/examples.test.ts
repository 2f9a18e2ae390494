import webhookExamples from '@octokit/webhooks-examples' with { type: 'json' };
import webhookSchemas from '@octokit/webhooks-schemas' with { type: 'json' };
import { expect, test } from 'vitest';
import { exampleValue, githubOperations, operationFor, resolved, textAt } from '../../support/github-spec-document.ts';
import { disagreementOf, knownDisagreements, type Disagreement } from '../../support/github-spec-known.ts';
import type { Violation } from '../../support/github-spec-exchange.ts';
import { schemaFaults } from '../../support/github-spec-schema.ts';
import { octokitFaults, webhookViolations } from '../../support/github-spec-webhooks.ts';
import { heldTotals } from '../../support/totals.ts';

// What GitHub itself publishes is held by the same code: a validator that refused all of it, or none, would show here.

interface Checked {
  checked: number;
  clean: number;
}

const met = new Set<Disagreement>();
const areas = /^(apps|checks|git|issues|pulls|reactions|repos|users)\//;

/** The examples of answers in the areas of the API that the local GitHub has a part of. */
function answers(): Checked {
  const count = { checked: 0, clean: 0 };
  for (const { operationId, responses } of githubOperations().filter((operation) => areas.test(operation.operationId))) {
    for (const [status, answer] of Object.entries(responses)) {
      const { schema, examples = {} } = resolved(answer).content?.['application/json'] ?? {};
      if (!schema) continue;
      for (const example of Object.values(examples)) {
        const violations = schemaFaults(schema, exampleValue(example)).map((fault) => ({ ...fault, call: operationId, operation: operationId, status: Number(status) }));
        count.checked += 1;
        if (violations.length === 0) count.clean += 1;
        meetKnown(violations);
      }
    }
  }
  return count;
}

function payloads(): Checked {
  // Its types describe another shape than its JSON has.
  const definitions = webhookExamples as unknown as readonly { readonly name: string; readonly examples: readonly { readonly action?: unknown }[] }[];
  const count = { checked: 0, clean: 0 };
  for (const { name: event, examples } of definitions) {
    for (const body of examples) {
      const delivery = { event, action: typeof body.action === 'string' ? body.action : null, body };
      count.checked += 1;
      if (octokitFaults(delivery).length === 0) count.clean += 1;
      if (knownDisagreements.some(({ operation, evidence }) => evidence.by === 'example' && operation.test(`${event} ${delivery.action}`))) meetKnown(webhookViolations(delivery));
    }
  }
  return count;
}

function meetKnown(violations: readonly Violation[]): void {
  for (const violation of violations) {
    const known = disagreementOf(violation, violations);
    if (known) met.add(known);
  }
}

const rest = answers();
const webhooks = payloads();

test.each(knownDisagreements)('there is evidence of $operation $at: $reason', (known) => {
  const { evidence } = known;
  if (evidence.by === 'example') expect(met.has(known)).toBe(true);
  if (evidence.by === 'description') expect(textAt(evidence.at)).toContain(evidence.says);
  if (evidence.by === 'contradiction') {
    // Most definitions are of objects, and the others have nothing that is required.
    const definitions = webhookSchemas.definitions as Readonly<Record<string, { readonly required?: readonly string[] }>>;
    expect(definitions[evidence.definition]?.required).toContain(evidence.requires);
  }
  if (evidence.by === 'documentation') expect(evidence.url).toMatch(/^https:\/\/(docs\.)?github\.com\//);
});

test.each([
  { call: 'GET /repos/o/r/commits/main/status', operation: 'repos/get-combined-status-for-ref', reason: 'the most literal of those that match' },
  { call: 'GET /repos/o/r/commits/a/b', operation: 'repos/get-commit', reason: 'a ref with a slash' },
  { call: 'GET /repos/o/r/git/ref/heads%2Fmain', operation: 'git/get-ref', reason: 'an escaped slash' },
  { call: 'GET /repositories/7/pulls/1', operation: 'pulls/get', reason: 'the address that outlives a name' },
  { call: 'GET /repos/o/r/contents/', operation: 'repos/get-content', reason: 'the root folder' },
  { call: 'GET /repos/o/r/nothing', operation: undefined, reason: 'what GitHub does not have' },
])('$call is $operation: $reason', ({ call, operation }) => {
  const [method = '', path = ''] = call.split(' ');
  expect(operationFor(method, path)?.operation.operationId).toBe(operation);
});

test('the totals', () => {
  heldTotals('github-spec-examples', {
    'answers checked': rest.checked,
    'answers clean': rest.clean,
    'payloads checked': webhooks.checked,
    'payloads clean': webhooks.clean,
  });
});
