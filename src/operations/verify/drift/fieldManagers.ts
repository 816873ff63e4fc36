import { type Fields, isFields, mapsAt, textAt } from '../../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../../kubernetes/object.ts';
import { isOfFlux } from '../flux.ts';

/** Fields of an object that were set beside Flux. */
export interface SetBeside {
  /** The name that the client gave to the API server: `kubectl-edit`. */
  manager: string;
  /** When, as RFC 3339; empty where the API server does not say. */
  at: string;
  /** As `spec.ports[name=http].nodePort`. */
  paths: readonly string[];
  /** Whether the client calls itself a program of the cluster. Whether it is one nobody can tell: anybody may take that name. */
  isNamedProgram: boolean;
}

/** Flux, by the names that its controllers give (`gotk-` for their own objects). */
const flux = /^(?:gotk-)?(?:kustomize|helm|source|notification|image-automation|image-reflector)-controller$/;

/** Names of programs of a cluster. `before-first-apply` is whoever set a field before the API server kept names. */
const programs =
  /controller|operator|manager|scheduler|autoscaler|^(?:flux|gotk|k3s|kubelet|kube-proxy|kube-apiserver|cilium|cert-manager|metallb|kube-vip|volsync|tuppr|talos|gatehouse|before-first-apply)/i;

/**
 * What programs set on objects that others made, by the kind and the place of the field, whatever they call themselves: none of it
 * changes what runs, or another check judges it.
 */
const places: readonly (readonly [kinds: RegExp, paths: RegExp])[] = [
  [/^apps\/(?:Deployment|ReplicaSet)$/, /^metadata\.annotations\.deployment\.kubernetes\.io\/[\w-]+$/],
  [
    /^\/PersistentVolumeClaim$/,
    /^(?:spec\.volumeName|metadata\.annotations\.(?:pv|volume|volume\.beta)\.kubernetes\.io\/[\w-]+)$/,
  ],
  [
    /^\/PersistentVolume$/,
    /^(?:spec\.claimRef(?:\.\w+)?|metadata\.annotations\.pv\.kubernetes\.io\/[\w-]+)$/,
  ],
  // Whom the API server trusts when it asks a webhook, or another API server.
  [
    /^(?:admissionregistration\.k8s\.io|apiextensions\.k8s\.io|apiregistration\.k8s\.io)\//,
    /(?:^spec|\.clientConfig)\.caBundle$/,
  ],
  // The certificate that a webhook makes for itself.
  [/^\/Secret \S*webhook/, /^data\.(?:ca|tls)\.(?:crt|key)$/],
  [
    /^\/Service$/,
    /^metadata\.annotations\.(?:metallb\.(?:io|universe\.tf)\/ip-allocated-from-pool|kube-vip\.io\/vipHost)$/,
  ],
  [
    /^(?:\/Endpoints|discovery\.k8s\.io\/EndpointSlice)$/,
    /^metadata\.annotations\.endpoints\.kubernetes\.io\/last-change-trigger-time$/,
  ],
];

function isKnownPlace(object: KubernetesObject, path: string): boolean {
  // Whether Flux is told to wait is judged with its state.
  if (path === 'spec.suspend' && isOfFlux({ object })) return true;
  const kind = `${groupOf(object)}/${object.kind}`;
  const name = `${kind} ${object.metadata.name}`;
  return places.some(([kinds, paths]) => (kinds.test(kind) || kinds.test(name)) && paths.test(path));
}

/** What people set so that pods start again, or Flux looks again: it changes nothing that runs. */
const harmless =
  /(?:kubectl\.kubernetes\.io\/restartedAt|reconcile\.fluxcd\.io\/(?:requestedAt|forceAt|resetAt))$/;

/**
 * What was set beside Flux and is no known work of a program, from the field managers that the API server keeps. Flux
 * overwrites a field that it owns; one that it does not own stays for ever.
 *
 * @param owner - who made the object, where that is not Flux
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/ (structured-merge-diff, FieldsV1)
 */
export function setBeside(object: KubernetesObject, owner = flux): readonly SetBeside[] {
  // What "kubectl scale" sets is an entry of the subresource "scale".
  const entries = mapsAt(object.metadata, 'managedFields').filter(
    ({ subresource }) => subresource !== 'status',
  );
  const owned = new Set(
    entries.filter((entry) => owner.test(textAt(entry, 'manager') ?? '')).flatMap(pathsIn),
  );
  return entries.flatMap((entry) => {
    const manager = textAt(entry, 'manager') ?? '';
    if (owner.test(manager)) return [];
    const paths = pathsIn(entry).filter(
      (path) => !owned.has(path) && !harmless.test(path) && mayChange(path) && !isKnownPlace(object, path),
    );
    const isNamedProgram = programs.test(manager);
    return paths.length === 0 ? [] : [{ manager, at: textAt(entry, 'time') ?? '', paths, isNamedProgram }];
  });
}

/** What the API server and its controllers keep is no change of what runs. */
function mayChange(path: string): boolean {
  return !/^(?:status|metadata\.(?!labels\.|annotations\.))/.test(path) && path !== '';
}

function pathsIn(entry: Fields): readonly string[] {
  return leaves(entry['fieldsV1'], '');
}

/** `f:name` is a field, `k:{…}` an entry of a list by its keys, `v:…` one by its value, and `.` the thing itself. */
function leaves(node: unknown, path: string): readonly string[] {
  if (!isFields(node)) return [];
  const below = Object.entries(node).filter(([step]) => step !== '.');
  if (below.length === 0) return path === '' ? [] : [path];
  return below.flatMap(([step, next]) => leaves(next, `${path}${written(step, path === '')}`));
}

function written(step: string, isFirst: boolean): string {
  const [kind, rest] = [step.slice(0, 2), step.slice(2)];
  if (kind === 'f:') return isFirst ? rest : `.${rest}`;
  return `[${kind === 'k:' ? keysOf(rest) : rest}]`;
}

function keysOf(text: string): string {
  try {
    const keys: unknown = JSON.parse(text);
    if (!isFields(keys)) return text;
    return Object.entries(keys)
      .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
      .join(',');
  } catch {
    return text;
  }
}
