import { shellWord } from '../../system/shellWord.ts';
import type { Unknown } from '../sourcedObject.ts';
import { chartName } from './chartName.ts';
import { type ChartReference, type ChartSource, type Dependency, isResolved } from './chartReference.ts';
import type { Release, UnknownCause } from './release.ts';

/** What is unknown about a release, and the command that makes it known. */
export function unrenderedRelease(
  { ref, chart }: Release,
  unknowns: readonly UnknownCause[],
): Omit<Unknown, 'object'> {
  const subject = `What ${ref.kind} ${ref.namespace ?? 'default'}/${ref.name} makes of ${chartName(chart)}`;
  const [first] = unknowns;
  if (first === undefined) return { sentence: `${subject} is not rendered`, remedy: renderingRemedy(chart) };
  const sentence = `${subject} is unknown: ${unknowns.map(({ cause }) => cause).join('; ')}`;
  return { sentence, remedy: first.remedy ?? renderingRemedy(chart) };
}

/** The remedy does not name the command, since several commands check a repository. */
const again = 'this again with --render';

/** How to make a chart known: with `--render` if it is in the repository, otherwise fetch it first. */
export function renderingRemedy(chart: ChartReference): string {
  const { source } = chart;
  if (source.kind === 'git' && source.own !== undefined) return `Run ${again}`;
  const then = `${again} --charts charts`;
  const pull = pullCommand(chart);
  if (pull !== undefined) return `Run ${pull}, then ${then}`;
  if (chart.name === undefined) return 'Add the source of the chart to the objects';
  const from = source.kind === 'git' && source.url !== undefined ? ` of ${source.url}` : '';
  return `Put the chart ${chart.name}${from} into a directory charts, then run ${then}`;
}

/** How to make a dependency known that its chart does not contain. */
export function dependencyRemedy({ name, version, repository }: Dependency): string {
  const source: ChartSource = repository.startsWith('oci://')
    ? { kind: 'registry', url: `${repository.replace(/\/+$/, '')}/${name}` }
    : { kind: 'repository', url: /^https?:/.test(repository) ? repository : undefined };
  return renderingRemedy({ name, version, source });
}

/** The command of helm that fetches a chart; undefined if its source is unknown. */
function pullCommand(chart: ChartReference): string | undefined {
  const { name, version, source } = chart;
  if (!isResolved(chart) || name === undefined) return undefined;
  if ((source.kind !== 'repository' && source.kind !== 'registry') || source.url === undefined)
    return undefined;
  const flags = `${version === undefined ? '' : ` --version ${copiedWord(version)}`} -d charts`;
  return source.kind === 'registry'
    ? `helm pull ${copiedWord(source.url)}${flags}`
    : `helm pull ${copiedWord(name)} --repo ${copiedWord(source.url)}${flags}`;
}

/** A word of a command that users copy. A third-party repository wrote it: it is no option, and has no control characters. */
function copiedWord(text: string): string {
  const plain = text.replaceAll(/[\u0000-\u001f\u007f]/g, '');
  return shellWord(plain.startsWith('-') ? `./${plain}` : plain);
}
