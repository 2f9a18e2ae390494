import { writeFileSync } from 'node:fs';
import type { Canonical, Rule } from '../src/kernel/comparison/rule.ts';
import { rules } from '../src/kernel/comparison/rules.ts';

const ways: Readonly<Record<Canonical, string>> = {
  caseless: 'case means nothing',
  id: 'case, and slashes at the end, mean nothing',
  location: '`West Europe` is `westeurope`',
  memory: 'as bytes',
  number: 'as numbers',
  'identity-type': 'case, order and spaces mean nothing',
  'scale-rule': 'a custom rule of type `http`, `tcp` or `azure-queue` is that kind of rule',
  'rule-metadata': 'values as texts',
  'port-mapping': 'without `exposedPort` it is `targetPort`',
  'environment-twin': 'without `environmentId` it is `managedEnvironmentId`',
};

/** What a rule does, in the order of its fields. */
function doing(rule: Rule): readonly string[] {
  return [
    ...(rule.ignored ? ['not compared'] : []),
    ...(rule.others ? ['left to others unless declared'] : []),
    ...(rule.othersAllowed ? ['items that nobody declared are left alone'] : []),
    ...(rule.mayBeHidden ? ['absent in Azure says nothing'] : []),
    ...(rule.absentMeans === undefined ? [] : [`absent means \`${String(rule.absentMeans)}\``]),
    ...(rule.canonical === undefined ? [] : [ways[rule.canonical]]),
    ...(rule.itemKey ? [`items are known by \`${rule.itemKey.join('`, `')}\`, in any order`] : []),
    ...(rule.map ? ['keys compare without case'] : []),
    ...(rule.presence ? ['the key alone declares it'] : []),
    ...(rule.owned ? ['taken away where it is not declared'] : []),
    ...(rule.masked ? ['shown as a fingerprint where Git does not know it'] : []),
  ];
}

/** Init containers follow the rules of containers, so they need no rows of their own. */
const shownOnce = rules.filter(({ pattern }) => !pattern.startsWith('properties.template.initContainers[]'));

function table(of: readonly Rule[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return ['| place | what is done | why | source |', '|---|---|---|---|', ...of.map((rule) => `| \`${rule.pattern}\` | ${cell(doing(rule).join('; '))} | ${cell(rule.reason)} | ${cell(rule.source)} |`)].join('\n');
}

const isLeft = ({ ignored, others, othersAllowed, mayBeHidden }: Rule): boolean => [ignored, others, othersAllowed, mayBeHidden].includes(true);

const text = `# How a container app is compared

Generated from \`src/kernel/comparison/\` by \`npm run generate\`. One comparison serves the plan, the deployment, drift detection and \`trueup diff\`: what was applied last, what Git
declares, and what Azure shows. The same rules make the patch that a deployment sends, so that after it nothing differs.

- **Declared** and live says otherwise: a difference.
- **Declared before and no more**, and live still has it: a difference; the patch takes it away.
- **Never declared** and live has it: a difference, and the patch takes it away, unless it is what absent means or the first table below leaves it to others. Somebody who adds an
  ingress, a container, a variable, an identity or who may call it shows up, whether Git has a word about that place or not.
- Absent, \`null\`, an empty text and an empty list are one.
- A field that no version of the API up to 2026-07-01 lets anybody write counts only where Git declares it: Azure shows fields of versions to come in the answers of older ones.
- Nothing in the template is left to others by itself: a revision is named by its template, and Azure refuses another template under a name that is there.

What is somebody else's in your case and not in every case is left to them by \`spec.drift.paths\` of the RuntimeEnvironment with \`mode: ignore\` and a reason: live is right there,
whatever it says, no deployment changes it, and where it is in the template the next revision is made with it.

In a place \`[]\` stands for the items of a list and \`*\` for any key. What is said of \`properties.template.containers[]\` goes for \`initContainers[]\`, too. Where it says *wire*, it was
read from recorded traffic of Azure; \`facts/\` are the notes on that traffic and on the field, which do not come with this repository.

## Not compared, or left to others

An identity of the app itself (\`identity.type: SystemAssigned\`) is not here: it is access, so one that nobody declared is told and goes. A registry with a password is not here either;
its password stays among the secrets as long as a revision may use it.

${table(shownOnce.filter(isLeft))}

## What is the same

${table(shownOnce.filter((rule) => !isLeft(rule) && !(doing(rule).length === 1 && rule.masked)))}

## Shown as a fingerprint

Texts at these places that Git does not know: ${shownOnce.filter(({ masked }) => masked).map(({ pattern }) => `\`${pattern}\``).join(', ')}, and every text at a place that no model knows. Somebody may have typed
a secret in.
`;

writeFileSync('docs/comparison.md', text);
