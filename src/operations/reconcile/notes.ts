import type { FluxObject } from './fluxObject.ts';
import type { Clone, Relation } from './pushed.ts';

/** Something to know beside the objects. */
export interface Note {
  message: string;
  /** The command that mends it. */
  remedy?: string;
  /** Whether what was asked for may not be in the cluster because of it. */
  isUnknown: boolean;
}

/** What of the clone is not in what Flux fetches. */
export function notesOfClone(clone: Clone, { url, branch }: { url: string; branch: string }): Note[] {
  const unknown = (message: string, remedy?: string): Note => ({
    message,
    isUnknown: true,
    ...(remedy === undefined ? {} : { remedy }),
  });
  if (clone.kind === 'no-git')
    return [unknown('Git is not installed here, so that nobody compared what is pushed with this directory')];
  if (clone.kind === 'no-repository') return [unknown('This directory is in no Git repository')];
  if (clone.kind !== 'repository')
    return [unknown('Nothing is committed here yet', 'git add -A && git commit')];
  const { followed, ahead, behind, head, uncommitted } = clone;
  const notes: Note[] = [];
  if (followed !== undefined && !followed.isFollowed)
    notes.push(
      unknown(
        `No remote of this clone leads to ${url}: what is said of commits is that of ${followed.name}`,
        `git remote add flux ${url} && git fetch flux`,
      ),
    );
  if (followed?.commit === undefined)
    notes.push(
      unknown(
        `This clone does not know the branch ${branch} of a remote, so that nobody compared it with HEAD (${short(head)})`,
        `git push ${followed?.name ?? 'origin'} HEAD:${branch}`,
      ),
    );
  else if (ahead > 0)
    notes.push(
      unknown(
        `HEAD (${short(head)}) is not pushed: ${followed.name}/${branch} is at ${short(followed.commit)}, without ${count(ahead, 'commit')} of it${behind > 0 ? `, and with ${behind} that HEAD does not have` : ''}`,
        behind > 0
          ? `git pull --rebase ${followed.name} ${branch}`
          : `git push ${followed.name} HEAD:${branch}`,
      ),
    );
  else if (behind > 0)
    notes.push({
      message: `${followed.name}/${branch} has ${count(behind, 'commit')} more than HEAD (${short(head)})`,
      isUnknown: false,
    });
  if (uncommitted > 0)
    notes.push({
      message: `${count(uncommitted, 'file')} of this directory ${uncommitted === 1 ? 'is' : 'are'} not committed, so that Flux does not get ${uncommitted === 1 ? 'it' : 'them'}`,
      isUnknown: false,
    });
  return notes;
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

const short = (commit: string): string => commit.slice(0, 7);
const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
