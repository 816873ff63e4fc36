import { compile } from '../../compile/compile.ts';
import { localDocuments, localDocumentsDirectory } from '../../compile/documents/local.ts';
import { catalogue } from '../../components/catalogue.ts';
import { openConfiguration } from '../../private-values/configuration.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { compareWithTree } from '../../repository/compare.ts';
import { readWithin } from '../../repository/readWithin.ts';
import { recover } from '../../repository/recover.ts';
import { writeChanges } from '../../repository/write.ts';
import type { Environment } from '../../system/environment.ts';
import { documentFile } from '../status/documentFile.ts';

/** Writes a copy of every operator document with the private values filled in, to a directory that Git ignores. */
export async function writeLocalDocuments(
  directory: string,
  environment: Environment,
): Promise<Outcome<{ files: string[] }>> {
  const recovered = await recover(directory);
  if (!recovered.ok) return recovered;
  const opened = await openConfiguration(directory, environment);
  if (!opened.ok) return opened;
  const { loaded } = opened.value;
  const { plan, problems } = compile(loaded, catalogue);
  if (plan === undefined) return err(...problems);
  // The list of what is left, where `status --write` keeps it.
  const read = await readWithin(directory, documentFile);
  if (!read.ok) return read;
  const kept = read.value === undefined ? [] : [{ path: documentFile, content: read.value.toString('utf8') }];
  const documents = localDocuments([...plan.files, ...kept], loaded.private);
  const ignored = plan.files.filter(({ path }) => path === '.gitignore');
  // Write .gitignore first, so that Git never sees the copies.
  const lines = await compareWithTree(directory, ignored, { partial: true });
  if (!lines.ok) return lines;
  const ignoring = await writeChanges(directory, lines.value);
  if (!ignoring.ok) return ignoring;
  const difference = await compareWithTree(directory, documents, {
    files: 'local',
    below: localDocumentsDirectory,
  });
  if (!difference.ok) return difference;
  const written = await writeChanges(directory, difference.value, { accept: 'theirs' });
  return written.ok ? ok({ files: documents.map(({ path }) => path) }) : written;
}
