import type { ExplainedField, Explanation } from '../operations/explain/explain.ts';
import type { Style } from './style.ts';

/** A field with what stands below it, or a code, for a person. */
export function renderExplanation(explanation: Explanation, style: Style): string {
  switch (explanation.kind) {
    case 'code':
      return `${style.strong(explanation.code)}\n\n  ${explanation.means}\n  A run that ends with it exits with ${explanation.exit}.\n`;
    case 'unknown':
      return `"${explanation.subject}" is neither a field nor a code${explanation.near ? `: did you mean ${explanation.near}?` : ''}\n`;
    case 'field': {
      const { field, below } = explanation;
      const width = Math.max(0, ...below.map(({ path }) => lastOf(path).length));
      const rows = below.map(
        (child) =>
          `  ${style.strong(lastOf(child.path).padEnd(width))}  ${child.description}\n  ${' '.repeat(width)}  ${style.faint(notes(child))}`,
      );
      const title = field.path === '' ? 'cluster.yaml and its overlay' : field.path;
      return `${[style.strong(title), ...(field.description ? [`  ${field.description}`] : []), ...(field.path ? [`  ${style.faint(notes(field))}`] : []), ...(rows.length > 0 ? ['', ...rows] : [])].join('\n')}\n`;
    }
  }
}

function lastOf(path: string): string {
  return path.split('.').at(-1) ?? '';
}

function notes({
  type,
  visibility,
  substitution,
  source,
  default: fallback,
  example,
  only,
}: ExplainedField): string {
  return [
    type,
    ...(visibility
      ? [visibility === 'public' ? 'public, in cluster.yaml' : `${visibility}, in the overlay`]
      : []),
    ...(substitution ? [`\${${substitution}} in manifests`] : []),
    ...(fallback === undefined ? [] : [`default ${String(fallback)}`]),
    ...(example === undefined || typeof example === 'object' ? [] : [`such as ${String(example)}`]),
    ...(only ? [`only with ${only.join(' or ')}`] : []),
    ...(source ? [source] : []),
  ].join(' · ');
}
