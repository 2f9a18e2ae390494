import { mergeBase } from '../git/commits.ts';
import { changedFiles, type ChangedFile } from '../git/diff.ts';
import { emptyTree } from '../render/commit.ts';
import type { PullRequest, Repository } from '../world.ts';

const known = new WeakMap<Repository, Map<string, Promise<readonly ChangedFile[]>>>();

/** Three dots: what the head changed since it left the base. Two commits never change, so neither does the answer. */
export function pullFiles(repository: Repository, { base, head }: PullRequest): Promise<readonly ChangedFile[]> {
  const ofRepository = known.get(repository) ?? new Map<string, Promise<readonly ChangedFile[]>>();
  known.set(repository, ofRepository);
  const key = `${base.sha}...${head.sha}`;
  const files = ofRepository.get(key) ?? filesSinceMergeBase(repository.directory, base.sha, head.sha);
  ofRepository.set(key, files);
  return files;
}

async function filesSinceMergeBase(directory: string, base: string, head: string): Promise<readonly ChangedFile[]> {
  return changedFiles(directory, (await mergeBase(directory, base, head)) ?? emptyTree, head);
}
