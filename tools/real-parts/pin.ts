import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { pinsDirectory } from './cache.ts';
import { goRecipe } from './go.ts';
import type { GoSource } from './part.ts';
import { type Run, runProgram } from './run.ts';

const downloaded = z.object({ Dir: z.string(), GoMod: z.string() });
const moduleFile = z.object({
  Replace: z
    .array(
      z.object({
        Old: z.object({ Path: z.string() }),
        New: z.object({ Path: z.string(), Version: z.string().optional() }),
      }),
    )
    .nullish(),
});

/**
 * Writes `go.mod` and `go.sum` for programs of one module. A module's `replace` lines do not reach those who
 * depend on it, so they are repeated; Kubernetes replaces its published modules by directories of its own tree, which
 * become the published ones of the same release. Upstream's own `go.sum` is where the checksums start from.
 */
export async function pinGo(sources: readonly GoSource[], run: Run): Promise<void> {
  const [source] = sources;
  if (source === undefined) return;
  const work = await mkdtemp(join(tmpdir(), 'gatehouse-pin-'));
  const environment = { ...goRecipe.environment, GOTOOLCHAIN: 'local' };
  const go = (...parameters: string[]) =>
    runProgram('go', parameters, { ...run, directory: work, environment });
  try {
    await writeFile(join(work, 'go.mod'), `module real-parts/${source.pins}\n\ngo 1.26\n`);
    const module = `${source.module}@${source.moduleVersion}`;
    const upstream = downloaded.parse(JSON.parse(await go('mod', 'download', '-json', module)));
    await writeFile(
      join(work, 'go.sum'),
      await readFile(join(upstream.Dir, 'go.sum'), 'utf8').catch(() => ''),
    );
    const { Replace } = moduleFile.parse(JSON.parse(await go('mod', 'edit', '-json', upstream.GoMod)));
    for (const { Old, New } of Replace ?? []) {
      const version = New.Version ?? publishedVersion(Old.Path, source);
      if (version === undefined) continue;
      const path = New.Version === undefined ? Old.Path : New.Path;
      await go('mod', 'edit', `-replace=${Old.Path}=${path}@${version}`);
    }
    for (const { package: main } of sources) await go('get', '-tool', `${main}@${source.moduleVersion}`);
    await mkdir(join(pinsDirectory, source.pins), { recursive: true });
    for (const file of ['go.mod', 'go.sum']) {
      await copyFile(join(work, file), join(pinsDirectory, source.pins, file));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** `k8s.io/api` of Kubernetes 1.36.0 is published as v0.36.0; other modules of a tree carry its own version. */
function publishedVersion(path: string, source: GoSource): string | undefined {
  if (source.module !== 'k8s.io/kubernetes') return undefined;
  return path.startsWith('k8s.io/') ? source.moduleVersion.replace(/^v1\./, 'v0.') : undefined;
}
