import { fieldsAt, textAt, textMapAt } from '../../kubernetes/fields.ts';
import { compileWholeGoPattern } from '../../kubernetes/goPattern.ts';
import { idOf, originalId, type Resource } from './resource.ts';

const patternFields = ['group', 'version', 'kind', 'name', 'namespace'] as const;
const selectorFields = ['labelSelector', 'annotationSelector'] as const;

/**
 * Compiles the `target` of a patch. Each field is an anchored regular expression. Name and namespace match the original
 * or the current ones. Label and annotation selectors have the syntax of the Kubernetes API.
 *
 * @returns undefined if a field is not supported, or if a pattern is none of Go
 */
export function selectorOf(target: unknown): ((resource: Resource) => boolean) | undefined {
  const fields = fieldsAt({ target }, 'target');
  const known: readonly string[] = [...patternFields, ...selectorFields];
  if (Object.keys(fields).some((key) => !known.includes(key) || typeof fields[key] !== 'string'))
    return undefined;
  const patterns = patternFields.map((field) => patternOf(textAt(fields, field) ?? ''));
  const [labels, annotations] = selectorFields.map((field) => requirementsOf(textAt(fields, field) ?? ''));
  const [group, version, kind, name, namespace] = patterns;
  if (!(group && version && kind && name && namespace && labels && annotations)) return undefined;
  return (resource) => {
    const current = idOf(resource);
    const original = originalId(resource);
    const { object } = resource.source;
    return (
      (namespace(original.namespace) || namespace(current.namespace)) &&
      (name(original.name) || name(current.name)) &&
      group(current.group) &&
      version(current.version) &&
      kind(current.kind) &&
      labels(textMapAt(object, 'metadata', 'labels')) &&
      annotations(textMapAt(object, 'metadata', 'annotations'))
    );
  };
}

/** kustomize anchors the pattern at both ends (kustomize 5.8, `api/types/selector.go`). */
function patternOf(text: string): ((value: string) => boolean) | undefined {
  return text === '' ? () => true : compileWholeGoPattern(text);
}

type Requirement = (values: ReadonlyMap<string, string>) => boolean;

const key = String.raw`[A-Za-z0-9][\w./-]*`;
const word = String.raw`[\w.-]*`;
const requirementForms: readonly [RegExp, (match: readonly string[]) => Requirement][] = [
  [
    new RegExp(`^(${key})$`),
    ([, name = '']) =>
      (values) =>
        values.has(name),
  ],
  [
    new RegExp(`^!\\s*(${key})$`),
    ([, name = '']) =>
      (values) =>
        !values.has(name),
  ],
  [
    new RegExp(`^(${key})\\s*==?\\s*(${word})$`),
    ([, name = '', text]) =>
      (values) =>
        values.get(name) === text,
  ],
  [
    new RegExp(`^(${key})\\s*!=\\s*(${word})$`),
    ([, name = '', text]) =>
      (values) =>
        values.get(name) !== text,
  ],
  [
    new RegExp(`^(${key})\\s+(in|notin)\\s+\\(([^()]*)\\)$`),
    ([, name = '', operator, list = '']) => {
      const texts = list.split(',').map((text) => text.trim());
      return (values) => {
        const value = values.get(name);
        const isIn = value !== undefined && texts.includes(value);
        return operator === 'in' ? isIn : !isIn;
      };
    },
  ],
];

function requirementsOf(selector: string): Requirement | undefined {
  if (selector.trim() === '') return () => true;
  const parts = selector.split(/,(?![^(]*\))/).map((part) => part.trim());
  const requirements = parts.map((part) => {
    for (const [form, read] of requirementForms) {
      const match = form.exec(part);
      if (match !== null) return read(match);
    }
    return undefined;
  });
  if (requirements.includes(undefined)) return undefined;
  return (values) => requirements.every((requirement) => requirement?.(values) === true);
}
