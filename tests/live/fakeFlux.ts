import { fieldsAt } from '../../src/kubernetes/fields.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { type Followed, type Following, follow } from '../../src/operations/reconcile/follow.ts';
import { type FakeCluster, type FakeOptions, fakeCluster } from './fakeCluster.ts';

const sources = 'source.toolkit.fluxcd.io/v1';
const kustomize = 'kustomize.toolkit.fluxcd.io/v1';
const helm = 'helm.toolkit.fluxcd.io/v2';
export const old = 'main@sha1:aaaaaaaa';
export const now = 'main@sha1:bbbbbbbb';

const selections = [
  { apiVersion: sources, kind: 'GitRepository' },
  { apiVersion: sources, kind: 'OCIRepository' },
  { apiVersion: kustomize, kind: 'Kustomization' },
  { apiVersion: helm, kind: 'HelmRelease' },
];

interface Shape {
  spec?: object;
  status?: object;
  by?: string;
}

function object(
  apiVersion: string,
  kind: string,
  name: string,
  { spec, status, by }: Shape,
): KubernetesObject {
  const labels = {
    'kustomize.toolkit.fluxcd.io/name': by ?? '',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  };
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'flux-system', generation: 1, ...(by === undefined ? {} : { labels }) },
    spec: { ...spec },
    status: { observedGeneration: 1, ...status },
  };
}

export const condition = (type: string, status: string, reason: string, message = '') => ({
  type,
  status,
  reason,
  message,
});
export const isReady = { conditions: [condition('Ready', 'True', 'Succeeded')] };

export const git = (shape: Shape = {}) =>
  object(sources, 'GitRepository', 'home', { status: { ...isReady, artifact: { revision: old } }, ...shape });
export const kustomization = (name: string, after: readonly string[] = [], shape: Shape = {}) =>
  object(kustomize, 'Kustomization', name, {
    ...shape,
    spec: {
      sourceRef: { kind: 'GitRepository', name: 'home' },
      dependsOn: after.map((other) => ({ name: other })),
      ...shape.spec,
    },
    status: { ...isReady, lastAppliedRevision: old, lastAttemptedRevision: old, ...shape.status },
  });
export const release = (name: string, after: readonly string[] = [], shape: Shape = {}) =>
  object(helm, 'HelmRelease', name, {
    ...shape,
    spec: {
      chartRef: { kind: 'OCIRepository', name },
      dependsOn: after.map((other) => ({ name: other })),
      ...shape.spec,
    },
    status: { ...isReady, ...shape.status },
  });
export const oci = (name: string, shape: Shape = {}) =>
  object(sources, 'OCIRepository', name, { status: { ...isReady, artifact: { revision: '1' } }, ...shape });

const requested = ({ metadata }: KubernetesObject) =>
  metadata.annotations?.['reconcile.fluxcd.io/requestedAt'];

/** What Flux does when it is asked: it says that it has handled the request, with these changes of the status. */
export function handled(asked: KubernetesObject, status: object = {}): KubernetesObject {
  return {
    ...asked,
    status: { ...fieldsAt(asked, 'status'), ...status, lastHandledReconcileAt: requested(asked) },
  };
}

/** Flux, where everything goes well: the source fetches the new revision and everybody applies it. */
export function well(asked: KubernetesObject, fake: FakeCluster): void {
  const status =
    asked.kind === 'GitRepository'
      ? { artifact: { revision: now } }
      : asked.kind === 'Kustomization'
        ? { lastAppliedRevision: now, lastAttemptedRevision: now }
        : {};
  setTimeout(() => fake.put(handled(asked, { ...isReady, ...status })), 1);
}

export const unless =
  (name: string, then: (asked: KubernetesObject, fake: FakeCluster) => void) =>
  (asked: KubernetesObject, fake: FakeCluster): void =>
    asked.metadata.name === name && asked.kind !== 'GitRepository' ? then(asked, fake) : well(asked, fake);

export const fails =
  (reason: string, message: string) =>
  (asked: KubernetesObject, fake: FakeCluster): void =>
    fake.put(handled(asked, { conditions: [condition('Ready', 'False', reason, message)] }));

export async function run(
  objects: readonly KubernetesObject[],
  options: FakeOptions,
  more: Partial<Following> = {},
): Promise<Followed & { fake: FakeCluster; asked: string[]; states: Record<string, string> }> {
  const fake = fakeCluster(objects, options);
  const followed = await follow({
    ...fake,
    selections,
    source: 'GitRepository flux-system/home',
    isOld: async () => false,
    reset: false,
    timeout: 5_000,
    signal: new AbortController().signal,
    now: () => new Date(),
    onChange: () => undefined,
    ...more,
  });
  return {
    ...followed,
    fake,
    asked: fake.patches.map(({ kind, name }) => `${kind} ${name}`),
    states: Object.fromEntries(
      followed.judged.map(({ object: { reference }, state }) => [
        `${reference.kind} ${reference.name}`,
        state,
      ]),
    ),
  };
}
