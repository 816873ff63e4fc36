import { catalogue, clusterSchema } from '../../components/catalogue.ts';
import { type Field, fieldsAt, fieldsOf, isPrivateField, notedAt } from '../../config/fields.ts';
import { defined } from '../../kubernetes/defined.ts';
import { type Path, written } from '../../kubernetes/path.ts';
import type { Problem } from '../../problems/problem.ts';
import type { StatusItem } from './item.ts';

const editCommand = 'gatehouse secrets edit';

/**
 * The values that a configuration misses, each with where to get it: private ones, and those of `cluster.yaml`.
 *
 * @returns undefined where something else is wrong, too
 */
export function missingValues(problems: readonly Problem[]): StatusItem[] | undefined {
  const fields = fieldsOf(clusterSchema);
  const missing = problems.flatMap((problem) => {
    const { code, field } = problem;
    return code === 'missing-field' && field !== undefined ? [{ path: fieldSteps(field), problem }] : [];
  });
  if (missing.length === 0 || missing.length < problems.length) return undefined;
  const values = missing.flatMap(({ path, problem }) =>
    leavesBelow(fields, path).map((leaf) => ({
      path: leaf,
      source: sourceOf(fields, leaf, problem),
      // "set" takes one text, and generates nothing.
      isSettable: !isGenerated(problem) && !isInList(problem),
      isPrivate: isPrivateField(fields, leaf),
    })),
  );
  return values.map(({ path, source, isSettable, isPrivate }) => {
    const field = written(path);
    const description = fieldsAt(fields, path)[0]?.description?.replace(/\.$/, '');
    return defined({
      id: `value-${field.replaceAll(/[^A-Za-z0-9]+/g, '-').toLowerCase()}`,
      missing: description === undefined ? `a value for ${field}` : `${field}: ${description}`,
      source: isPrivate ? source : `${source}. It is a field of cluster.yaml`,
      minutes: 2,
      priority: 'high' as const,
      field,
      component: componentOf(path),
      command: isPrivate ? (isSettable ? `gatehouse secrets set ${field}` : editCommand) : undefined,
    });
  });
}

/** The component that reads a field; for the settings of the cluster, the one that brings everything else. */
function componentOf([section]: Path): string {
  const own = catalogue.find((component) => component.section === section);
  return own?.name ?? (section === 'repository' || section === 'secrets' ? 'flux' : 'cluster');
}

/** The steps of a written path: `a.b[0].c`. A list whose first value is missing is missing as a whole. */
export function fieldSteps(field: string): Path {
  return field
    .replace(/\[\d+\]$/, '')
    .split(/\.|(?=\[)/)
    .map((step) => (step.startsWith('[') ? Number(step.slice(1, -1)) : step));
}

/** What a missing map must hold at least; a value that is missing itself. */
function leavesBelow(fields: Field, path: Path): Path[] {
  const required = [...new Set(fieldsAt(fields, path).flatMap((field) => field.required ?? []))];
  return required.length === 0 ? [path] : required.flatMap((name) => leavesBelow(fields, [...path, name]));
}

function sourceOf(fields: Field, path: Path, problem: Problem): string {
  // A generated value comes from nowhere: the remedy says what generates it.
  if (problem.remedy !== undefined && isGenerated(problem)) return problem.remedy;
  const source = notedAt(fields, path, 'source');
  if (source !== undefined) return source;
  const [example] = notedAt(fields, path, 'examples') ?? [];
  if (example === undefined) return problem.remedy ?? 'your own value';
  return `your own value, such as ${typeof example === 'string' ? example : JSON.stringify(example)}`;
}

function isInList({ field = '' }: Problem): boolean {
  return /\[\d+\]$/.test(field);
}

function isGenerated({ remedy }: Problem): boolean {
  return remedy?.includes(editCommand) === true;
}
