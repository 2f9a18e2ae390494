import { newestBuild, oldestBuild } from '../../src/local/azure/apps/service-build.ts';
import { describeAzureAdapters } from './azure-adapters.ts';

describeAzureAdapters({ build: oldestBuild, other: newestBuild });
