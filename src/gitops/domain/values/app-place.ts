import { parsePathPattern } from '../../../kernel/comparison/path-pattern.ts';
import { nearest } from './nearest.ts';
import { written } from './written.ts';

/** What a container app has at its top, in ARM's wire shape. */
const tops = ['location', 'tags', 'identity', 'properties', 'extendedLocation', 'kind', 'managedBy'];
const insideProperties = ['template', 'configuration', 'environmentId', 'workloadProfileName'];
const example = 'properties.template.scale.minReplicas';
const expected = `a place of the container app, such as ${example} or properties.template.containers[checkout].env[LOG_LEVEL]`;

/** A pattern of places of a container app; its value is itself. */
export const appPlace = written({ examples: [example, 'tags.owner'] }, (text, refuse) => {
  const parsed = parsePathPattern(text);
  if ('why' in parsed) return refuse({ code: 'invalid-path', message: `This is no place of a container app: ${parsed.why}`, expected });
  const [top] = parsed.steps;
  if (top === undefined || tops.includes(top.name)) return text;
  const meant = insideProperties.includes(top.name) ? `properties.${top.name}` : nearest(top.name, tops);
  return refuse({
    code: 'invalid-path',
    message: 'A container app has nothing of this name at its top',
    expected,
    ...(meant !== null && { hint: `Did you mean \`${meant}\`, and what follows?` }),
  });
});
