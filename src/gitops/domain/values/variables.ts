import { z } from 'zod';
import { shaped, written } from './written.ts';

const maxValueLength = 8192;

export const variableName = shaped(
  { pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,254}$', description: 'Name of an environment variable.' },
  {
    code: 'invalid-variable-name',
    message: 'This is not the name of an environment variable',
    expected: 'letters, digits, underscores, dots and hyphens, starting with a letter or an underscore, at most 255',
  },
);

const value = written({ description: 'Value of an environment variable; put numbers and yes or no in quotes.' }, (text, refuse) =>
  text.length <= maxValueLength
    ? text
    : refuse({
        code: 'value-too-long',
        message: `The value has ${text.length} characters`,
        expected: `at most ${maxValueLength} characters`,
        hint: 'Mount large settings as a file, or keep them in a store of their own',
      }),
);

/** Environment variables by name. */
export const variables = z.record(variableName, value);
