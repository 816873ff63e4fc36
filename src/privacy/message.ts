import { basename } from 'node:path';
import { readRegularFile } from '../system/regularFile.ts';
import { locator } from './locator.ts';
import { acceptedInHead, type ScanOptions, type ScanResult } from './options.ts';
import { reportBuilder } from './report.ts';

/**
 * The line below which Git cuts a message off, with the diff that `git commit --verbose` shows there (`wt-status.c`,
 * `cut_line`). The character before it is that of `core.commentChar`.
 */
const verboseDiff = /^.{1,8} -{24} >8 -{24}\r?\n(?:.{1,8} .*\r?\n){1,8}diff --/m;

/**
 * Searches the file of a commit message, as Git gives it to a `commit-msg` hook. Comments are searched too: whether Git
 * removes them depends on how the message was made.
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
  const text = bytes.toString('latin1');
  const cut = verboseDiff.exec(text)?.index ?? bytes.length;
  const message = bytes.subarray(0, cut);
  const locate = locator(options.values, options.key);
  report.count(message.length);
  for (const located of locate.locate(message, '.txt'))
    report.add({ kind: 'file', path: locate.mask(basename(file)) }, located);
  return report.finish('none', await acceptedInHead(options));
}
