import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { emitSchemas } from './emitSchemas.ts';
import { emitTypes } from './emitTypes.ts';
import { readSources, type Sources } from './sources.ts';

/**
 * Makes the types of `src/kubernetes/types/` and the schemas of `schemas/` from a directory that holds
 * `schemas/kubernetes-*.json.gz` and `crds/*.yaml`.
 *
 *     npx tsx tools/schemas/main.ts --from FOLDER          writes them
 *     npx tsx tools/schemas/main.ts --from FOLDER --check  exits 1 when they are not what FOLDER gives
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const typeDirectory = 'src/kubernetes/types';
const schemaDirectory = 'schemas';

/** What the sources give, by path below the root of the repository. */
function generate(sources: Sources): Map<string, string> {
  const below = (directory: string, files: Record<string, string>) =>
    Object.entries(files).map(([name, text]): [string, string] => [`${directory}/${name}`, text]);
  return new Map([
    ...below(typeDirectory, emitTypes(sources)),
    ...below(schemaDirectory, emitSchemas(sources)),
  ]);
}

/** Files that exist now and that only this tool makes. */
async function existing(): Promise<string[]> {
  const types = await readdir(join(root, typeDirectory));
  const schemas = await readdir(join(root, schemaDirectory)).catch(() => []);
  return [
    ...types.filter((name) => name.endsWith('.generated.ts')).map((name) => `${typeDirectory}/${name}`),
    ...schemas.filter((name) => name.endsWith('.json')).map((name) => `${schemaDirectory}/${name}`),
  ];
}

async function write(files: Map<string, string>): Promise<void> {
  for (const stale of (await existing()).filter((path) => !files.has(path))) await rm(join(root, stale));
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function differences(files: Map<string, string>): Promise<string[]> {
  const stale = (await existing()).filter((path) => !files.has(path)).map((path) => `${path} has no source`);
  const found: string[] = [...stale];
  for (const [path, text] of files) {
    const now = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (now === undefined) found.push(`${path} is missing`);
    else if (now !== text) found.push(`${path} differs`);
  }
  return found;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { from: { type: 'string', default: '../shared' }, check: { type: 'boolean', default: false } },
  });
  const sources = await readSources(values.from).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (sources === undefined) {
    process.stderr.write(`${values.from} does not hold the definitions: nothing was compared or written\n`);
    return values.check ? 0 : 2;
  }
  const files = generate(sources);
  if (!values.check) {
    await write(files);
    process.stdout.write(`${files.size} files written\n`);
    return 0;
  }
  const found = await differences(files);
  for (const line of found) process.stdout.write(`${line}\n`);
  process.stdout.write(found.length === 0 ? `${files.size} files are what the definitions give\n` : '');
  return found.length === 0 ? 0 : 1;
}

process.exitCode = await main();
