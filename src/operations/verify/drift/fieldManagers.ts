import { type Fields, isFields, mapsAt, textAt } from '../../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';

/** Fields of an object that somebody set who is neither Flux nor a controller. */
export interface SetByHand {
  /** The name that the client gave to the API server: `kubectl-edit`. */
  manager: string;
  /** When, as RFC 3339; empty where the API server does not say. */
  at: string;
  /** As `spec.ports[name=http].nodePort`. */
  paths: readonly string[];
}

/** Flux, by the names that its controllers and its program give. */
const flux =
  /^(?:kustomize-controller|helm-controller|source-controller|notification-controller|flux|gotk.*)$/;

/** Programs of a cluster: what they set beside Flux is their work, such as the revision of a Deployment. */
const programs =
  /controller|operator|manager|scheduler|autoscaler|^(?:k3s|kubelet|kube-proxy|kube-apiserver|cilium|cert-manager|metallb|volsync|tuppr|talos|gatehouse|before-first-apply)/i;

/** What people set so that pods start again, or Flux looks again: it changes nothing that runs. */
const harmless =
  /(?:kubectl\.kubernetes\.io\/restartedAt|reconcile\.fluxcd\.io\/(?:requestedAt|forceAt|resetAt))$/;

/**
 * What was set by hand, from the field managers that the API server keeps. Flux overwrites a field that it owns; one that
 * it does not own stays for ever.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/ (structured-merge-diff, FieldsV1)
 */
export function setByHand({ metadata }: KubernetesObject): readonly SetByHand[] {
  // What "kubectl scale" sets is an entry of the subresource "scale".
  const entries = mapsAt(metadata, 'managedFields').filter(({ subresource }) => subresource !== 'status');
  const owned = new Set(
    entries.filter((entry) => flux.test(textAt(entry, 'manager') ?? '')).flatMap(pathsIn),
  );
  return entries.flatMap((entry) => {
    const manager = textAt(entry, 'manager') ?? '';
    if (flux.test(manager) || programs.test(manager)) return [];
    const paths = pathsIn(entry).filter(
      (path) => !owned.has(path) && !harmless.test(path) && mayChange(path),
    );
    return paths.length === 0 ? [] : [{ manager, at: textAt(entry, 'time') ?? '', paths }];
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
