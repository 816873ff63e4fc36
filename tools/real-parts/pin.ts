import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { pinsDirectory } from './cache.ts';
import { goRecipe } from './go.ts';
import type { GoSource } from './part.ts';
import { pinnings } from './pinnings.ts';
import { type Run, runProgram } from './run.ts';

const downloaded = z.object({ Dir: z.string(), GoMod: z.string() });
const moduleFile = z.object({
  Tool: z.array(z.object({ Path: z.string() })).nullish(),
  Replace: z
    .array(
      z.object({
        Old: z.object({ Path: z.string() }),
        New: z.object({ Path: z.string(), Version: z.string().optional() }),
      }),
    )
    .nullish(),
});

type Go = (...parameters: string[]) => Promise<string>;

/**
 * Writes `go.mod` and `go.sum` for programs that share them. A module's `replace` lines do not reach those who
 * depend on it, so they are repeated; Kubernetes replaces its published modules by directories of its own tree, which
 * become the published ones of the same release. Upstream's own `go.sum` is where the checksums start from.
 */
export async function pinGo(sources: readonly GoSource[], run: Run): Promise<void> {
  const [source] = sources;
  if (source === undefined) return;
  const work = await mkdtemp(join(tmpdir(), 'gatehouse-pin-'));
  const environment = { ...goRecipe.environment, GOTOOLCHAIN: 'local' };
  const go: Go = (...parameters) => runProgram('go', parameters, { ...run, directory: work, environment });
  try {
    await begin(source.pins, work, go);
    for (const first of oneOfEachModule(sources)) await takeReplacements(first, work, go);
    for (const [module, version] of Object.entries(pinnings[source.pins]?.replaced ?? {})) {
      await go('mod', 'edit', `-replace=${module}=${module}@${version}`);
    }
    for (const each of sources) await requireProgram(each, work, go);
    await mkdir(join(pinsDirectory, source.pins), { recursive: true });
    for (const file of ['go.mod', 'go.sum']) {
      await copyFile(join(work, file), join(pinsDirectory, source.pins, file));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** An empty module, or the one that the pins start from, without its programs. */
async function begin(pins: string, work: string, go: Go): Promise<void> {
  const start = pinnings[pins]?.startsFrom;
  if (start === undefined) {
    await writeFile(join(work, 'go.mod'), `module real-parts/${pins}\n\ngo 1.26\n`);
    await writeFile(join(work, 'go.sum'), '');
    return;
  }
  for (const file of ['go.mod', 'go.sum']) await copyFile(join(pinsDirectory, start, file), join(work, file));
  const { Tool } = moduleFile.parse(JSON.parse(await go('mod', 'edit', '-json')));
  const dropped = (Tool ?? []).map(({ Path }) => `-droptool=${Path}`);
  await go('mod', 'edit', `-module=real-parts/${pins}`, ...dropped);
}

/** A module of ours depends on nothing that its own file does not import. */
function isOurs({ module }: GoSource): boolean {
  return module.startsWith('real-parts/');
}

function oneOfEachModule(sources: readonly GoSource[]): readonly GoSource[] {
  const all = new Map(sources.map((source) => [source.module, source]));
  return [...all.values()].filter((source) => !isOurs(source));
}

async function takeReplacements(source: GoSource, work: string, go: Go): Promise<void> {
  const module = `${source.module}@${source.moduleVersion}`;
  const upstream = downloaded.parse(JSON.parse(await go('mod', 'download', '-json', module)));
  const sums = await readFile(join(upstream.Dir, 'go.sum'), 'utf8').catch(() => '');
  await writeFile(join(work, 'go.sum'), `${await readFile(join(work, 'go.sum'), 'utf8')}${sums}`);
  const pinning = pinnings[source.pins];
  // Where the versions are those of other pins, so are the replacements.
  if (pinning?.startsFrom !== undefined && !pinning.replacesToo) return;
  const { Replace } = moduleFile.parse(JSON.parse(await go('mod', 'edit', '-json', upstream.GoMod)));
  for (const { Old, New } of Replace ?? []) {
    const version = New.Version ?? publishedVersion(Old.Path, source);
    if (version === undefined) continue;
    const path = New.Version === undefined ? Old.Path : New.Path;
    await go('mod', 'edit', `-replace=${Old.Path}=${path}@${version}`);
  }
}

async function requireProgram(source: GoSource, work: string, go: Go): Promise<void> {
  const { package: main, moduleVersion } = source;
  if (!main.startsWith('./')) {
    await go('get', '-tool', `${main}@${moduleVersion}`);
    return;
  }
  await cp(join(pinsDirectory, source.pins, main), join(work, main), { recursive: true });
  if (!isOurs(source)) await go('get', `${source.module}@${moduleVersion}`);
  await go('get', main);
}

/** `k8s.io/api` of Kubernetes 1.36.0 is published as v0.36.0; other modules of a tree carry its own version. */
function publishedVersion(path: string, source: GoSource): string | undefined {
  if (source.module !== 'k8s.io/kubernetes') return undefined;
  return path.startsWith('k8s.io/') ? source.moduleVersion.replace(/^v1\./, 'v0.') : undefined;
}
