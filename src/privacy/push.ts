import { gitOutput } from '../system/git.ts';
import type { AcceptedBefore } from './accepted.ts';
import { searchStreams } from './history.ts';
import { historyStreams, type Reference } from './historyStreams.ts';
import { gitFailed, gitFailedIn, type ScanOptions, type ScanResult } from './options.ts';
import { reportBuilder } from './report.ts';

/** A push as Git describes it to a `pre-push` hook. */
export interface Push {
  /** The name of the remote, or its URL where it has no name. */
  remote: string;
  /** Lines `<local ref> <local id> <remote ref> <remote id>`; empty for a push of `HEAD`. */
  references: string;
}

interface PushedReference {
  local: string;
  localId: string;
  remote: string;
  remoteId: string;
}

const line = /^(.+) ([0-9a-f]{40,64}) (.+) ([0-9a-f]{40,64})$/;
const isNothing = (id: string): boolean => /^0+$/.test(id);

function pushedReferences(text: string): PushedReference[] {
  return text.split('\n').flatMap((each) => {
    const [, local = '', localId = '', remote = '', remoteId = ''] = line.exec(each.trim()) ?? [];
    return localId === '' || isNothing(localId) ? [] : [{ local, localId, remote, remoteId }];
  });
}

/** Those of the objects that this clone has: another clone may have pushed the others. */
async function present(options: ScanOptions, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { stdout } = await gitOutput(
    options,
    ['cat-file', '--batch-check'],
    ids.map((id) => `${id}\n`).join(''),
  );
  return stdout
    .toString('latin1')
    .split('\n')
    .flatMap((each) => {
      const [id = '', type = ''] = each.split(' ');
      return type === 'commit' || type === 'tag' ? [id] : [];
    });
}

/** The references as the search of a history takes them: the names at both ends, and annotated tags. */
async function namesOf(options: ScanOptions, pushed: readonly PushedReference[]): Promise<Reference[]> {
  const kinds = await Promise.all(
    pushed.map(async ({ localId }) => (await gitOutput(options, ['cat-file', '-t', localId])).stdout),
  );
  return pushed.flatMap(({ local, localId, remote }, index) => {
    const isAnnotatedTag = kinds[index]?.toString('latin1').trim() === 'tag';
    const isTag = remote.startsWith('refs/tags/');
    const names = [{ name: remote, object: localId, isAnnotatedTag: isAnnotatedTag && isTag }];
    return local === remote || !local.startsWith('refs/')
      ? names
      : [...names, { name: local, object: localId, isAnnotatedTag: false }];
  });
}

/** Commits that are asked for their acceptances at most. */
const askedAtMost = 50;

/**
 * The acceptances that the remote has: in the commits that the push builds on. An acceptance that the push brings does
 * not count, since whoever publishes a value could accept it. Only a first push has nothing to build on.
 */
async function acceptedBefore(
  options: ScanOptions,
  { range, known, isFirst }: { range: readonly string[]; known: readonly string[]; isFirst: boolean },
): Promise<AcceptedBefore | undefined> {
  const { accepted, acceptedIn } = options;
  if (accepted === undefined || acceptedIn === undefined) return undefined;
  const { stdout } = await gitOutput(options, ['rev-list', '--boundary', ...range]);
  const boundary = [...stdout.toString('latin1').matchAll(/^-([0-9a-f]+)$/gm)].map(([, id = '']) => id);
  const commits = [...new Set([...known, ...boundary])].slice(0, askedAtMost);
  const texts = await Promise.all(commits.map(acceptedIn));
  return { texts: texts.filter((text) => text !== undefined), addedCount: isFirst && commits.length === 0 };
}

/**
 * Searches what a push would publish: commits that the remote does not have, with their messages, authors and files, and
 * the names of references. What the remote has is known from the push and from the branches that were fetched from it.
 */
export async function scanPush({ remote, references }: Push, options: ScanOptions): Promise<ScanResult> {
  const pushed = pushedReferences(references);
  const shallow = await gitOutput(options, ['rev-parse', '--is-shallow-repository']);
  if (shallow.code !== 0) return { problems: [await gitFailedIn(options, 'read the commits', shallow.code)] };
  if (pushed.length === 0 && references.trim() !== '') return reportBuilder(options, true).finish('none');
  const remotes = await gitOutput(options, ['remote']);
  if (remotes.code !== 0) return { problems: [gitFailed('list the remotes', remotes.code)] };
  const isNamed = remotes.stdout.toString('utf8').split('\n').includes(remote);
  const remoteIds = pushed.map(({ remoteId }) => remoteId).filter((id) => !isNothing(id));
  const known = await present(options, remoteIds);
  const head = pushed.length === 0 ? ['HEAD'] : pushed.map(({ localId }) => localId);
  // An option and not an argument: a name cannot be taken for an option of its own.
  const fetched = isNamed ? [`--remotes=${remote}`] : [];
  const names = await namesOf(options, pushed);
  const range = [...new Set(head), '--not', ...known, ...fetched];
  const before = await acceptedBefore(options, {
    range,
    known,
    isFirst: pushed.length > 0 && remoteIds.length === 0,
  });
  const isShallow = shallow.stdout.toString('latin1').trim() === 'true';
  // Their output is read from the next turn on.
  const streams = historyStreams(options, names, range);
  return searchStreams(options, streams, names, { isShallow, before });
}
