import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentOf, pathOf } from './manifests.ts';
import { seededRandom } from './random.ts';

/** The shape of a history: a public home repository has 44,000 commits, 62,500 blobs and 182 MB. */
export interface HistoryShape {
  commits: number;
  blobs: number;
  apps: number;
}

export const homeRepository: HistoryShape = { commits: 44_000, blobs: 62_500, apps: 400 };

async function run(directory: string, args: readonly string[]): Promise<void> {
  const child = spawn('git', args, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}

/** A change to a file: most are a new version of some lines, as a bot for updates makes them. */
function nextVersion(
  before: string | Buffer | undefined,
  path: string,
  random: ReturnType<typeof seededRandom>,
) {
  if (typeof before !== 'string' || path.endsWith('.sops.yaml') || random.number(20) === 0)
    return contentOf(path, random);
  const digest = /sha256:[0-9a-f]{64}/;
  if (digest.test(before)) return before.replace(digest, `sha256:${random.hex(64)}`);
  if (path.endsWith('.json')) return before.replace(/"uid": "[0-9a-f]+"/, `"uid": "${random.hex(12)}"`);
  return `${before.trimEnd()}\n# ${random.hex(12)}\n`;
}

/**
 * Makes a bare repository with `git fast-import` and packs it as a server would.
 *
 * @param directory - is made, and must not exist
 * @returns the number of bytes in all blobs
 */
export async function generateHistory(directory: string, shape: HistoryShape, seed = 1): Promise<number> {
  await mkdir(directory, { recursive: true });
  await run(directory, ['init', '--quiet', '--bare', '--initial-branch=main', '.']);
  const child = spawn('git', ['fast-import', '--quiet'], {
    cwd: directory,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const random = seededRandom(seed);
  const write = async (data: string | Buffer) => {
    if (!child.stdin.write(data)) await once(child.stdin, 'drain');
  };
  const versions = new Map<string, string | Buffer>();
  let bytes = 0;
  let blobs = 0;
  for (let commit = 1; commit <= shape.commits; commit++) {
    const message = `feat(container): update image ${random.hex(6)} ( ${random.number(9)}.${random.number(99)} )\n`;
    const time = 1_600_000_000 + commit * 3000;
    await write(
      `commit refs/heads/main\nmark :${commit}\ncommitter Bot ${commit % 7} <bot@mail.test> ${time} +0000\n`,
    );
    await write(`data ${message.length}\n${message}\n`);
    const due = Math.round((shape.blobs * commit) / shape.commits) - blobs;
    const touched = new Set<string>();
    while (touched.size < due) touched.add(pathOf(random, shape.apps));
    for (const path of touched) {
      const content = nextVersion(versions.get(path), path, random);
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
  await run(directory, ['repack', '-adfq', '--depth=50', '--window=10']);
  return bytes;
}

/**
 * Makes a work tree of its own repository, with every file added to the index.
 *
 * @returns the number of bytes in all files
 */
export async function generateTree(directory: string, count: number, seed = 2): Promise<number> {
  const random = seededRandom(seed);
  let bytes = 0;
  await mkdir(directory, { recursive: true });
  for (let index = 0; index < count; index++) {
    const path = pathOf(random, count).replace(
      'kubernetes/apps',
      `kubernetes/apps/group-${index % 40}/${index}`,
    );
    const content = contentOf(path, random);
    bytes += content.length;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  await run(directory, ['init', '--quiet', '.']);
  await run(directory, ['add', '.']);
  return bytes;
}
