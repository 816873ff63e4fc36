import { type Fields, fieldsAt, isFields, listAt, textAt } from '../fields.ts';
import { dnsLabel, dnsSubdomain, labelKey, labelValue, type NameRule } from '../names.ts';
import { checkName, checkNameIn, type Path, type Report } from './report.ts';

/** `path.IsValidPathSegmentName` of k8s.io/apimachinery: what every name must be. */
const pathSegment: NameRule = {
  holds: (value) => value !== '.' && value !== '..' && !/[/%]/.test(value),
  expected: 'a name without "/" and "%"',
};

const cronJobName: NameRule = {
  holds: (value) => value.length <= 52 && dnsSubdomain.holds(value),
  expected: 'at most 52 lower-case letters, digits, hyphens and dots',
};

/** The rule for names of a kind: k8s.io/kubernetes 1.36, `pkg/apis/<group>/validation`. */
const namesByKind: Readonly<Record<string, NameRule>> = {
  '/Namespace': dnsLabel,
  // Since Kubernetes 1.36 the name may start with a digit.
  '/Service': dnsLabel,
  'apps/StatefulSet': dnsLabel,
  'batch/CronJob': cronJobName,
};

/** Groups of Kubernetes whose names need not be DNS names. */
const freeNames = new Set(['rbac.authorization.k8s.io', 'apiregistration.k8s.io', 'certificates.k8s.io']);

/** The rule for the name of an object. Custom resources have DNS subdomains, as most kinds of Kubernetes. */
export function nameRule(group: string, kind: string): NameRule {
  return namesByKind[`${group}/${kind}`] ?? (freeNames.has(group) ? pathSegment : dnsSubdomain);
}

/** The size of all annotations of an object: `TotalAnnotationSizeLimitB` of k8s.io/apimachinery. */
const annotationBytes = 256 * 1024;

/**
 * What holds for the metadata of every object: `ValidateObjectMeta` of k8s.io/apimachinery 1.36,
 * `pkg/api/validation/objectmeta.go`.
 */
export function checkMetadata(metadata: Fields, rule: NameRule, path: Path, report: Report): void {
  if (metadata['name'] !== '') checkNameIn(metadata, 'name', rule, path, report);
  if (metadata['namespace'] !== '') checkNameIn(metadata, 'namespace', dnsLabel, path, report);
  checkLabels(metadata['labels'], [...path, 'labels'], report);
  checkAnnotations(metadata['annotations'], [...path, 'annotations'], report);
  listAt(metadata, 'finalizers').forEach((finalizer, index) => {
    checkName(finalizer, labelKey, [...path, 'finalizers', index], report);
  });
  for (const [index, owner] of listAt(metadata, 'ownerReferences').entries()) {
    for (const field of ['apiVersion', 'kind', 'name', 'uid']) {
      if (textAt(owner, field) === '')
        report([...path, 'ownerReferences', index, field], 'the field is empty', 'a value');
    }
  }
}

/** Labels, also those that a selector asks for. */
export function checkLabels(labels: unknown, path: Path, report: Report): void {
  if (!isFields(labels)) return;
  for (const key of Object.keys(labels)) {
    if (!labelKey.holds(key)) checkName(key, labelKey, [...path, key], report);
    checkNameIn(labels, key, labelValue, path, report);
  }
}

export function checkAnnotations(annotations: unknown, path: Path, report: Report): void {
  if (!isFields(annotations)) return;
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const name = key.toLowerCase();
    if (!labelKey.holds(name)) checkName(name, labelKey, [...path, key], report);
    size += Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  }
  if (size > annotationBytes)
    report(path, 'the annotations are too large', `at most ${annotationBytes} bytes`);
}

/**
 * A label selector: `ValidateLabelSelector` of k8s.io/apimachinery 1.36, `pkg/apis/meta/v1/validation/validation.go`.
 */
export function checkSelector(selector: unknown, path: Path, report: Report): void {
  if (!isFields(selector)) return;
  checkLabels(selector['matchLabels'], [...path, 'matchLabels'], report);
  listAt(selector, 'matchExpressions').forEach((expression, index) => {
    if (!isFields(expression)) return;
    const at = [...path, 'matchExpressions', index];
    checkNameIn(expression, 'key', labelKey, at, report);
    const values = listAt(expression, 'values');
    const operator = expression['operator'];
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
      report(at, `${operator} has no values`, 'at least one value', 'missing-field');
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
      report([...at, 'values'], `${operator} takes no values`, 'no values');
    values.forEach((value, position) => {
      checkName(value, labelValue, [...at, 'values', position], report);
    });
  });
}

/** Whether a selector of labels matches labels that are all known. */
export function selectorMatches(selector: Fields, labels: Fields): boolean {
  const wanted = Object.entries(fieldsAt(selector, 'matchLabels'));
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    listAt(selector, 'matchExpressions').every((expression) => {
      const key = textAt(expression, 'key') ?? '';
      const isThere = Object.hasOwn(labels, key);
      const isListed = listAt(expression, 'values').includes(labels[key]);
      switch (textAt(expression, 'operator')) {
        case 'In':
          return isThere && isListed;
        case 'NotIn':
          return !isThere || !isListed;
        case 'Exists':
          return isThere;
        default:
          return !isThere;
      }
    })
  );
}
