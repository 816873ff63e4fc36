import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import semver from 'semver';
import { textAt } from '../../kubernetes/fields.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import { type ChartFiles, readChartArchive } from './chartArchive.ts';

/** A chart that is at hand. */
export interface Chart {
  name: string;
  version: string;
  files: ChartFiles;
}

/** A chart that is there and cannot be used. */
export interface BrokenChart {
  broken: string;
}

/** A chart that may be at hand, of which only the file's name is known so far. */
interface Candidate {
  read: () => Promise<Chart | BrokenChart>;
  label: string;
}

/** Folders in which charts are looked for, as they were found. */
export interface ChartStore {
  candidates: readonly Candidate[];
}

const fileLimit = 20_000;
const bytesLimit = 64 * 1024 * 1024;

/**
 * Lists the charts of folders: archives `NAME-VERSION.tgz`, and folders with a `Chart.yaml`, one level deep. They are
 * read when they are asked for.
 *
 * @throws the error of the disk where a folder cannot be listed
 */
export async function openChartStore(folders: readonly string[]): Promise<ChartStore> {
  const candidates: Candidate[] = [];
  for (const folder of folders) {
    for (const entry of (await readdir(folder, { withFileTypes: true })).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name);
      if (/\.(?:tgz|tar\.gz)$/.test(entry.name))
        candidates.push(candidate(entry.name, () => archivedChart(path)));
      else if (!entry.isFile()) candidates.push(candidate(entry.name, () => folderChart(path)));
    }
  }
  return { candidates };
}

function candidate(label: string, read: () => Promise<Chart>): Candidate {
  let found: Promise<Chart | BrokenChart> | undefined;
  return {
    label,
    read: () => {
      found ??= read().catch(brokenBy);
      return found;
    },
  };
}

/** What keeps a chart from being read, in words without a path of this machine. */
export function brokenBy(error: unknown): BrokenChart {
  const isOfSystem = !(error instanceof Error) || 'code' in error;
  return { broken: isOfSystem ? 'it cannot be read' : error.message };
}

/** A chart that fits, and whether another one would have fitted too. */
export interface FoundChart {
  chart: Chart;
  /** The version asked for is a range, or none: which one the cluster has is another question. */
  isChosen: boolean;
}

/**
 * The chart of a name in a version, or the newest that a range takes. Ranges are read as node's semver reads them,
 * which differs from Flux's in `!=` and in pre-releases: such a range fits nothing.
 *
 * @returns nothing where no chart fits, and what is wrong with one that bears the name where that cannot be read
 */
export async function findChart(
  { candidates }: ChartStore,
  name: string,
  version: string | undefined,
): Promise<FoundChart | BrokenChart | undefined> {
  const charts: Chart[] = [];
  let broken: BrokenChart | undefined;
  for (const { label, read } of candidates) {
    if (/\.(?:tgz|tar\.gz)$/.test(label) && !label.startsWith(`${name}-`)) continue;
    const chart = await read();
    if ('broken' in chart) broken ??= label === name || label.startsWith(`${name}-`) ? chart : undefined;
    else if (chart.name === name) charts.push(chart);
  }
  return fittingChart(charts, version) ?? broken;
}

function fittingChart(charts: readonly Chart[], version: string | undefined): FoundChart | undefined {
  const exact = version === undefined ? null : semver.parse(version);
  if (exact !== null) {
    const chart = charts.find((each) => sameVersion(each.version, exact));
    return chart === undefined ? undefined : { chart, isChosen: false };
  }
  const range = version === undefined ? '*' : version.replaceAll(',', ' ');
  const fitting = charts.filter((chart) => semver.satisfies(chart.version, range));
  const [newest] = fitting.toSorted((a, b) => semver.rcompare(a.version, b.version));
  return newest === undefined ? undefined : { chart: newest, isChosen: true };
}

function sameVersion(version: string, wanted: semver.SemVer): boolean {
  const own = semver.parse(version);
  return own !== null && own.compare(wanted) === 0 && own.build.join('.') === wanted.build.join('.');
}

async function archivedChart(path: string): Promise<Chart> {
  if ((await stat(path)).size > bytesLimit) throw new Error('it is far too large');
  return chartOf(readChartArchive(await readFile(path)));
}

/**
 * The chart whose files these are.
 *
 * @throws Error where its `Chart.yaml` names no chart
 */
export function chartOf(files: ChartFiles): Chart {
  const [document] = parseManifests(textIn(files, 'Chart.yaml')).documents;
  const name = textAt(document?.value, 'name');
  const version = textAt(document?.value, 'version');
  if (name === undefined || version === undefined) throw new Error('its Chart.yaml has no name and version');
  return { name, version, files };
}

export function textIn(files: ChartFiles, path: string): string {
  return Buffer.from(files.get(path) ?? []).toString('utf8');
}

/** Files that no template needs, and that in many repositories are links to one for all charts. */
const idle = /^(?:LICEN[CS]E|README|CHANGELOG|NOTICE|OWNERS|\.helmignore)/i;

/**
 * The chart in a folder.
 *
 * @throws Error where it cannot be read, is far too large, or has a link that leads out of it
 */
export async function folderChart(folder: string): Promise<Chart> {
  const root = await realpath(folder);
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  const take = async (path: string, real: string): Promise<void> => {
    const { size } = await stat(real);
    bytes += size;
    if (files.size >= fileLimit || bytes > bytesLimit) throw new Error('it is far too large');
    files.set(path, await readFile(real));
  };
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) await take(path, join(root, path));
      else if (entry.isSymbolicLink() && !idle.test(path)) await take(path, await insideLink(root, path));
    }
  };
  // Without this, every folder beside charts would be read to its ground.
  await stat(join(root, 'Chart.yaml'));
  await visit('');
  return chartOf(files);
}

async function insideLink(root: string, path: string): Promise<string> {
  const real = await realpath(join(root, path));
  const [first] = relative(root, real).split(sep);
  if (first === '..' || !(await stat(real)).isFile())
    throw new Error(`the link ${path} leads out of it, or to a folder`);
  return real;
}
