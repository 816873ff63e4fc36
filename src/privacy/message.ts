import { basename } from 'node:path';
import { type Git, gitOutput } from '../system/git.ts';
import { readRegularFile } from '../system/regularFile.ts';
import { locator } from './locator.ts';
import { acceptedInHead, type ScanOptions, type ScanResult } from './options.ts';
import { reportBuilder } from './report.ts';

/**
 * The line below which Git cuts a message off, with the diff that `git commit --verbose` shows there (`wt-status.c`,
 * `cut_line`). The character before it is that of `core.commentChar`.
 */
const cutLine = /^.{1,8} -{24} >8 -{24}\r?$/m;

/**
 * Searches the file of a commit message, as Git gives it to a `commit-msg` hook. Comments are searched too, and what is
 * below the cut line: whether Git removes them depends on how the message was made. Only the lines of Git's own diff are
 * left out there.
 */
export async function scanMessage(file: string, options: ScanOptions): Promise<ScanResult> {
  const report = reportBuilder(options, false);
  let bytes: Buffer;
  try {
    bytes = await readRegularFile(file);
  } catch {
    return {
      problems: [
        {
          code: 'text-not-found',
          file,
          message: 'the file of the commit message cannot be read',
          expected: 'the path that Git gives to a commit-msg hook',
        },
      ],
    };
  }
  const message = await withoutDiff(bytes, options);
  const locate = locator(options.values, options.key);
  report.count(message.length);
  for (const located of locate.locate(message, '.txt'))
    report.add({ kind: 'file', path: locate.mask(basename(file)) }, located);
  return report.finish('none', await acceptedInHead(options));
}

/** The message with an empty line in the place of each line below the cut line that Git's diff of the change has. */
async function withoutDiff(bytes: Buffer, git: Git): Promise<Buffer> {
  const text = bytes.toString('latin1');
  const cut = cutLine.exec(text)?.index;
  if (cut === undefined || !text.includes('\ndiff --', cut)) return bytes;
  const shown = await diffLines(git);
  const below = text
    .slice(cut)
    .split('\n')
    .map((line) => (shown.has(line) ? '' : line));
  return Buffer.from(text.slice(0, cut) + below.join('\n'), 'latin1');
}

/**
 * The lines that `git commit --verbose` may show: the staged change, also against the commit that `--amend` replaces, and
 * with `-vv` what is not staged, each with prefixes of its own (`wt_longstatus_print_verbose` in `wt-status.c`).
 */
async function diffLines(git: Git): Promise<ReadonlySet<string>> {
  const diff = ['diff', '--no-color', '--no-ext-diff'];
  const twice = ['--src-prefix=c/', '--dst-prefix=i/'];
  const outputs = await Promise.all(
    [
      [...diff, '--cached'],
      [...diff, '--cached', 'HEAD^'],
      [...diff, ...twice, '--cached'],
      [...diff, ...twice, '--cached', 'HEAD^'],
      [...diff, '--src-prefix=i/', '--dst-prefix=w/'],
    ].map((args) => gitOutput(git, args)),
  );
  return new Set(
    outputs.flatMap(({ code, stdout }) => (code === 0 ? stdout.toString('latin1').split('\n') : [])),
  );
}
