// Measures `gatehouse check` for a repository like those of public home clusters, against other programs that build it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toYamlText } from '../../src/kubernetes/yaml.ts';
import { buildTree } from '../../src/manifests/buildTree.ts';
import { readTreeFiles } from '../../src/manifests/sources/treeFiles.ts';
import { isManifest, readDocuments } from '../../src/manifests/tree.ts';
import { realPart } from '../../tools/real-parts/lookup.ts';
import { type Path, writeRepository } from './repository.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = `${root}dist/main.js`;
const rounds = Number(process.env['ROUNDS'] ?? 7);
const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-bench-check-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const found = realPart('kustomize');
if (!found.found) throw new Error(`${found.message}; ${found.remedy}`);
const kustomize = found.path;
const built = spawnSync(process.execPath, [`${root}tools/build.mjs`, '--program-only'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(1);

const repository = join(scratch, 'repository');
const paths = writeRepository(repository, 80);
// No program on the PATH, so everything is built in memory.
const env = { ...process.env, PATH: '' };

interface Measured {
  name: string;
  run: () => number;
  before?: () => void;
}

/** The milliseconds of a process that must end with one of these codes. */
function timed(
  command: string,
  parameters: readonly string[],
  codes: readonly number[],
  environment = process.env,
): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, parameters, {
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const taken = performance.now() - start;
  if (status === null || !codes.includes(status))
    throw new Error(`${command} ended with ${status}: ${stderr.slice(-2000)}`);
  return taken;
}

const check = (directory: string): number =>
  timed(process.execPath, [program, 'check', directory, '--json', '--enforcer', 'cilium'], [0, 1, 4], env);
const build = (directory: string): number =>
  timed(kustomize, ['build', '--load-restrictor=LoadRestrictionsNone', directory], [0]);
const overlays = writeOverlays(paths);

const flate = process.env['FLATE'];
const cache = join(scratch, 'flate-cache');
const flateParameters = [
  ...['build', 'ks', '--path', join(repository, 'kubernetes')],
  ...['--skip-secrets=false', '--skip-crds=false'],
];
const flateEnv = { ...process.env, XDG_CACHE_HOME: cache, HOME: cache };
const runFlate = (): number => timed(flate ?? '', flateParameters, [0], flateEnv);
// Paths of Flux start at the root of the working tree, which flate finds with Git.
if (flate !== undefined) spawnSync('git', ['init', '--quiet', repository]);
const measurements: Measured[] = [
  { name: 'node -e 0', run: () => timed(process.execPath, ['-e', '0'], [0]) },
  { name: 'gatehouse check', run: () => check(repository) },
  {
    name: 'kustomize build of each path',
    run: () => paths.reduce((sum, { path }) => sum + build(join(repository, path)), 0),
  },
  {
    name: 'the same with components and namespace',
    run: () => overlays.reduce((sum, overlay) => sum + build(overlay), 0),
  },
  ...(flate === undefined || !existsSync(flate)
    ? []
    : [
        { name: 'flate, cold', run: runFlate, before: () => rmSync(cache, { recursive: true, force: true }) },
        { name: 'flate, warm', run: runFlate },
      ]),
];

/** Writes the kustomization that Flux makes of each path, since kustomize does not know Flux. */
function writeOverlays(all: readonly Path[]): readonly string[] {
  return all.map(({ name, path, targetNamespace, components }) => {
    const directory = join(scratch, 'overlays', name);
    mkdirSync(directory, { recursive: true });
    const from = (target: string): string => relative(directory, join(repository, target));
    const kustomization = {
      ...{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
      ...{ namespace: targetNamespace, resources: [from(path)] },
      components: components.map((component) => from(join(path, component))),
    };
    writeFileSync(join(directory, 'kustomization.yaml'), toYamlText(kustomization));
    return directory;
  });
}

/** The built objects by name. */
function namesIn(text: string): readonly string[] {
  return readDocuments('', text)
    .objects.filter(isManifest)
    .map(({ object: { kind, metadata } }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
}

/** Compares the objects of each path between Gatehouse and the other programs. */
async function compare(): Promise<string> {
  const ours = buildTree(await readTreeFiles(repository, { own: false }));
  if (ours.unseen.length > 0 || ours.unfilled.length > 0)
    throw new Error(JSON.stringify([ours.unseen, ours.unfilled]));
  const names = new Set(
    ours.objects.map(
      ({ object: { kind, metadata } }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
    ),
  );
  const theirs = paths.flatMap(({ substitute }, index) => {
    const parameters = ['build', '--load-restrictor=LoadRestrictionsNone', overlays[index] ?? ''];
    const { stdout } = spawnSync(kustomize, parameters, { encoding: 'utf8', maxBuffer: 1 << 28 });
    return namesIn(stdout.replace(/\$\{(APP)\}/g, (whole, name: string) => substitute[name] ?? whole));
  });
  const ofFlate =
    flate === undefined
      ? []
      : namesIn(
          spawnSync(flate, flateParameters, { env: flateEnv, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout,
        );
  const missing = [...theirs, ...ofFlate].filter((name) => !names.has(name));
  if (missing.length > 0)
    throw new Error(`others build what ours does not: ${missing.slice(0, 5).join(', ')}`);
  const beside = flate === undefined ? '' : `, and the ${ofFlate.length} that flate builds`;
  return `${ours.files} files, ${ours.objects.length} objects; the ${theirs.length} that kustomize builds of the paths are among them${beside}`;
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

console.log(`81 Flux Kustomizations: ${await compare()}`);
const taken = new Map<string, number[]>(measurements.map(({ name }) => [name, []]));
for (let round = -1; round < rounds; round++) {
  for (const { name, run, before } of measurements) {
    before?.();
    const milliseconds = run();
    // The first round fills the disk cache and does not count.
    if (round >= 0) taken.get(name)?.push(milliseconds);
  }
}
const own = median(taken.get('gatehouse check') ?? []);
console.log(`Whole processes, ${rounds} rounds in turn; medians`);
for (const [name, values] of taken)
  console.log(
    `  ${name.padEnd(40)} ${median(values).toFixed(0).padStart(7)} ms   ${(median(values) / own).toFixed(2).padStart(6)} × gatehouse check`,
  );
if (flate === undefined) console.log('  flate did not run: set FLATE=PATH');

console.log('\nPeak of memory of gatehouse check');
const report = join(scratch, 'memory.json');
const hook = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)))`;
const hookFile = join(scratch, 'hook.cjs');
writeFileSync(hookFile, hook);
timed(process.execPath, ['--require', hookFile, program, 'check', repository, '--json'], [0, 1, 4], env);
console.log(`  ${(Number(readFileSync(report, 'utf8')) / 1024).toFixed(0)} MiB`);

console.log(
  '\nGrowth: the same repository with as many times the Kustomizations; per file, relative to one time',
);
let first: number | undefined;
for (const times of [1, 4, 16]) {
  const directory = join(scratch, `times-${times}`);
  writeRepository(directory, 80 * times);
  const { tree } = await readTreeFiles(directory, { own: false });
  const load = async (): Promise<number> => {
    const start = performance.now();
    const repositoryOf = buildTree(await readTreeFiles(directory, { own: false }));
    if (repositoryOf.unseen.length > 0) throw new Error(JSON.stringify(repositoryOf.unseen[0]));
    return performance.now() - start;
  };
  const loads = [await load(), await load(), await load()];
  const perFile = Math.min(...loads) / tree.size;
  first ??= perFile;
  const whole = Math.min(...[1, 2].map(() => check(directory)));
  console.log(
    `  × ${String(times).padEnd(3)} ${String(tree.size).padStart(6)} files   loading ${(perFile * 1000).toFixed(0).padStart(5)} µs a file, × ${(perFile / first).toFixed(2)}   check as a whole process ${whole.toFixed(0)} ms`,
  );
}
