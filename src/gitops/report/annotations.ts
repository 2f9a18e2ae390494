import { isError, type Problem } from '../../kernel/problem.ts';
import type { Annotation } from '../ports.ts';
import { shortened, visible } from './inert.ts';
import { problemSentence } from './plan-tables.ts';

/** Ten requests of fifty: beyond it the summary counts. */
export const annotationLimit = 500;

/** Errors first, because the first fifty are what people see. Annotations are plain text to GitHub. */
export function annotationsOf(problems: readonly Problem[]): readonly Annotation[] {
  return problems.slice(0, annotationLimit).map(annotation);
}

function annotation(problem: Problem): Annotation {
  const { location, document, path } = problem;
  const where = path === '' ? '' : `${path}: `;
  const startLine = Math.max(1, location.line);
  return {
    path: location.file,
    startLine,
    endLine: Math.max(startLine, location.endLine),
    level: isError(problem) ? 'failure' : 'warning',
    title: shortened(visible(`${document === null ? 'Manifest' : `${document.kind} ${document.name}`}: ${problem.code}`), 250),
    message: shortened(visible(`${where}${problemSentence(problem)}`), 4000),
  };
}
