import {
  type Fields,
  isFields,
  isTemplate,
  mapsAt,
  textAt,
  textMapAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { and, not, type Truth } from './truth.ts';

/** The labels of a pod or a namespace as far as they are known. */
export interface Labels {
  known: ReadonlyMap<string, string>;
  /** Keys that are there with a value that is not known; `every` where any key may or may not be there. */
  uncertain: ReadonlySet<string> | 'every';
  /** For uncertain keys that are certainly there: values that they certainly do not have. */
  excluded?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The label by which Kubernetes gives each namespace its name. */
export const nameLabel = 'kubernetes.io/metadata.name';

const noKeys: ReadonlySet<string> = new Set();

export function knownLabels(labels: ReadonlyMap<string, string>, uncertain = noKeys): Labels {
  return { known: labels, uncertain };
}

/** Labels of which nothing is known. */
export const unknownLabels: Labels = { known: new Map(), uncertain: 'every' };

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

export interface Requirement {
  key: string;
  /** Nothing where the operator is none that Kubernetes knows: the answer is then `maybe`. */
  operator: Operator | undefined;
  values: readonly string[];
}

/** A LabelSelector (apimachinery meta/v1) as its requirements, all of which must hold; none selects all. */
export interface Selector {
  requirements: readonly Requirement[];
}

const operators: readonly Operator[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Reads a LabelSelector. A missing one reads as the empty one, which selects all; the caller decides where it selects none. */
export function parseSelector(value: unknown): Selector {
  const requirements: Requirement[] = [];
  for (const [key, label] of textMapAt(value, 'matchLabels')) {
    requirements.push({ key, operator: 'In', values: [label] });
  }
  for (const expression of mapsAt(value, 'matchExpressions')) {
    const key = textAt(expression, 'key');
    const name = textAt(expression, 'operator');
    const operator = operators.find((candidate) => candidate === name);
    requirements.push({ key: key ?? '', operator, values: textsAt(expression, 'values') });
  }
  if (isMalformed(value)) requirements.push({ key: '', operator: undefined, values: [] });
  return { requirements };
}

/** Reads the plain map of a Service's selector. */
export function parseEqualities(value: Fields): Selector {
  return parseSelector({ matchLabels: value });
}

/** A field of another type than the API's is not an empty selector. */
function isMalformed(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (!isFields(value)) return true;
  const labels = valueAt(value, 'matchLabels') ?? {};
  const expressions = valueAt(value, 'matchExpressions') ?? [];
  if (!isFields(labels) || !Array.isArray(expressions)) return true;
  return Object.values(labels).some((label) => typeof label !== 'string') || !expressions.every(isFields);
}

/** Whether the selector selects what carries the labels. */
export function matches(selector: Selector, labels: Labels): Truth {
  return and(...selector.requirements.map((requirement) => meets(requirement, labels)));
}

function meets(requirement: Requirement, labels: Labels): Truth {
  switch (requirement.operator) {
    case 'In':
      return hasValue(requirement, labels);
    case 'NotIn':
      return not(hasValue(requirement, labels));
    case 'Exists':
      return exists(requirement.key, labels);
    case 'DoesNotExist':
      return not(exists(requirement.key, labels));
    case undefined:
      return 'maybe';
  }
}

function exists(key: string, labels: Labels): Truth {
  if (labels.known.has(key) || labels.excluded?.has(key) === true) return 'yes';
  if (labels.uncertain === 'every') return 'maybe';
  return labels.uncertain.has(key) ? 'yes' : 'no';
}

function hasValue({ key, values }: Requirement, labels: Labels): Truth {
  const label = labels.known.get(key);
  if (label !== undefined) {
    if (values.includes(label)) return 'yes';
    return isTemplate(label) || values.some(isTemplate) ? 'maybe' : 'no';
  }
  const excluded = labels.excluded?.get(key);
  if (excluded !== undefined) return values.every((value) => excluded.has(value)) ? 'no' : 'maybe';
  if (labels.uncertain === 'every' || labels.uncertain.has(key)) return values.length === 0 ? 'no' : 'maybe';
  return 'no';
}
