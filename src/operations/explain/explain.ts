import { closest } from 'fastest-levenshtein';
import { clusterSchema } from '../../components/catalogue.ts';
import type { Visibility } from '../../config/field.ts';
import { type Field, fieldsAt, fieldsOf, notedAt, visibilityAt } from '../../config/fields.ts';
import { defined } from '../../kubernetes/defined.ts';
import { codes, type ProblemCode } from '../../problems/codes.ts';

/** The explanation of one field. */
export interface ExplainedField {
  path: string;
  description: string;
  visibility?: Visibility;
  substitution?: string;
  source?: string;
  type: string;
  default?: unknown;
  example?: unknown;
  /** The forms of the section that have the field, unless all do. */
  only?: readonly string[];
}

export type Explanation =
  | { kind: 'code'; code: ProblemCode; means: string; exit: number }
  | { kind: 'field'; field: ExplainedField; below: readonly ExplainedField[] }
  | { kind: 'unknown'; subject: string; near: string | undefined };

/** Explains a field or a problem code. The empty subject is the whole configuration. */
export function explanationOf(repository: string): Explanation {
  if (Object.hasOwn(codes, repository)) {
    const code = repository as ProblemCode;
    return { kind: 'code', code, ...codes[code] };
  }
  const root = fieldsOf(clusterSchema);
  const path =
    repository === '' ? [] : repository.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const alternatives = fieldsAt(root, path);
  const [first] = alternatives;
  if (first === undefined) {
    const names = [...allPaths(root, ''), ...Object.keys(codes)];
    return {
      kind: 'unknown',
      subject: repository,
      near: names.length > 0 ? closest(repository, names) : undefined,
    };
  }
  const forms = alternatives.flatMap(unfolded);
  const names = new Set(forms.flatMap((form) => Object.keys(childrenOf(form))));
  const below = [...names].map((name) => explainedChild(root, [...path, name], name, forms));
  return { kind: 'field', field: explained(root, path, first), below };
}

function explained(root: Field, path: readonly (string | number)[], field: Field): ExplainedField {
  const visibility = visibilityAt(root, path);
  const substitution = notedAt(root, path, 'substitution');
  const source = notedAt(root, path, 'source');
  const [example] = field.examples ?? [];
  return defined({
    path: path.join('.'),
    description: field.description ?? '',
    type: typeOf(field),
    visibility,
    substitution,
    source,
    default: typeof field.default === 'object' ? undefined : field.default,
    example,
  });
}

/** A field of a section that may have several forms. It may belong to some forms only, or select the form. */
function explainedChild(
  root: Field,
  path: readonly (string | number)[],
  name: string,
  forms: readonly Field[],
): ExplainedField {
  const having = forms.filter((form) => Object.hasOwn(childrenOf(form), name));
  const children = having.map((form): Field => childrenOf(form)[name] ?? {});
  const child = explained(root, path, children[0] ?? {});
  // Several forms may have one choice: a route of each protocol has the same logins.
  const choices = new Map(
    children.flatMap(({ const: choice, description = '' }) =>
      choice === undefined ? [] : [[String(choice), description] as const],
    ),
  );
  if (forms.length > 1 && children.length === forms.length && children.every(isChoice)) {
    return {
      ...child,
      type: [...choices.keys()].join(' | '),
      description: [...choices].map(([choice, description]) => `${choice}: ${description}`).join(' '),
    };
  }
  const only = having.length === forms.length ? [] : [...new Set(having.flatMap(choiceOf))];
  return { ...child, ...(only.length > 0 ? { only } : {}) };
}

function isChoice({ const: choice }: Field): boolean {
  return choice !== undefined;
}

/** The field that selects a form of a section, such as `kind: nfs`. */
function choiceOf(form: Field): string[] {
  return Object.entries(form.properties ?? {}).flatMap(([name, { const: choice }]) =>
    choice === undefined ? [] : [`${name}: ${String(choice)}`],
  );
}

function typeOf(field: Field): string {
  const options = unfolded(field);
  if (options.length > 1) return `one of ${options.length} forms`;
  const choices = field.enum ?? (field.const === undefined ? undefined : [field.const]);
  if (choices) return choices.map(String).join(' | ');
  if (field.type === 'array') return 'a list';
  if (field.type === 'object') return field.properties ? 'a section' : 'a map by name';
  return (
    { string: 'text', integer: 'a whole number', number: 'a number', boolean: 'true or false' }[
      field.type ?? ''
    ] ?? 'a value'
  );
}

function unfolded(field: Field): Field[] {
  const options = field.anyOf ?? field.oneOf;
  return options ? options.flatMap(unfolded) : [field];
}

function childrenOf(field: Field): Record<string, Field> {
  const entries = field.additionalProperties ? { '<name>': field.additionalProperties } : {};
  return { ...(field.properties ?? {}), ...entries };
}

function allPaths(field: Field, prefix: string): string[] {
  return unfolded(field).flatMap((option) =>
    Object.entries(option.properties ?? {}).flatMap(([name, child]) => {
      const path = prefix === '' ? name : `${prefix}.${name}`;
      return [path, ...allPaths(child, path)];
    }),
  );
}
