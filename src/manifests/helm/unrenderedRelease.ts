import type { Unknown } from '../sourcedObject.ts';
import { type ChartWanted, type Dependency, isNamed } from './chartReference.ts';
import type { Gap, Release } from './release.ts';

/** What is not known of a release, and the commands that would make it known. */
export function unrendered(release: Release, gaps: readonly Gap[]): Omit<Unknown, 'object'> {
  const { ref, chart } = release;
  const repository = `What ${ref.kind} ${ref.namespace ?? 'default'}/${ref.name} makes of ${nameOf(chart)}`;
  const [first] = gaps;
  if (first === undefined)
    return { sentence: `${repository} is not rendered`, remedy: renderingRemedy(chart) };
  const sentence = `${repository} is not known: ${gaps.map(({ why }) => why).join('; ')}`;
  return { sentence, remedy: first.remedy ?? renderingRemedy(chart) };
}

/** The chart as sentences name it: `chart app-template 4.1.1 of oci://…`. */
export function nameOf({ name, version, origin }: ChartWanted): string {
  const place =
    origin.kind === 'elsewhere'
      ? origin.name
      : origin.kind === 'git' && origin.own !== undefined
        ? `folder ${origin.folder}`
        : origin.url;
  return [
    'chart',
    name ?? '(not named)',
    ...(version === undefined ? [] : [version]),
    ...(place === undefined ? [] : ['of', place]),
  ].join(' ');
}

/** For each command that judges. */
const again = 'this again with --render';

/** What makes a chart known: in the repository, by `--render`; elsewhere, after it was fetched. */
export function renderingRemedy(chart: ChartWanted): string {
  const { origin } = chart;
  if (origin.kind === 'git' && origin.own !== undefined) return `Run ${again}`;
  const then = `${again} --charts charts`;
  const pull = pullCommand(chart);
  if (pull !== undefined) return `Run ${pull}, then ${then}`;
  if (chart.name === undefined) return 'Put the source that names the chart among the objects';
  const from = origin.kind === 'git' && origin.url !== undefined ? ` of ${origin.url}` : '';
  return `Put the chart ${chart.name}${from} into a folder charts, then run ${then}`;
}

/** The same for a dependency that a chart does not carry. */
export function dependencyRemedy(dependency: Dependency): string {
  const { name, version, repository } = dependency;
  const origin: ChartWanted['origin'] = repository.startsWith('oci://')
    ? { kind: 'registry', url: `${repository.replace(/\/+$/, '')}/${name}` }
    : { kind: 'repository', ...(/^https?:/.test(repository) ? { url: repository } : {}) };
  return renderingRemedy({ name, version, origin });
}

/** The command of helm that fetches a chart; nothing where it is not known whence. */
function pullCommand(chart: ChartWanted): string | undefined {
  const { name, version, origin } = chart;
  if (!isNamed(chart) || name === undefined) return undefined;
  if ((origin.kind !== 'repository' && origin.kind !== 'registry') || origin.url === undefined)
    return undefined;
  const which = version === undefined ? '' : ` --version ${word(version)}`;
  return origin.kind === 'registry'
    ? `helm pull ${word(origin.url)}${which} -d charts`
    : `helm pull ${word(name)} --repo ${word(origin.url)}${which} -d charts`;
}

/** One word of a shell, whatever a stranger's repository writes: the command is there to be copied. */
function word(text: string): string {
  const plain = text.replaceAll(/[\u0000-\u001f\u007f]/g, '');
  const safe = plain.startsWith('-') ? `./${plain}` : plain;
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}
