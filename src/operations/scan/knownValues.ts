import { join } from 'node:path';
import type { SourceFile } from '../../config/text.ts';
import { isPlainWord } from '../../privacy/commonValues.ts';
import type { NamedValue } from '../../privacy/search.ts';
import { clusterFile } from '../../private-values/clusterFile.ts';
import { namedValues } from '../../private-values/namedValues.ts';
import {
  encryptedPrivateFile,
  plainPrivateFile,
  readPrivateValuesFile,
} from '../../private-values/privateValuesFile.ts';
import { readSource } from '../../private-values/readSource.ts';
import { publishedTexts, searchedValuesOf } from '../../private-values/searchedValues.ts';
import type { Problem } from '../../problems/problem.ts';
import { hashBytes } from '../../repository/hash.ts';
import { type Manifest, readManifest } from '../../repository/manifest.ts';
import { manifestFile } from '../../repository/path.ts';
import type { AgeIdentity } from '../../secrets/age/identity.ts';
import { decryptDocument } from '../../secrets/sops/decrypt.ts';
import { readRegularFile } from '../../system/regularFile.ts';

/** What is known of the private values of one configuration. */
export interface KnownValues {
  values: NamedValue[];
  key?: Uint8Array;
  /** Whether the values are not known, or not all of them. */
  unknown: boolean;
  problems: Problem[];
  /** Files that Gatehouse wrote and that are as it wrote them. */
  ofProgram: ReadonlySet<string>;
}

/**
 * Reads the private values of a directory: from the private values file, or, where Git does not have it, from the
 * encrypted Secrets that `configure` wrote. Values that cannot be read are a problem.
 */
export async function knownValues(
  directory: string,
  identities: readonly AgeIdentity[],
): Promise<KnownValues> {
  const cluster = await readSource(directory, clusterFile);
  const published = cluster && 'bytes' in cluster ? publishedTexts(cluster) : [];
  const manifest = await manifestIn(directory);
  const privateFile = await readPrivateValuesFile(directory, identities);
  const { unreadable, problems } = privateFile;
  const found = await (privateFile.source === undefined && unreadable !== true
    ? fromSecrets(directory, manifest, identities, published)
    : fromFile(privateFile.source, published));
  const none = found.values.length === 0 && unreadable !== true && found.problems.length === 0;
  return {
    values: found.values,
    ...(found.key === undefined ? {} : { key: found.key }),
    unknown: unreadable === true || found.values.length === 0 || found.problems.length > 0,
    problems: [...problems, ...found.problems, ...(none ? [noValues()] : [])],
    ofProgram: found.values.some(({ value }) => isPlainWord(value))
      ? await unchangedFiles(directory, manifest)
      : new Set(),
  };
}

type Found = Pick<KnownValues, 'values' | 'key' | 'problems'>;

async function fromFile(source: SourceFile | undefined, published: readonly string[]): Promise<Found> {
  return source === undefined ? { values: [], problems: [] } : searchedValuesOf(source, published);
}

/** Reads every Secret that `configure` encrypted: the values that Flux fills in, and the secrets of the apps. */
async function fromSecrets(
  directory: string,
  manifest: Manifest,
  identities: readonly AgeIdentity[],
  published: readonly string[],
): Promise<Found> {
  const values: [string, string][] = [];
  const problems: Problem[] = [];
  for (const [file, record] of manifest) {
    if (!('ownHash' in record)) continue;
    const content = await bytesOf(directory, file);
    if (content === undefined) {
      problems.push(missingSecret(file));
      continue;
    }
    const opened = await decryptDocument({ file, content, identities });
    if (!opened.ok) problems.push(...opened.problems);
    else
      for (const { path, text } of opened.value.values)
        if (path[0] === 'data')
          values.push([String(path.at(-1)), Buffer.from(text, 'base64').toString('utf8')]);
  }
  return { values: namedValues(values, published), problems };
}

/** The bytes of a regular file; undefined where there is none that can be read. */
function bytesOf(directory: string, file: string): Promise<Buffer | undefined> {
  return readRegularFile(join(directory, file)).catch(() => undefined);
}

async function manifestIn(directory: string): Promise<Manifest> {
  const text = (await bytesOf(directory, manifestFile))?.toString('utf8');
  const manifest = text === undefined ? undefined : readManifest(text, manifestFile);
  return manifest?.ok ? manifest.value : new Map();
}

/** Files with the text that Gatehouse wrote, and those in which it has lines. */
async function unchangedFiles(directory: string, manifest: Manifest): Promise<ReadonlySet<string>> {
  const unchanged = new Set<string>([manifestFile, encryptedPrivateFile]);
  for (const [path, record] of manifest) {
    if ('declined' in record) continue;
    const text = 'sha256' in record ? (await bytesOf(directory, path))?.toString('utf8') : undefined;
    if (!('sha256' in record)) unchanged.add(path);
    else if (text !== undefined && hashBytes(text.replaceAll('\r\n', '\n')) === record.sha256)
      unchanged.add(path);
  }
  return unchanged;
}

function noValues(): Problem {
  return {
    code: 'values-unknown',
    file: clusterFile,
    message: `the private values are not known here, so nothing was searched for them: there is neither ${plainPrivateFile} nor ${encryptedPrivateFile} with a value, and no encrypted Secret of "gatehouse configure"`,
    expected: 'the private values file, or a key that opens what is encrypted in Git',
    remedy: `copy ${plainPrivateFile} from where you have it, or restore ${encryptedPrivateFile} and set SOPS_AGE_KEY_FILE`,
  };
}

function missingSecret(file: string): Problem {
  return {
    code: 'values-unknown',
    file,
    message: 'the encrypted Secret with private values is missing, so nothing was searched for them',
    expected: 'the file as "gatehouse configure" wrote it',
    remedy: 'restore it with Git, or copy the private values file from where you have it',
  };
}
