import { expect, it } from 'vitest';
import { envelopeOf } from '../../../test/support/delivery.ts';
import { repositoryTenant } from '../../../test/support/gitops-world.ts';
import type { Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { whenAnswerComment } from './when-answer-comment.ts';
import { whenReportDeployment } from './when-report-deployment.ts';
import { whenSyncRepository } from './when-sync-repository.ts';

// Nothing is handled here.
const needs = {} as GitopsNeeds;
const sync = (payload: { readonly reason: string; readonly recheck?: boolean }) => envelopeOf('SyncRepository', repositoryTenant, payload);

it.each<{ reaction: Reaction; envelope: Parameters<NonNullable<Reaction['urgent']>>[0]; wanted: boolean; reason: string }>([
  { reaction: whenAnswerComment(needs), envelope: envelopeOf('AnswerComment', repositoryTenant, { number: 12, commentId: 7 }), wanted: true, reason: 'a comment' },
  { reaction: whenSyncRepository(needs), envelope: sync({ reason: 'push' }), wanted: true, reason: 'a push' },
  { reaction: whenSyncRepository(needs), envelope: sync({ reason: 'check run requested again', recheck: true }), wanted: true, reason: 'a check that is run again' },
  { reaction: whenSyncRepository(needs), envelope: sync({ reason: 'resync' }), wanted: false, reason: 'the regular look at every repository' },
  { reaction: whenReportDeployment(needs), envelope: envelopeOf('ReportDeployment', repositoryTenant, { environment: 'staging', commit: 'a'.repeat(40) }), wanted: false, reason: 'a report' },
])('$reason: urgent is $wanted', ({ reaction, envelope, wanted }) => {
  expect(reaction.urgent?.(envelope) ?? false).toBe(wanted);
});
