import { chmod, lstat, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { aptRecipe, fetchPackages, unpackArchives } from './apt.ts';
import type { Built } from './built.ts';
import { commandInRoot } from './loader.ts';
import type { DebianRootSource } from './part.ts';
import type { Run } from './run.ts';

/** What every root lacks because no script of a package ran, and what nothing in a root reads. Part of each key. */
export const debianRootRecipe = {
  ...aptRecipe,
  dropped: [
    'boot',
    'usr/include',
    'usr/share/bash-completion',
    'usr/share/bug',
    'usr/share/doc',
    'usr/share/doc-base',
    'usr/share/info',
    'usr/share/lintian',
    'usr/share/locale',
    'usr/share/man',
  ],
  directories: { tmp: 0o1777, 'var/tmp': 0o1777, run: 0o755, proc: 0o555, sys: 0o555, dev: 0o755 },
  links: { 'var/run': '../run', 'etc/mtab': '../proc/self/mounts' },
  texts: {
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
    'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
    'etc/hosts': '127.0.0.1 localhost\n',
    'etc/resolv.conf': '',
    'etc/nsswitch.conf': '',
  },
} as const;

/**
 * Fetches packages of a Debian suite and unpacks them into `directory/root`: a whole root file system for a mount
 * namespace, a container or an image. No maintainer script runs; the links and files that one would have made and that the
 * programs need are in the table. Links have paths that are relative: they
 * mean the same inside and outside of the root.
 */
export async function unpackDebianRoot(
  source: DebianRootSource,
  directory: string,
  run: Run,
): Promise<Built> {
  const root = join(directory, 'root');
  await mkdir(root);
  const { archives, version, leftover } = await fetchPackages(source, directory, run);
  await unpackArchives(baseFirst(archives), root, run);
  await finishRoot(source, root);
  const program = join('root', source.program);
  await stat(join(directory, program));
  const files = Object.entries(source.files).map(([word, path]) => [word, join('root', path)] as const);
  for (const [, path] of files) await stat(join(directory, path));
  return {
    program,
    probed: await commandInRoot(root, source.program),
    files: Object.fromEntries([['root', 'root'], ...files]),
    version,
    leftovers: [leftover],
  };
}

/** base-files carries the links `bin -> usr/bin`, which must be there before another package makes directories of them. */
function baseFirst(archives: readonly string[]): readonly string[] {
  const isBase = (archive: string) => basename(archive).startsWith('base-files_');
  return [...archives.filter(isBase), ...archives.filter((archive) => !isBase(archive))];
}

/** Makes what maintainer scripts would have made. */
export async function finishRoot(
  source: Pick<DebianRootSource, 'links' | 'texts' | 'directories' | 'dropped'>,
  root: string,
): Promise<void> {
  for (const path of [...debianRootRecipe.dropped, ...source.dropped]) {
    await rm(join(root, path), { recursive: true, force: true });
  }
  for (const [path, mode] of Object.entries({ ...debianRootRecipe.directories, ...source.directories })) {
    await mkdir(join(root, path), { recursive: true });
    await chmod(join(root, path), mode);
  }
  for (const [path, target] of Object.entries({ ...debianRootRecipe.links, ...source.links })) {
    await replaceByLink(join(root, path), target);
  }
  for (const [path, text] of Object.entries({ ...debianRootRecipe.texts, ...source.texts })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await rm(join(root, path), { force: true });
    await writeFile(join(root, path), text, { mode: 0o644 });
  }
}

async function replaceByLink(place: string, target: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  const there = await lstat(place).catch(() => undefined);
  if (there !== undefined) await rm(place, { recursive: true });
  await symlink(target, place);
}
