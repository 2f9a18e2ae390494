import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkRunMessages } from './check-run.ts';
import { checkSuiteMessages } from './check-suite.ts';
import { installationRepositoriesMessages } from './installation-repositories.ts';
import { installationMessages } from './installation.ts';
import { issueCommentMessages } from './issue-comment.ts';
import { pullRequestMessages } from './pull-request.ts';
import { pushMessages } from './push.ts';

const appId = 421;
const sha = 'a'.repeat(40);
const from = { installation: { id: 100 }, repository: { id: 7, default_branch: 'main' } };

interface Row {
  readonly reason: string;
  readonly payload: object;
  /** Type and payload of each message; all belong to 100.7 when nothing else is said. */
  readonly wanted: readonly (readonly [string, object, string?])[];
}

function table(name: string, translate: (payload: unknown) => readonly { readonly type: string; readonly tenantId: string; readonly payload: object }[], rows: readonly Row[]): void {
  describe(`${name} becomes`, () => {
    test.each(rows)('$reason', ({ payload, wanted }) => {
      expect(translate(payload)).toEqual(wanted.map(([type, content, tenantId = '100.7']) => ({ type, tenantId, payload: content })));
    });

    test.each([
      { payload: {}, reason: 'an empty payload' },
      { payload: { ...rows[0]?.payload, installation: undefined }, reason: 'a hook that belongs to no installation' },
      { payload: { ...rows[0]?.payload, installation: { id: 0 } }, reason: 'an installation 0' },
      { payload: null, reason: 'nothing' },
    ])('refuses $reason', ({ payload }) => {
      expect(() => translate(payload)).toThrow(z.ZodError);
    });
  });
}

const synced = ['SyncRepository', { reason: 'push' }] as const;
table('push', pushMessages, [
  { reason: 'the default branch moved', payload: { ...from, ref: 'refs/heads/main', deleted: false }, wanted: [synced] },
  { reason: 'forced or old makes no difference: the head is read', payload: { ...from, ref: 'refs/heads/main', forced: true, after: sha }, wanted: [synced] },
  { reason: 'another branch comes in as a pull request', payload: { ...from, ref: 'refs/heads/feature' }, wanted: [] },
  { reason: 'a branch that ends like the default one is another', payload: { ...from, ref: 'refs/heads/x/main' }, wanted: [] },
  { reason: 'a tag with the default branch\'s name is a tag', payload: { ...from, ref: 'refs/tags/main' }, wanted: [] },
  { reason: 'a merge queue\'s branch is GitHub\'s own', payload: { ...from, ref: 'refs/heads/gh-readonly-queue/main/pr-1' }, wanted: [] },
  { reason: 'a deleted default branch leaves nothing to read', payload: { ...from, ref: 'refs/heads/main', deleted: true, after: '0'.repeat(40) }, wanted: [] },
]);

const pull = (action: string, more: object = {}) => ({ ...from, action, pull_request: { number: 4 }, ...more });
const plan = ['PlanPullRequest', { number: 4 }] as const;
const follow = ['FollowPullRequest', { number: 4 }] as const;
const by = (type: string) => ({ sender: { login: 'mona', type } });
table('pull_request', pullRequestMessages, [
  ...['opened', 'synchronize', 'reopened', 'ready_for_review'].map((action) => ({ reason: `${action}: there is something to plan`, payload: pull(action), wanted: [plan] })),
  { reason: 'another base is another plan', payload: pull('edited', { changes: { base: { ref: { from: 'main' } } } }), wanted: [plan] },
  { reason: 'another title is not', payload: pull('edited', { changes: { title: { from: 'x' } } }), wanted: [] },
  { reason: 'a person closed it: it may answer drift', payload: pull('closed', by('User')), wanted: [follow] },
  { reason: 'a person opened it again', payload: pull('reopened', by('User')), wanted: [plan, follow] },
  { reason: 'a person pushed to it', payload: pull('synchronize', by('User')), wanted: [plan, follow] },
  { reason: 'a bot closed it, we perhaps: that is not answered', payload: pull('closed', by('Bot')), wanted: [] },
  { reason: 'we moved its branch', payload: pull('synchronize', by('Bot')), wanted: [plan] },
  ...['closed', 'labeled', 'assigned', '__proto__'].map((action) => ({ reason: `${action} changes no plan`, payload: pull(action), wanted: [] })),
]);

