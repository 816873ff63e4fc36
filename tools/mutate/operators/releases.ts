import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type BrokenPromise, type Family, type Mutation, namespacesOf } from '../operator.ts';
import type { Tree } from '../tree.ts';
import { kustomizations } from './appliedObjects.ts';

const any: readonly BrokenPromise[] = [{ invariant: 'any' }];

const fluxSource = 'Flux, kustomize-controller 1.9, Kustomization';
const added = (
  id: string,
  does: string,
  object: (namespace: string, tree: Tree) => ConfigData,
  source: string,
) => ({
  ...{ id, does, source },
  mutations: (tree: Tree): readonly Mutation[] =>
    namespacesOf(tree).map(([namespace, place]) => ({
      where: namespace,
      change: (draft) => draft.add(place, object(namespace, tree)),
      breaks: any,
    })),
});

const sourceOf = (tree: Tree): ConfigData =>
  kustomizations(tree)[0]?.object.spec.sourceRef ?? { kind: 'GitRepository', name: 'home' };

const otherKustomization =
  (spec: ConfigData) =>
  (_namespace: string, tree: Tree): ConfigData => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'opened', namespace: 'flux-system' },
    spec: { interval: '1h', prune: true, sourceRef: sourceOf(tree), ...spec },
  });

const appTemplate = (values: ConfigData) => (namespace: string) => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'opened', namespace },
  spec: {
    interval: '1h',
    chartRef: { kind: 'OCIRepository', name: 'app-template' },
    values: {
      controllers: {
        main: { containers: { main: { image: { repository: 'example.org/tool', tag: '1.0.0' } } } },
      },
      ...values,
    },
  },
});
const helm = 'Flux, helm-controller 1.6; bjw-s app-template 5.3';

/** What Flux applies beside the files of the repository. */
export const releaseFamily: Family = {
  title: 'Other sources and charts',
  operators: [
    added(
      'kustomization-of-another-repository',
      'Adds a Flux Kustomization of another repository',
      otherKustomization({ path: './', sourceRef: { kind: 'GitRepository', name: 'elsewhere' } }),
      fluxSource,
    ),
    added(
      'kustomization-of-same-path-elsewhere',
      'Adds a Flux Kustomization of another repository, whose path exists here too',
      (_namespace, tree) =>
        otherKustomization({
          path: kustomizations(tree)[0]?.object.spec.path ?? './',
          sourceRef: { kind: 'GitRepository', name: 'elsewhere' },
        })('', tree),
      `${fluxSource}: the path is one of the other repository`,
    ),
    added(
      'oci-kustomization',
      'Adds a Flux Kustomization of an OCIRepository',
      otherKustomization({ path: './', sourceRef: { kind: 'OCIRepository', name: 'elsewhere' } }),
      fluxSource,
    ),
    added(
      'release-load-balancer',
      'Adds a HelmRelease of app-template with a Service of type LoadBalancer',
      appTemplate({
        service: { main: { controller: 'main', type: 'LoadBalancer', ports: { http: { port: 80 } } } },
      }),
      helm,
    ),
    added(
      'release-host-network',
      'Adds a HelmRelease of app-template on the network of its node',
      appTemplate({ defaultPodOptions: { hostNetwork: true } }),
      helm,
    ),
    added(
      'release-raw-resources',
      'Adds a HelmRelease of app-template with a policy as a raw resource',
      appTemplate({
        rawResources: {
          open: {
            manifest: {
              apiVersion: 'networking.k8s.io/v1',
              kind: 'NetworkPolicy',
              spec: { podSelector: {}, ingress: [{}] },
            },
          },
        },
      }),
      helm,
    ),
    added(
      'release-of-a-git-chart',
      'Adds a HelmRelease of a chart from a GitRepository',
      (namespace) => ({
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: { name: 'opened', namespace },
        spec: {
          interval: '1h',
          chart: { spec: { chart: './charts/a', sourceRef: { kind: 'GitRepository', name: 'elsewhere' } } },
        },
      }),
      helm,
    ),
    added(
      'release-to-another-namespace',
      'Adds a HelmRelease that installs into another namespace',
      (namespace) => ({
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: { name: 'opened', namespace: 'flux-system' },
        spec: {
          interval: '1h',
          targetNamespace: namespace,
          chart: { spec: { chart: 'a', sourceRef: { kind: 'HelmRepository', name: 'a' } } },
        },
      }),
      helm,
    ),
    added(
      'flux-instance',
      'Adds a FluxInstance that syncs another repository',
      () => ({
        apiVersion: 'fluxcd.controlplane.io/v1',
        kind: 'FluxInstance',
        metadata: { name: 'flux', namespace: 'flux-system' },
        spec: {
          distribution: { version: '2.x', registry: 'ghcr.io/fluxcd' },
          sync: { kind: 'GitRepository', url: 'https://git.example.org/other', ref: 'main', path: './' },
        },
      }),
      'Flux Operator 0.60, FluxInstance, Sync configuration',
    ),
  ],
};
