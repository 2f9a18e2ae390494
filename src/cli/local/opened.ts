import type { LocalAzure } from '../../local/azure/start.ts';
import type { Panel } from '../../local/panel/panel.ts';
import type { OpenedGitHub } from './open-github.ts';

/** What runs and how to use it. */
export interface Opened {
  readonly directory: string;
  readonly azure: LocalAzure | null;
  readonly github: OpenedGitHub | null;
  readonly panel: Panel;
}