const run = (action: string, name: string, more: object = {}) => ({ ...from, action, check_run: { id: 9, name, head_sha: sha, app: { id: appId }, pull_requests: [{ number: 4 }], ...more } });
const confirmed = ['ConfirmChecks', { commit: sha }] as const;
const rechecked = ['SyncRepository', { reason: 'check run requested again', recheck: true }] as const;
table('check_run', (payload) => checkRunMessages(payload, appId), [
  { reason: 'a plan is asked for again', payload: run('rerequested', 'trueup/plan (prod)'), wanted: [confirmed, plan] },
  { reason: 'a deployment is asked for again', payload: run('rerequested', 'trueup/deploy (prod)'), wanted: [confirmed, rechecked] },
  { reason: 'a plan of a fork names no pull request, and a plan deploys nothing', payload: run('rerequested', 'trueup/plan', { pull_requests: [] }), wanted: [confirmed] },
  { reason: 'a button was pressed: the suite was not reset', payload: run('requested_action', 'trueup/plan'), wanted: [plan] },
  { reason: 'a button that answers drift', payload: { ...run('requested_action', 'trueup/drift (prod, checkout)'), requested_action: { identifier: 'keep-git' }, ...by('User') }, wanted: [['PressButton', { checkRunId: 9, action: 'keep-git', login: 'mona' }]] },
  { reason: 'the same of a bot', payload: { ...run('requested_action', 'trueup/drift (prod, checkout)'), requested_action: { identifier: 'keep-git' }, ...by('Bot') }, wanted: [] },
  { reason: 'the same without a button', payload: { ...run('requested_action', 'trueup/drift (prod, checkout)'), ...by('User') }, wanted: [] },
  { reason: 'what drifted is looked at by the clock', payload: run('rerequested', 'trueup/drift (prod, checkout)'), wanted: [confirmed] },
  { reason: 'our own writes come back', payload: run('created', 'trueup/plan'), wanted: [] },
  { reason: 'another App\'s check', payload: run('rerequested', 'trueup/plan', { app: { id: 1 } }), wanted: [] },
  { reason: 'a check of no App', payload: run('rerequested', 'trueup/plan', { app: null }), wanted: [] },
]);

const suite = (action: string, more: object = {}) => ({ ...from, action, check_suite: { head_sha: sha, head_branch: 'feature', app: { id: appId }, pull_requests: [{ number: 4 }], ...more } });
const suiteRechecked = ['SyncRepository', { reason: 'check suite requested again', recheck: true }] as const;
table('check_suite', (payload) => checkSuiteMessages(payload, appId), [
  { reason: 'of a pull request: its plan again', payload: suite('rerequested'), wanted: [confirmed, plan] },
  { reason: 'of the default branch: everything again', payload: suite('rerequested', { head_branch: 'main' }), wanted: [confirmed, suiteRechecked] },
  { reason: 'of a commit without pull request or branch: nothing of the default branch was asked for', payload: suite('rerequested', { head_branch: null, pull_requests: [] }), wanted: [confirmed] },
  { reason: 'what GitHub requests by itself comes as a push, too', payload: suite('requested'), wanted: [] },
  { reason: 'another App\'s suite', payload: suite('rerequested', { app: { id: 1 } }), wanted: [] },
]);

const comment = (action: string, body: string | null, more: object = {}) => ({ ...from, action, issue: { number: 4, pull_request: {}, ...more }, comment: { id: 9, body, performed_via_github_app: null } });
table('issue_comment', (payload) => issueCommentMessages(payload, appId), [
  { reason: 'a command, perhaps', payload: comment('created', 'please /trueup plan'), wanted: [['AnswerComment', { number: 4, commentId: 9 }]] },
  { reason: 'a command on what is merged: there it says most', payload: comment('created', '/trueup abort', { state: 'closed', pull_request: { merged_at: '2026-11-24T12:00:00Z' } }), wanted: [['AnswerComment', { number: 4, commentId: 9 }]] },
  { reason: 'an edited comment is no command', payload: comment('edited', '/trueup plan'), wanted: [] },
  { reason: 'small talk', payload: comment('created', 'looks good'), wanted: [] },
  { reason: 'an empty comment', payload: comment('created', null), wanted: [] },
  { reason: 'on an issue there is nothing to plan', payload: comment('created', '/trueup plan', { pull_request: undefined }), wanted: [] },
  { reason: 'our own comment', payload: { ...comment('created', '/trueup plan'), comment: { id: 9, body: '/trueup plan', performed_via_github_app: { id: appId } } }, wanted: [] },
  { reason: 'a letter that looks alike', payload: comment('created', '/truеup plan'), wanted: [] },
]);

table('installation', installationMessages, [
  ...['created', 'unsuspend', 'new_permissions_accepted'].map((action): Row => ({ reason: `${action}: look at every repository`, payload: { ...from, action }, wanted: [['ResyncInstallation', { reason: `installation ${action}` }, '100']] })),
  ...['deleted', 'suspend'].map((action) => ({ reason: `${action}: nothing is deleted`, payload: { ...from, action }, wanted: [] })),
]);

table('installation_repositories', installationRepositoriesMessages, [
  { reason: 'each repository that was added', payload: { ...from, action: 'added', repositories_added: [{ id: 7 }, { id: 8 }] }, wanted: [['SyncRepository', { reason: 'repository added' }], ['SyncRepository', { reason: 'repository added' }, '100.8']] },
  { reason: 'removal deletes nothing', payload: { ...from, action: 'removed', repositories_added: [] }, wanted: [] },
]);
