import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import { prepare } from '../../src/operations/configure/configure.ts';
import { noProgress } from '../../src/operations/progress.ts';
import type { Assumptions } from '../../src/reachability/model/analysis.ts';
import { type ConfigData, exampleDirectory } from '../testDirectory.ts';

/** The objects that the example home compiles to, read back from its files, with its assumptions. */
export async function compiledHome(): Promise<{
  objects: readonly SourcedObject[];
  assumptions: Assumptions;
}> {
  const folder = exampleDirectory();
  try {
    const prepared = await prepare(folder.path, folder.environment, noProgress);
    if (!prepared.ok) throw new Error('the example does not hold');
    const { configuration, repository } = prepared.value;
    return {
      objects: repository.objects,
      assumptions: assumptionsOf(configuration),
    };
  } finally {
    folder[Symbol.dispose]();
  }
}

/** A copy of objects that a test may change. It finds them by kind and name. */
export interface Changing {
  readonly sources: { object: ConfigData; file: string; encrypted?: boolean }[];
  /** The object of a kind and a name. Throws if there is none. */
  get(kind: string, name: string): ConfigData;
  add(...objects: readonly ConfigData[]): void;
  remove(kind: string, name: string, namespace?: string): void;
  /** Replaces a text in one key of a ConfigMap. Throws if it is not there. */
  rewrite(configMap: string, key: string, from: string | RegExp, to: string): void;
}

export function changing(objects: readonly SourcedObject[]): Changing {
  const sources: Changing['sources'] = structuredClone([...objects]);
  const indexOf = (kind: string, name: string, namespace?: string): number => {
    const at = sources.findIndex(
      ({ object: { kind: own, metadata } }) =>
        own === kind &&
        metadata.name === name &&
        (namespace === undefined || metadata.namespace === namespace),
    );
    if (at < 0) throw new Error(`no ${kind} ${name}`);
    return at;
  };
  const get = (kind: string, name: string): ConfigData => sources[indexOf(kind, name)]?.object;
  return {
    ...{ sources, get },
    add: (...added) => {
      for (const object of added) sources.push({ object, file: 'added.yaml' });
    },
    remove: (kind, name, namespace) => {
      sources.splice(indexOf(kind, name, namespace), 1);
    },
    rewrite: (configMap, key, from, to) => {
      const { data } = get('ConfigMap', configMap);
      const changed = String(data[key]).replace(from, () => to);
      if (changed === data[key]) throw new Error(`${String(from)} is not in ${configMap}`);
      data[key] = changed;
    },
  };
}

/** Names that stay: those of the cluster's DNS, and the label of Kubernetes for the name of a namespace. */
const fixed = new Set([
  'kube-system',
  'kube-dns',
  'k8s-app',
  'kubernetes.io/metadata.name',
  'kubernetes.io/hostname',
]);

/** Renames every object, namespace and label consistently. */
export function renamed(
  objects: readonly SourcedObject[],
  nameOf: (old: string) => string,
): readonly SourcedObject[] {
  const other = (text: string): string => (fixed.has(text) ? text : nameOf(text));
  const hosts = new Set(
    objects.flatMap(({ object }) => (object.kind === 'Service' ? [object.metadata.name] : [])),
  );
  const namespaces = new Set(objects.flatMap(({ object }) => object.metadata.namespace ?? []));
  const inText = (text: string): string =>
    text.replace(
      /(?<![\w.@-])([a-z0-9-]+)(?:\.([a-z0-9-]+)(?=[.:/"\s]|$))?(?![\w-])/g,
      (whole, host, namespace) => {
        if (!hosts.has(host)) return whole;
        if (namespace === undefined) return other(host);
        return `${other(host)}.${namespaces.has(namespace) ? other(namespace) : namespace}`;
      },
    );
  const labels = (map: ConfigData): ConfigData =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [other(key), other(String(value))]));
  const named = /^(?:name|namespace|gatewayClassName|secretName|serviceAccountName|claimName)$/;
  const walk = (value: ConfigData, path: readonly string[]): ConfigData => {
    const [key = '', parent = '', above = ''] = path;
    if (Array.isArray(value)) {
      // Requirements of labels
      if (key === 'values' && above === 'matchExpressions') return value.map(other);
      return value.map((item) => walk(item, ['', ...path]));
    }
    if (typeof value === 'object' && value !== null) {
      const isLabels = key === 'matchLabels' || (key === 'labels' && parent === 'metadata');
      if (isLabels || (key === 'selector' && parent === 'spec' && !('matchLabels' in value)))
        return labels(value);
      return Object.fromEntries(
        Object.entries(value).map(([field, item]) => [field, walk(item, [field, ...path])]),
      );
    }
    if (typeof value !== 'string') return value;
    const isReference =
      /^(?:metadata|configMap|secret|configMapKeyRef|secretKeyRef|configMapRef|secretRef|targetRefs|backendRefs|parentRefs)$/;
    if (named.test(key) && (key !== 'name' || isReference.test(parent) || isReference.test(above)))
      return other(value);
    return inText(value);
  };
  return objects.map((source) => ({ ...source, object: walk(source.object, []) }));
}
