import * as fc from 'fast-check';
import { test } from 'vitest';

// A fixed seed: a failing property fails again. TRUEUP_SEED explores others.
fc.configureGlobal({ seed: Number(process.env['TRUEUP_SEED'] ?? 20_261_124) });

export { fc, test };
