import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentOf, pathOf } from './manifests.ts';
import { chance as chanceOf } from './random.ts';

/** The shape of a history: a public home repository has 44,000 commits, 62,500 blobs and 182 MB. */
export interface HistoryShape {
  commits: number;
  blobs: number;
  apps: number;
}

export const homeRepository: HistoryShape = { commits: 44_000, blobs: 62_500, apps: 400 };

async function run(folder: string, args: readonly string[]): Promise<void> {
  const child = spawn('git', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}

/** A change to a file: most are a new version of some lines, as a bot for updates makes them. */
function nextVersion(before: string | Buffer | undefined, path: string, chance: ReturnType<typeof chanceOf>) {
  if (typeof before !== 'string' || path.endsWith('.sops.yaml') || chance.number(20) === 0)
    return contentOf(path, chance);
  const digest = /sha256:[0-9a-f]{64}/;
  if (digest.test(before)) return before.replace(digest, `sha256:${chance.hex(64)}`);
  if (path.endsWith('.json')) return before.replace(/"uid": "[0-9a-f]+"/, `"uid": "${chance.hex(12)}"`);
  return `${before.trimEnd()}\n# ${chance.hex(12)}\n`;
}

/**
 * Makes a bare repository with `git fast-import` and packs it as a server would.
 *
 * @param folder - is made, and must not exist
 * @returns the number of bytes in all blobs
 */
export async function generateHistory(folder: string, shape: HistoryShape, seed = 1): Promise<number> {
  await mkdir(folder, { recursive: true });
  await run(folder, ['init', '--quiet', '--bare', '--initial-branch=main', '.']);
  const child = spawn('git', ['fast-import', '--quiet'], {
    cwd: folder,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const chance = chanceOf(seed);
  const write = async (data: string | Buffer) => {
    if (!child.stdin.write(data)) await once(child.stdin, 'drain');
  };
  const versions = new Map<string, string | Buffer>();
  let bytes = 0;
  let blobs = 0;
  for (let commit = 1; commit <= shape.commits; commit++) {
    const message = `feat(container): update image ${chance.hex(6)} ( ${chance.number(9)}.${chance.number(99)} )\n`;
    const time = 1_600_000_000 + commit * 3000;
    await write(
      `commit refs/heads/main\nmark :${commit}\ncommitter Bot ${commit % 7} <bot@mail.test> ${time} +0000\n`,
    );
    await write(`data ${message.length}\n${message}\n`);
    const due = Math.round((shape.blobs * commit) / shape.commits) - blobs;
    const touched = new Set<string>();
    while (touched.size < due) touched.add(pathOf(chance, shape.apps));
    for (const path of touched) {
      const content = nextVersion(versions.get(path), path, chance);
      versions.set(path, content);
      const data = typeof content === 'string' ? Buffer.from(content) : content;
      bytes += data.length;
      await write(`M 100644 inline ${path}\ndata ${data.length}\n`);
      await write(Buffer.concat([data, Buffer.from('\n')]));
    }
    blobs += due;
  }
  child.stdin.end();
  await once(child, 'exit');
  await run(folder, ['repack', '-adfq', '--depth=50', '--window=10']);
  return bytes;
}

/**
 * Makes a work tree of its own repository, with every file added to the index.
 *
 * @returns the number of bytes in all files
 */
export async function generateTree(folder: string, count: number, seed = 2): Promise<number> {
  const chance = chanceOf(seed);
  let bytes = 0;
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    const path = pathOf(chance, count).replace(
      'kubernetes/apps',
      `kubernetes/apps/group-${index % 40}/${index}`,
    );
    const content = contentOf(path, chance);
    bytes += content.length;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await run(folder, ['init', '--quiet', '.']);
  await run(folder, ['add', '.']);
  return bytes;
}
