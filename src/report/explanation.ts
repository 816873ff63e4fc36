import type { ExplainedField, Explanation } from '../operations/explain/explain.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** The explanation of a field and its children, or of a problem code, as text. */
export function renderExplanation(explanation: Explanation, style: Style): string {
  switch (explanation.kind) {
    case 'code':
      return `${style.strong(explanation.code)}\n\n  ${explanation.means}\n  Exit code: ${explanation.exit}\n`;
    case 'unknown':
      return `"${printable(explanation.subject)}" is neither a field nor a problem code${explanation.near ? `: did you mean ${explanation.near}?` : ''}\n`;
    case 'field': {
      const { field, below } = explanation;
      const width = Math.max(0, ...below.map(({ path }) => lastOf(path).length));
      const rows = below.map(
        (child) =>
          `  ${style.strong(lastOf(child.path).padEnd(width))}  ${child.description}\n  ${' '.repeat(width)}  ${style.faint(notes(child))}`,
      );
      const title = field.path === '' ? 'cluster.yaml and the private values file' : field.path;
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
      ? [visibility === 'public' ? 'public, in cluster.yaml' : `${visibility}, in the private values file`]
      : []),
    ...(substitution ? [`\${${substitution}} in manifests`] : []),
    ...(fallback === undefined ? [] : [`default ${String(fallback)}`]),
    ...(example === undefined || typeof example === 'object' ? [] : [`such as ${String(example)}`]),
    ...(only ? [`only with ${only.join(' or ')}`] : []),
    ...(source ? [source] : []),
  ].join(' · ');
}
