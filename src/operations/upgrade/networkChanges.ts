import { isDeepStrictEqual } from 'node:util';
import { type Fields, mapsAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Effect } from './clusterChange.ts';
import { hasFilesOf } from './configurationReaders.ts';
import { fieldDifferences } from './fieldDifferences.ts';
import { imageOf } from './imageNames.ts';
import { listed, titleOf } from './listed.ts';
import { isNetworkKind, isNetworkPolicy } from './networkKinds.ts';
import { containersOf, podSpecOf, podTemplateOf } from './podTemplate.ts';
import type { TreeIndex } from './treeIndex.ts';

/** What a change of an object does to who reaches what. */
export function networkChanges(
  before: KubernetesObject,
  after: KubernetesObject,
  fields: readonly string[],
  index: TreeIndex,
): Effect[] {
  if (isNetworkKind(after)) return changesOfNetworkKind(before, after, fields);
  if (after.kind === 'Namespace') return changesOfNamespace(fields, index);
  if (after.kind === 'ConfigMap' || after.kind === 'Secret') return changesOfProxies(after, fields, index);
  return changesOfPodLabels(before, after);
}

/** Annotations that no program of the network reads. */
const harmlessMetadata =
  /^metadata\.(?:labels|annotations\["(?:app\.kubernetes\.io|kustomize\.toolkit\.fluxcd\.io|kubectl\.kubernetes\.io|helm\.sh|meta\.helm\.sh)\/)/;

function changesOfNetworkKind(
  before: KubernetesObject,
  after: KubernetesObject,
  all: readonly string[],
): Effect[] {
  const fields = all.filter(
    (field) => field !== 'apiVersion' && !harmlessMetadata.test(field) && !isDescription(after, field),
  );
  if (fields.length === 0) return [];
  const kept =
    after.kind === 'Service' &&
    textAt(before, 'spec', 'clusterIP') === 'None' &&
    valueAt(after, 'spec', 'clusterIP') === undefined
      ? '; the API server keeps clusterIP: None, so that it stays headless'
      : '';
  const effect = isNetworkPolicy(after) ? ': who connects to whom changes' : '';
  return [
    { risk: 'network', certain: true, fields, sentence: `its ${listed(fields)} changes${effect}${kept}` },
  ];
}

function isDescription(object: KubernetesObject, field: string): boolean {
  return isNetworkPolicy(object) && /^(?:metadata\.annotations|spec\.description$)/.test(field);
}

/** Labels of a namespace that policies, routes and admission select by. */
function changesOfNamespace(fields: readonly string[], index: TreeIndex): Effect[] {
  return fields.flatMap((field): Effect[] => {
    const label = /^metadata\.labels(?:\.([\w-]+)|\["(.*)"\])$/.exec(field);
    const name = label?.[1] ?? label?.[2];
    if (name === undefined) return [];
    if (name.startsWith('pod-security.kubernetes.io/')) {
      const isEnforced = /\/enforce(?:-version)?$/.test(name);
      return isEnforced
        ? [
            {
              risk: 'network',
              certain: true,
              fields: [field],
              sentence: `its label ${name} changes: pods that start from then on must be of the new level`,
            },
          ]
        : [];
    }
    if (!isSelected(name, index)) return [];
    return [
      {
        risk: 'network',
        certain: true,
        fields: [field],
        sentence: `its label ${name} changes, by which a policy or a route selects namespaces`,
      },
    ];
  });
}

function isSelected(label: string, index: TreeIndex): boolean {
  const isNamed = (value: unknown): boolean => {
    if (typeof value === 'string') return value === label;
    if (Array.isArray(value)) return value.some(isNamed);
    if (typeof value !== 'object' || value === null) return false;
    return Object.entries(value).some(([key, item]) => key === label || isNamed(item));
  };
  return [...index.byKey.values()].some(({ object }) => isNetworkKind(object) && isNamed(object['spec']));
}

/** Labels of pods are what policies and Services select by. */
function changesOfPodLabels(before: KubernetesObject, after: KubernetesObject): Effect[] {
  const [old, next] = [before, after].map((object) => valueAt(podTemplateOf(object), 'metadata', 'labels'));
  const fields = fieldDifferences(old ?? {}, next ?? {}, 'spec.template.metadata.labels');
  if (fields.length === 0) return [];
  return [
    {
      risk: 'network',
      certain: true,
      fields,
      sentence: `the labels of its pods change (${listed(fields.map((field) => field.replace(/^spec\.template\.metadata\.labels\.?/, '')))}): policies and Services select pods by them`,
    },
  ];
}

/** Programs that decide who passes, by the last part of the names of their images. */
const proxies =
  /^(?:nginx|nginx-unprivileged|openresty|cloudflared|envoy|traefik|haproxy|caddy|coredns|oauth2-proxy|squid|wireguard|tailscale)\b/;

/** The configuration of a proxy or of a tunnel says who passes. */
function changesOfProxies(source: KubernetesObject, fields: readonly string[], index: TreeIndex): Effect[] {
  const changed = fields.filter((field) => /^(?:data|stringData|binaryData)\b/.test(field));
  if (changed.length === 0) return [];
  const readers = (index.byNamespace.get(source.metadata.namespace ?? '') ?? []).filter((object) => {
    const pod = podSpecOf(object);
    const mounts = mapsAt(pod, 'volumes').some((volume) => hasFilesOf(volume, source));
    return mounts && containersOf(pod).some((container) => proxies.test(programOf(container)));
  });
  const first = readers[0];
  if (first === undefined) return [];
  return [
    {
      risk: 'network',
      certain: true,
      fields: changed,
      sentence: `its ${listed(changed)} changes, by which ${titleOf(first)} decides who passes and where to`,
    },
  ];
}

function programOf(container: Fields): string {
  return imageOf(textAt(container, 'image') ?? '')?.program ?? '';
}

/** Another object of the same kind and namespace with the same content: the object under its new name. */
export function renamedTo(
  gone: KubernetesObject,
  created: readonly KubernetesObject[],
): KubernetesObject | undefined {
  return created.find(
    (object) =>
      object.kind === gone.kind &&
      object.metadata.namespace === gone.metadata.namespace &&
      isDeepStrictEqual(object['spec'], gone['spec']) &&
      [...textMapAt(gone, 'data')].length === 0,
  );
}
