import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { notePrepared } from './change-deploy-report.ts';

export function whenConfigurationSynced({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'ConfigurationSynced',
    name: 'when-configuration-synced',
    handle: (envelope) => {
      const { configuration, version } = envelope.payload;
      return notePrepared(store, envelope, `configuration ${configuration}`, `published as ${version}`);
    },
  });
}
