import type { ChartReference } from './chartReference.ts';

/** A chart as messages name it: `chart app-template 4.1.1 of oci://…`. */
export function chartName({ name, version, source }: ChartReference): string {
  const location =
    source.kind === 'elsewhere'
      ? source.name
      : source.kind === 'git' && source.own !== undefined
        ? `directory ${source.directory}`
        : source.url;
  return [
    'chart',
    name ?? '(not named)',
    ...(version === undefined ? [] : [version]),
    ...(location === undefined ? [] : ['of', location]),
  ].join(' ');
}
