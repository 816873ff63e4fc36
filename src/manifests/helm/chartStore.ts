import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import semver from 'semver';
import { textAt } from '../../kubernetes/fields.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import { type ChartFiles, readChartArchive } from './chartArchive.ts';

/** A chart that is available locally. */
export interface Chart {
  name: string;
  version: string;
  files: ChartFiles;
}

/** A chart that exists and cannot be used, with the reason. */
export interface BrokenChart {
  broken: string;
}

/** A file or directory that may be a chart, and is read when it is needed. */
interface Candidate {
  read: () => Promise<Chart | BrokenChart>;
  label: string;
}

/** The charts of some directories. */
export interface ChartStore {
  candidates: readonly Candidate[];
}

const fileLimit = 20_000;
const bytesLimit = 64 * 1024 * 1024;

/**
 * Lists the charts of directories: archives `NAME-VERSION.tgz`, and directories with a `Chart.yaml`, one level deep.
 * A chart is read when it is first needed, and only once.
 *
 * @throws the file system error if a directory cannot be listed
 */
export async function openChartStore(directories: readonly string[]): Promise<ChartStore> {
  const candidates: Candidate[] = [];
  for (const directory of directories) {
    for (const entry of (await readdir(directory, { withFileTypes: true })).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(directory, entry.name);
      if (/\.(?:tgz|tar\.gz)$/.test(entry.name))
        candidates.push(candidate(entry.name, () => archivedChart(path)));
      else if (!entry.isFile()) candidates.push(candidate(entry.name, () => directoryChart(path)));
    }
  }
  return { candidates };
}

function candidate(label: string, read: () => Promise<Chart>): Candidate {
  let found: Promise<Chart | BrokenChart> | undefined;
  return {
    label,
    read: () => {
      found ??= read().catch(brokenChartFrom);
      return found;
    },
  };
}

/** Why a chart cannot be read, without a path of this machine. */
export function brokenChartFrom(error: unknown): BrokenChart {
  const isSystemError = !(error instanceof Error) || 'code' in error;
  return { broken: isSystemError ? 'it cannot be read' : error.message };
}

/** A chart that matches a name and a version. */
export interface FoundChart {
  chart: Chart;
  /** The requested version is a range or missing, so the cluster may have another one. */
  isFromRange: boolean;
}

/**
 * Finds a chart by name and version, or the newest version in a range. Ranges have the syntax of node's semver. It
 * differs from Flux's for `!=` and pre-releases: such a range matches nothing.
 *
 * @returns undefined if no chart matches, and the broken chart if the only one with the name cannot be read
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
  return matchingChart(charts, version) ?? broken;
}

function matchingChart(charts: readonly Chart[], version: string | undefined): FoundChart | undefined {
  const exact = version === undefined ? null : semver.parse(version);
  if (exact !== null) {
    const chart = charts.find((each) => sameVersion(each.version, exact));
    return chart === undefined ? undefined : { chart, isFromRange: false };
  }
  const range = version === undefined ? '*' : version.replaceAll(',', ' ');
  const fitting = charts.filter((chart) => semver.satisfies(chart.version, range));
  const [newest] = fitting.toSorted((a, b) => semver.rcompare(a.version, b.version));
  return newest === undefined ? undefined : { chart: newest, isFromRange: true };
}

function sameVersion(version: string, wanted: semver.SemVer): boolean {
  const own = semver.parse(version);
  return own !== null && own.compare(wanted) === 0 && own.build.join('.') === wanted.build.join('.');
}

async function archivedChart(path: string): Promise<Chart> {
  if ((await stat(path)).size > bytesLimit) throw new Error('it is too large');
  return chartFrom(readChartArchive(await readFile(path)));
}

/**
 * The chart with these files.
 *
 * @throws Error if its `Chart.yaml` has no name and version
 */
export function chartFrom(files: ChartFiles): Chart {
  const [document] = parseManifests(textIn(files, 'Chart.yaml')).documents;
  const name = textAt(document?.value, 'name');
  const version = textAt(document?.value, 'version');
  if (name === undefined || version === undefined) throw new Error('its Chart.yaml has no name and version');
  return { name, version, files };
}

export function textIn(files: ChartFiles, path: string): string {
  return Buffer.from(files.get(path) ?? []).toString('utf8');
}

/** Files that no template needs. In many repositories they are links to one file for all charts. */
const ignoredFiles = /^(?:LICEN[CS]E|README|CHANGELOG|NOTICE|OWNERS|\.helmignore)/i;

/**
 * Reads the chart in a directory.
 *
 * @throws Error if it cannot be read, is too large, or has a link that leads out of it
 */
export async function directoryChart(directory: string): Promise<Chart> {
  const root = await realpath(directory);
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  const take = async (path: string, real: string): Promise<void> => {
    const { size } = await stat(real);
    bytes += size;
    if (files.size >= fileLimit || bytes > bytesLimit) throw new Error('it is too large');
    files.set(path, await readFile(real));
  };
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) await take(path, join(root, path));
      else if (entry.isSymbolicLink() && !ignoredFiles.test(path))
        await take(path, await insideLink(root, path));
    }
  };
  // Otherwise every directory next to charts would be read completely.
  await stat(join(root, 'Chart.yaml'));
  await visit('');
  return chartFrom(files);
}

async function insideLink(root: string, path: string): Promise<string> {
  const real = await realpath(join(root, path));
  const [first] = relative(root, real).split(sep);
  if (first === '..' || !(await stat(real)).isFile())
    throw new Error(`the link ${path} leads out of it, or to a directory`);
  return real;
}
