import type { CheckResult } from '../../live/check.ts';
import type { FluxObject } from './fluxObject.ts';
import type { Relation } from './pushed.ts';

/** Something to know beside the objects. */
export interface Note {
  message: string;
  /** The command that mends it. */
  remedy?: string;
  /** Whether what was asked for may not be in the cluster because of it. */
  isUnknown: boolean;
}

/** What of the clone is not in what Flux fetches. */
export function notesOfClone(unkept: readonly CheckResult[]): Note[] {
  // The other ones say nothing as long as there is no repository.
  const first = unkept.find(({ id }) => id === 'git-repository');
  return (first === undefined ? unkept : [first]).map(({ id, evidence, remedy }) => ({
    message: evidence.join('; '),
    remedy,
    // What is not committed was not asked for.
    isUnknown: id !== 'git-committed',
  }));
}

/** What is not known of the revision that Flux has fetched. */
export function notesOfRevision(revision: string | undefined, relation: Relation): Note[] {
  if (revision === undefined || relation === 'same' || relation === 'newer' || relation === 'older')
    return [];
  const message =
    relation === 'apart'
      ? `Flux has fetched ${revision}, which does not contain what this clone pushed: the branch was written anew`
      : `This clone does not know ${revision}, which Flux has fetched, so that nobody can tell whether HEAD is in it`;
  return [{ message, remedy: 'git fetch --all', isUnknown: true }];
}

/** What keeps the source from fetching what was pushed. */
export function notesOfSource({ key, branch, suspended, reference }: FluxObject, wanted: string): Note[] {
  const notes: Note[] = [];
  if (branch !== wanted)
    notes.push({
      message: `${key} follows ${branch === undefined ? 'no branch' : `the branch ${branch}`}, and cluster.yaml says ${wanted}`,
      isUnknown: true,
    });
  if (suspended)
    notes.push({
      message: `${key} is suspended: it fetches nothing`,
      remedy: `flux resume source git ${reference.name} -n ${reference.namespace}`,
      isUnknown: true,
    });
  return notes;
}
