import { defined } from '../../kubernetes/defined.ts';
import { isFields, isTemplate, textMapAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Unmodelled } from '../model/unmodelled.ts';
import { podTemplateOf } from '../model/workload.ts';
import { type MarkReading, markRules } from './markRules.ts';
import { readingOf } from './registry.ts';

const readings: ReadonlyMap<string, MarkReading> = new Map(
  markRules.flatMap(({ keys, reading }) => keys.map((key) => [key, reading] as const)),
);

/**
 * How a label or an annotation is read: by its key, or by the nearest domain. Undefined for a domain that is not known.
 * A key without a domain belongs to the user, and no controller reads it (Kubernetes, labels and selectors).
 */
export function markReadingOf(key: string): MarkReading | undefined {
  const exact = readings.get(key);
  if (exact !== undefined) return exact;
  const domain = domainOf(key);
  if (domain === undefined) return ofUser;
  const parts = domain.split('.');
  for (let from = 0; from < parts.length; from++) {
    const found = readings.get(`${parts.slice(from).join('.')}/`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const ofUser: MarkReading = {
  state: 'harmless',
  why: 'It has no domain, so it belongs to the user',
  source: 'Kubernetes, labels and selectors',
};

function domainOf(key: string): string | undefined {
  const slash = key.indexOf('/');
  return slash < 0 ? undefined : key.slice(0, slash);
}

/** What the labels and annotations of objects may bring, and the domains of which nothing is known. */
export interface Marks {
  unmodelled: readonly Unmodelled[];
  unknownDomains: readonly string[];
}

/**
 * Reads the labels and annotations of Services, pods, Namespaces, Gateways and routes, and those that an object gives to
 * the pods and Services that its controller makes.
 */
export function readMarks(objects: readonly SourcedObject[]): Marks {
  const known = new Map<string, MarkReading | undefined>();
  const domains = new Set<string>();
  const unmodelled = objects.flatMap((source) =>
    marksOf(source).flatMap(({ kind, key, value, pods }): readonly Unmodelled[] => {
      if (!known.has(key)) known.set(key, markReadingOf(key));
      const reading = known.get(key);
      const domain = domainOf(key);
      if (reading === undefined) domains.add(domain ?? key);
      if (reading?.state !== 'unknown' || (reading.off?.test(value) === true && !isTemplate(value)))
        return [];
      return [unread(source, kind, key, reading, pods)];
    }),
  );
  return { unmodelled, unknownDomains: [...domains].toSorted() };
}

interface Mark {
  kind: 'label' | 'annotation';
  key: string;
  value: string;
  /** The labels of the pods that have it, if not every pod of the namespace. */
  pods?: Readonly<Record<string, string>>;
}

const markedKinds = new Set([
  '/Service',
  '/Namespace',
  'gateway.networking.k8s.io/Gateway',
  'gateway.networking.k8s.io/ListenerSet',
  'gateway.networking.k8s.io/HTTPRoute',
  'gateway.networking.k8s.io/GRPCRoute',
  'gateway.networking.k8s.io/TLSRoute',
  'gateway.networking.k8s.io/TCPRoute',
  'gateway.networking.k8s.io/UDPRoute',
]);

function marksOf({ object }: SourcedObject): readonly Mark[] {
  const template = podTemplateOf(object);
  if (template !== undefined) {
    const labels = Object.fromEntries(textMapAt(template, 'metadata', 'labels'));
    return marksAt(template, 'metadata').map((mark) => ({ ...mark, pods: labels }));
  }
  const reading = readingOf(groupOf(object), object.kind);
  // What a chart makes is unknown, or is among the objects with its own marks.
  const isChart = object.kind === 'HelmRelease' || object.kind === 'HelmChart';
  if (reading?.state === 'modelled' && reading.by === 'controllers' && !isChart)
    return [...marksAt(object, 'metadata'), ...marksWithin(object['spec'])];
  if (!markedKinds.has(`${groupOf(object)}/${object.kind}`)) return [];
  const own = marksAt(object, 'metadata');
  return object.kind === 'Gateway' ? [...own, ...marksAt(object, 'spec', 'infrastructure')] : own;
}

/**
 * The labels and annotations that an object writes anywhere for what its controller makes: in a template, such as
 * `serviceTemplate.metadata.annotations`, or in a field of its own, such as `serviceAnnotations`.
 */
function marksWithin(value: unknown): readonly Mark[] {
  if (Array.isArray(value)) return value.flatMap(marksWithin);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly Mark[] => {
    const kind = markFieldKind(key);
    if (kind === undefined || !isFields(inner)) return marksWithin(inner);
    return [...textMapAt(inner)].map(([name, text]) => ({ kind, key: name, value: text }));
  });
}

function markFieldKind(field: string): Mark['kind'] | undefined {
  if (/annotations$/i.test(field)) return 'annotation';
  return /labels$/i.test(field) && field !== 'matchLabels' ? 'label' : undefined;
}

function marksAt(value: unknown, ...path: readonly string[]): readonly Mark[] {
  const at = (kind: Mark['kind'], part: string) =>
    [...textMapAt(value, ...path, part)].map(([key, text]): Mark => ({ kind, key, value: text }));
  return [...at('label', 'labels'), ...at('annotation', 'annotations')];
}

function unread(
  source: SourcedObject,
  kind: Mark['kind'],
  key: string,
  { effects, does }: Extract<MarkReading, { state: 'unknown' }>,
  pods: Mark['pods'],
): Unmodelled {
  const { object } = source;
  const ref = refOf(source);
  return defined({
    object: ref,
    effects,
    namespace: object.kind === 'Namespace' ? object.metadata.name : namespaceOf(object),
    rule: `${kind} ${key}`,
    sentence: `The ${kind} ${key} of ${describeObject(ref)} ${does}, which is not read`,
    remedy: `Remove the ${kind}, or check by hand who connects`,
    pods,
    // On another network than that of the cluster no policy holds.
    unpoliced: effects.includes('hostPorts') ? (true as const) : undefined,
  });
}
