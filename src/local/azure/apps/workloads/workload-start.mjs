// Where a replica's process starts. Stripping types takes a third of a start and as much memory: with the cache it happens once.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../../../../.trueup/compile-cache', import.meta.url)));
await import('./workload-process.ts');
