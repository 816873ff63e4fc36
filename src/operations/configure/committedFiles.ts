import { acceptedFindingsPath } from '../../privacy/accepted.ts';
import { isPlainWord } from '../../privacy/commonValues.ts';
import type { Finding } from '../../privacy/finding.ts';
import type { PrivateMatcher } from '../../privacy/matcher.ts';
import { scanTree, treeHasValue } from '../../privacy/tree.ts';
import { clusterFile } from '../../private-values/clusterFile.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { namedValues } from '../../private-values/namedValues.ts';
import { encryptedPrivateFile } from '../../private-values/privateValuesFile.ts';
import { readSource } from '../../private-values/readSource.ts';
import { scanKey, textsOf } from '../../private-values/searchedValues.ts';
import type { Problem } from '../../problems/problem.ts';
import { ignoredFiles } from '../ignoredFiles.ts';
import type { FutureTree } from './futureTree.ts';

/** Files of Gatehouse that name files and fields only. */
const names = ['.gatehouse/manifest.json', encryptedPrivateFile];

/**
 * Searches what is in the directory beside the files of Gatehouse, as far as Git has it or would add it: `cluster.yaml`
 * with its comments and keys, and every file of the user. Findings that the user accepted are no problems.
 *
 * @returns the findings, and why the directory could not be searched
 */
export async function privateInFiles(
  { directory, loaded }: Configuration,
  { written, shared, removed }: Pick<FutureTree, 'written' | 'shared' | 'removed'>,
  matcher: PrivateMatcher,
): Promise<{ found: Problem[]; unknown: Problem[] }> {
  const except = [...written, ...removed, ...names, ...(await ignoredFiles(directory))];
  if ((await treeHasValue({ directory, except }, matcher)) === false) return { found: [], unknown: [] };
  const accepted = await readSource(directory, acceptedFindingsPath);
  const values = namedValues([...loaded.private, ...loaded.secret], textsOf(loaded.places.cluster.value));
  const key = scanKey(loaded.secret.get('SECRETS_HASH_KEY') ?? '');
  const { report, problems } = await scanTree({
    directory,
    values,
    except,
    key,
    ...(accepted && 'bytes' in accepted ? { accepted: Buffer.from(accepted.bytes).toString('utf8') } : {}),
  });
  if (report === undefined) return { found: [], unknown: problems };
  const words = new Set(values.filter(({ value }) => isPlainWord(value)).map(({ name }) => name));
  // Lines of Gatehouse may have such a word too.
  const isShared = ({ place, field }: Finding) =>
    place.kind === 'file' && shared.has(place.path) && words.has(field);
  const findings = report.findings.filter(
    (finding) => finding.rule === 'private-value' && !isShared(finding),
  );
  return { found: findings.map(problemOf), unknown: problems };
}

function problemOf({ place, line, column, field, form }: Finding): Problem {
  const file = place.kind === 'file' || place.kind === 'path' ? place.path : '';
  const written = form === undefined || form === 'literal' ? '' : ` (${form})`;
  const isName = place.kind === 'path';
  return {
    code: file === clusterFile ? 'private-in-public' : 'private-in-file',
    file,
    ...(isName ? {} : { at: { line, column } }),
    message: `the value of ${field} is ${isName ? 'in the name of this file' : 'here'}${written}: everybody with access to the repository could read it`,
    expected: 'private values in the private values file only, in comments and names too',
    remedy: `replace it with a description or an example; if it was committed, remove it from the Git history. To keep it, accept it in ${acceptedFindingsPath}`,
  };
}
