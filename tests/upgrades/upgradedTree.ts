import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isFields } from '../../src/kubernetes/fields.ts';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { keyOf } from '../../src/operations/configure/writtenBefore.ts';
import { openRepository } from '../../src/operations/openRepository.ts';
import { snapshot } from '../../src/repository/testTree.ts';
import { parseIdentities } from '../../src/secrets/age/identity.ts';
import { decryptDocument } from '../../src/secrets/sops/decrypt.ts';
import { sopsFiles } from '../../src/secrets/sopsFiles.ts';
import { commit, git } from '../committedExample.ts';
import type { TestDirectory } from '../testDirectory.ts';

/** What a directory holds, for a comparison with what it holds later. */
export interface Look {
  /** Every file but those of Git, as text. */
  readonly files: Readonly<Record<string, string>>;
  /** What a cluster gets of it, by its key, with private values filled in. */
  readonly objects: ReadonlyMap<string, SourcedObject>;
  /** Every encrypted value, by its object and field. */
  readonly encrypted: ReadonlyMap<string, EncryptedValue>;
}

export interface EncryptedValue {
  readonly plain: string;
  /** `ENC[…]`, as the file has it. */
  readonly cipher: unknown;
}

/** Makes a directory a clone whose commit Flux follows. */
export function commitAndPush(directory: TestDirectory): void {
  git(directory, 'init', '-q', '-b', 'main');
  commit(directory);
  git(directory, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
}

/** Loads a directory with the loader of today. */
export async function lookAt(directory: TestDirectory): Promise<Look> {
  const opened = await openRepository(directory.path, directory.environment, {});
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const objects = opened.value.clusters.flatMap((cluster) => cluster.objects);
  return {
    files: filesIn(directory),
    objects: new Map(objects.map((sourced) => [keyOf(sourced.object), sourced])),
    encrypted: await encryptedValues(directory),
  };
}

/** Every file but those of Git, as text. */
export function filesIn({ path }: TestDirectory): Record<string, string> {
  return Object.fromEntries(Object.entries(snapshot(path)).filter(([file]) => !file.startsWith('.git/')));
}

async function encryptedValues({ path }: TestDirectory): Promise<ReadonlyMap<string, EncryptedValue>> {
  const { identities } = await parseIdentities(readFileSync(`${path}.agekey`, 'utf8'), 'the key');
  const found = new Map<string, EncryptedValue>();
  for (const file of await sopsFiles(path)) {
    const content = readFileSync(join(path, file.path), 'utf8');
    const decrypted = await decryptDocument({ file: file.path, content, identities });
    if (!decrypted.ok) throw new Error(JSON.stringify(decrypted.problems));
    const document: unknown = parse(content);
    const name = isObject(document) ? keyOf(document) : file.path;
    for (const { path: steps, label, text, encrypted } of decrypted.value.values) {
      if (!encrypted) continue;
      const cipher = steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), document);
      found.set(`${name} ${label}`, { plain: text, cipher });
    }
  }
  return found;
}

function isObject(value: unknown): value is SourcedObject['object'] {
  return isFields(value) && isFields(value['metadata']) && typeof value['kind'] === 'string';
}
