import { join } from 'node:path';
import { readDocument } from '../config/document.ts';
import { decodeText } from '../config/text.ts';
import { valueAt } from '../kubernetes/path.ts';
import type { Problem } from '../problems/problem.ts';
import { addedLines } from '../repository/git.ts';
import type { Replacement } from '../repository/replaceFile.ts';
import { shortRecipient } from '../secrets/age/recipient.ts';
import { sopsConfigName } from '../secrets/sopsConfig.ts';
import { sopsFiles } from '../secrets/sopsFiles.ts';
import { readIfThere } from '../system/regularFile.ts';
import { clusterFile } from './clusterFile.ts';
import { readSource } from './readSource.ts';

/** The recipients that were removed, one removal a line. It is committed: public keys tell nobody anything. */
export const removedRecipientsFile = '.gatehouse/removed-recipients';

const header = '# Recipients that were removed: one who comes back by a merge or a revert is reported.\n';

/** The removal of a recipient, and when somebody added the recipient again on purpose. */
interface Removal {
  recipient: string;
  removed: string;
  added?: string | undefined;
}

function removalsIn(text: string): Removal[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, recipient, removed, added] =
      /^(age1\S+) removed (\S+)(?: added (\S+))?$/.exec(line.trim()) ?? [];
    return recipient === undefined || removed === undefined ? [] : [{ recipient, removed, added }];
  });
}

/**
 * Every removal, in the file and in its history: a revert of the commit that removed a recipient takes the line of the
 * file along, and not that of the history. Whether one was added again, only the file says.
 */
async function allRemovals(directory: string): Promise<Removal[]> {
  const bytes = await readIfThere(join(directory, removedRecipientsFile));
  const current = removalsIn(bytes?.toString('utf8') ?? '');
  const past = removalsIn((await addedLines(directory, removedRecipientsFile)).join('\n'));
  const byKey = new Map<string, Removal>();
  const key = ({ recipient, removed }: Removal): string => `${recipient} ${removed}`;
  for (const removal of past) byKey.set(key(removal), { ...removal, added: undefined });
  for (const removal of current) byKey.set(key(removal), removal);
  return [...byKey.values()];
}

/** The file of removed recipients after a change of the recipients; undefined where it stays as it is. */
export async function removalsAfter(
  directory: string,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
  now: Date,
): Promise<Replacement | undefined> {
  const time = now.toISOString();
  const known = await allRemovals(directory);
  const next = [
    ...known.map((removal) =>
      add.includes(removal.recipient) && removal.added === undefined ? { ...removal, added: time } : removal,
    ),
    ...remove
      .filter((recipient) => !known.some((each) => each.recipient === recipient && each.removed === time))
      .map((recipient): Removal => ({ recipient, removed: time })),
  ];
  const lines = next.map(
    ({ recipient, removed, added }) =>
      `${recipient} removed ${removed}${added === undefined ? '' : ` added ${added}`}\n`,
  );
  const content = `${header}${lines.sort().join('')}`;
  const before = await readIfThere(join(directory, removedRecipientsFile));
  const isSame = before === undefined ? next.length === 0 : before.toString('utf8') === content;
  return isSame ? undefined : { path: removedRecipientsFile, content, before };
}

/** A removed recipient whom something is encrypted for again, and the files that say so. */
export interface ReturnedRecipient {
  recipient: string;
  files: string[];
}

/** Finds removed recipients in `cluster.yaml`, in the rules of SOPS, and in the encrypted files. */
export async function returnedRecipients(directory: string): Promise<ReturnedRecipient[]> {
  const removals = (await allRemovals(directory)).filter(({ added }) => added === undefined);
  const removed = [...new Set(removals.map(({ recipient }) => recipient))].sort();
  if (removed.length === 0) return [];
  const listed = await listedIn(directory);
  const config = await readIfThere(join(directory, sopsConfigName)).catch(() => undefined);
  const texts = [
    ...(config === undefined ? [] : [{ path: sopsConfigName, bytes: config }]),
    ...(await sopsFiles(directory)),
  ].map(({ path, bytes }) => ({ path, text: bytes.toString('utf8') }));
  return removed.flatMap((recipient) => {
    const files = [
      ...(listed.includes(recipient) ? [clusterFile] : []),
      ...texts.filter(({ text }) => text.includes(recipient)).map(({ path }) => path),
    ];
    return files.length === 0 ? [] : [{ recipient, files }];
  });
}

/** The same as problems. */
export async function returnedProblems(directory: string): Promise<Problem[]> {
  return (await returnedRecipients(directory)).map(({ recipient, files }) => ({
    code: 'recipient-returned',
    file: files[0] ?? clusterFile,
    message: `the removed recipient ${shortRecipient(recipient)} is back in ${files.join(', ')}, as a merge or a revert brings one back`,
    expected: 'files that are encrypted for nobody who was removed',
    remedy: `gatehouse secrets recipients remove ${recipient}, and replace the values that were encrypted since. If the recipient is meant to be back: gatehouse secrets recipients add ${recipient}`,
  }));
}

async function listedIn(directory: string): Promise<string[]> {
  const source = await readSource(directory, clusterFile);
  const decoded = source === undefined || 'problem' in source ? undefined : decodeText(source);
  if (decoded === undefined || 'problem' in decoded) return [];
  const { document } = readDocument(clusterFile, decoded.text);
  const listed = valueAt(document?.value, ['secrets', 'recipients']);
  return Array.isArray(listed) ? listed.map(String) : [];
}
