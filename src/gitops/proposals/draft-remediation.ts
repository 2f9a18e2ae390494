import type { DesiredService } from '../../kernel/desired-state.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { DriftStanding } from '../../kernel/drift-standing.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { CommitState } from '../desired/commit-reader.ts';
import { mayHideDocuments, standingOf } from '../desired/standing.ts';
import { valuesOf } from '../domain/compile/reapply.ts';
import { reapplyIn } from '../domain/kinds/metadata.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { ProposedFile } from '../ports.ts';
import type { Remediation, RemediationChoice } from '../records/remediation.ts';
import { nothingToAnswer } from '../report/drift-answers.ts';
import { linksFor } from '../report/links.ts';
import { adoption, type NotAdopted, type Site } from './adoption.ts';
import { answeredBy, choiceOf, newestOf } from './answered-findings.ts';
import type { NotWanted, Wanted } from './carry-out.ts';
import { editFiles, fileTexts, type FileEdit, type Texts } from './file-texts.ts';
import { serviceIn } from './files-of.ts';
import type { RemediationAbout } from './remediation-about.ts';
import { remediationBody, remediationTitle } from './remediation-text.ts';

type Needs = Pick<GitopsNeeds, 'commits' | 'repository' | 'editor' | 'live'>;

export interface Drifted {
  readonly tenant: TenantId;
  readonly environment: string;
  readonly service: string;
  readonly standing: DriftStanding;
}

/** What is to be merged, and what the merge answers. */
export interface WantedRemediation extends Wanted {
  readonly about: RemediationAbout;
}

/** The manifest cannot be read at the head: what stands open stays as it is. */
export interface Kept {
  readonly keep: string;
}

/** What should be merged so that Git and Azure say the same of a service, or one sentence why nothing should. */
export async function draftRemediation(needs: Needs, drifted: Drifted, remediation: Remediation, signal: AbortSignal): Promise<WantedRemediation | NotWanted | Kept> {
  const { tenant, standing, service: name } = drifted;
  const answered = answeredBy(remediation, standing.open, name);
  if (answered.length === 0) return { why: nothingToAnswer };
  const { htmlUrl, defaultBranch } = await needs.repository.repository(tenant);
  const head = await needs.repository.branchHead(tenant, defaultBranch);
  const state = head === null ? null : await needs.commits.at(tenant, head);
  const environment = state?.environments.get(drifted.environment);
  const service = serviceIn(environment, name);
  if (head === null || state === null || environment === undefined || service === null) {
    return state !== null && mayDeclare(state, drifted) ? { keep: 'What is wrong at the head of the default branch may declare it' } : { why: 'The default branch does not declare it' };
  }
  const texts = fileTexts(needs, tenant, await needs.repository.tree(tenant, head));
  const about = { environment, service, asked: remediation.asked, answered, others: othersOf(standing, name, answered), links: linksFor(htmlUrl) };
  const change = await changeFor(needs, { tenant, head, environment, service, texts, signal }, remediation, answered);
  if ('why' in change) return change;
  const all: RemediationAbout = { ...about, choice: change.choice, notAdopted: change.notAdopted, notes: change.notes };
  // Closed once, the same findings are not proposed again; another live value is another finding.
  const content = digestOf(answered.map(({ id }) => id).toSorted());
  return { content, base: head, baseRef: defaultBranch, files: change.files, title: remediationTitle(all), body: remediationBody(all), about: all };
}

function mayDeclare(state: CommitState, { environment, service }: Drifted): boolean {
  const isWrong = state.environments.get(environment)?.invalid.some(({ kind, name }) => kind === 'RuntimeService' && name === service) === true;
  return isWrong || standingOf(state, environment) === 'wrong' || mayHideDocuments(state);
}

function othersOf({ open }: DriftStanding, service: string, answered: readonly DriftFinding[]): readonly DriftFinding[] {
  return open.filter((finding) => finding.service === service && !answered.some(({ id }) => id === finding.id));
}

interface Change {
  readonly choice: RemediationChoice;
  readonly files: readonly ProposedFile[];
  readonly notAdopted: readonly NotAdopted[];
  readonly notes: readonly string[];
}

interface EditedSite extends Site {
  readonly texts: Texts;
}

/** Where nothing of what runs can come into Git, the merge applies Git again, and the text says why. */
async function changeFor(needs: Needs, site: EditedSite, remediation: Remediation, answered: readonly DriftFinding[]): Promise<Change | NotWanted> {
  if (choiceOf(remediation, answered) === 'keep-git') return applyAgain(needs, site, remediation, answered, []);
  const { edits, notAdopted, notes } = await adoption(needs, site, answered);
  const edited = await editFiles(needs, site.texts, edits);
  if ('why' in edited) return applyAgain(needs, site, remediation, answered, [...notAdopted, { path: edited.file, why: edited.why }]);
  if (edited.files.length > 0) return { choice: 'keep-live', files: edited.files, notAdopted, notes };
  return notAdopted.length === 0 ? { why: 'Git says already what runs' } : applyAgain(needs, site, remediation, answered, notAdopted);
}

async function applyAgain(needs: Needs, { environment, service, texts }: EditedSite, { asked }: Remediation, answered: readonly DriftFinding[], notAdopted: readonly NotAdopted[]): Promise<Change | NotWanted> {
  const value = askedFrom(service, newestOf(answered), asked?.at ?? null);
  if (value === null) return { why: 'Git asks already for it to be applied again' };
  const edit: FileEdit = { file: service.source.file, kind: 'RuntimeService', name: service.name, path: ['metadata', 'annotations', reapplyIn(environment.name)], value };
  const edited = await editFiles(needs, texts, [edit]);
  if ('why' in edited) return { why: `${edited.file} cannot be edited: ${edited.why}` };
  return edited.files.length === 0 ? { why: 'Git asks already for it to be applied again' } : { choice: 'keep-git', files: edited.files, notAdopted, notes: [] };
}

/** The time from which on it is to be applied again; null where Git asks for that already. A person may ask once more. */
function askedFrom({ reapply }: DesiredService, newest: string, wished: string | null): string | null {
  const times = valuesOf(reapply).filter((text) => /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text));
  return [newest, wished].find((time) => time !== null && times.every((known) => known < time)) ?? null;
}
