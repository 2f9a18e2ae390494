import { z } from 'zod';
import { commit, digest, name, sentence } from './shapes.ts';

/** gitops talks to itself only: these come from webhooks and schedules and say what to look at. */
export const gitopsMessages = {
  SyncRepository: {
    role: 'command',
    about: 'Read the head of the default branch and turn what differs from the last sync into commands.',
    /** `recheck`: a person put something right outside of Git and asks again, so everything is looked at, also what did not change. */
    schema: z.strictObject({ reason: sentence, recheck: z.boolean().optional() }),
  },
  PlanPullRequest: {
    role: 'command',
    about: 'Validate a pull request, ask every context for its plan and report it as checks and one comment.',
    schema: z.strictObject({ number: z.number().int().positive() }),
  },
  ConfirmChecks: {
    role: 'command',
    about: 'Complete our checks of a commit again as they were: GitHub waits for that after a person asked to run them again.',
    schema: z.strictObject({ commit }),
  },
  AnswerComment: {
    role: 'command',
    about: 'Read a comment of a pull request again and answer it when it is a /trueup command.',
    schema: z.strictObject({ number: z.number().int().positive(), commentId: z.number().int().positive() }),
  },
  ResyncInstallation: {
    role: 'command',
    about: 'List the repositories of an installation and sync each: what finds pushes whose webhook was missed.',
    schema: z.strictObject({ reason: sentence }),
  },
  ReportDeployment: {
    role: 'command',
    about: 'Write the deploy check and the GitHub Deployment of an environment at a commit anew, from all that is known of it.',
    schema: z.strictObject({ environment: name, commit }),
  },
  ReportHealth: {
    role: 'command',
    about: 'Write the health check of an environment on the head of the default branch, when it would say something else than before.',
    schema: z.strictObject({ environment: name }),
  },
  ReportPullRequest: {
    role: 'command',
    about: 'Write the one comment of a pull request anew, from all that is known of its plan and its deployments.',
    schema: z.strictObject({ number: z.number().int().positive() }),
  },
  ProposeRevert: {
    role: 'command',
    about: 'Open or update the pull request that makes Git say what runs after a deployment of this commit was taken back.',
    schema: z.strictObject({ environment: name, commit }),
  },
  ProposePromotion: {
    role: 'command',
    about: 'Open or update the one pull request that moves healthy releases of an environment to another, as the services declare it.',
    /** `asked`: a person wants it, also when it was closed before. */
    schema: z.strictObject({ from: name, to: name, asked: z.boolean() }),
  },
  ProposeRemediation: {
    role: 'command',
    about: 'Open, update or close the one pull request that answers the drift of a service in an environment.',
    /** `choice`: what a person asked for; null leaves what was chosen before, which is `keep-git` at first. */
    schema: z.strictObject({ environment: name, service: name, choice: z.enum(['keep-git', 'keep-live']).nullable(), by: z.string().max(200).nullable() }),
  },
  FollowPullRequest: {
    role: 'command',
    about: 'A person closed, opened again or pushed to a pull request: when it answers drift, look at what that means.',
    schema: z.strictObject({ number: z.number().int().positive() }),
  },
  PressButton: {
    role: 'command',
    about: 'Do what a person asked for with a button of one of our checks.',
    /** `action`: the identifier of the button. `login`: who pressed it. */
    schema: z.strictObject({ checkRunId: z.number().int().positive(), action: z.string().max(20), login: z.string().max(100) }),
  },
  ReportQuarantine: {
    role: 'command',
    about: 'Write the check that says which work is held back because it ended its process again and again, or that it is not any more.',
    /** `key` stands for the work, `job` for its last delivery. `commit` and `number` say what it was about: a commit, a pull request, or neither. */
    schema: z.strictObject({
      key: digest,
      state: z.enum(['quarantined', 'lifted']),
      context: name,
      reaction: name,
      message: name,
      environment: name.nullable(),
      commit: commit.nullable(),
      number: z.number().int().positive().nullable(),
      job: z.string().max(200),
      crashes: z.number().int().positive(),
      since: z.iso.datetime(),
    }),
  },
  RepositorySynced: {
    role: 'event',
    about: 'The default branch was read at this commit and its differences were turned into commands. `environments` are those that got one.',
    schema: z.strictObject({ commit, environments: z.array(z.string()) }),
  },
} as const;
