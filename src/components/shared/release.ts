import type { HelmRelease, HelmRepository, OCIRepository } from '../../kubernetes/types.ts';
import { toYamlText } from '../../kubernetes/yaml.ts';
import { objectLabels } from './labels.ts';

/** A chart at one version. `url` is that of the chart itself for OCI, and of its repository otherwise. */
export interface Chart {
  name: string;
  url: string;
  version: string;
}

/** The namespace of an object of a release, and the labels by which it is recognized. */
export interface ReleasePlace {
  name: string;
  namespace: string;
  labels: Record<string, string>;
}

const sourceVersion = 'source.toolkit.fluxcd.io/v1';

/** The source of a chart that is kept as an OCI artifact. */
export function ociRepository(place: ReleasePlace, { url, version }: Chart): OCIRepository {
  return {
    apiVersion: sourceVersion,
    kind: 'OCIRepository',
    metadata: metadataOf(place),
    spec: {
      interval: '1h',
      url,
      ref: { tag: version },
      // The layer of the chart, as Helm packs it; helm-controller reads no other.
      layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
    },
  };
}

/** The source of the charts of an HTTP repository. */
export function helmRepository(place: ReleasePlace, { url }: Chart): HelmRepository {
  return {
    apiVersion: sourceVersion,
    kind: 'HelmRepository',
    metadata: metadataOf(place),
    spec: { interval: '1h', url },
  };
}

/** The release of a chart whose source has the same name. A failed upgrade goes back to what ran before. */
export function helmRelease(place: ReleasePlace, chart: Chart, values: Record<string, unknown>): HelmRelease {
  const { name } = place;
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: metadataOf(place),
    spec: {
      interval: '1h',
      timeout: '10m',
      ...(chart.url.startsWith('oci:')
        ? { chartRef: { kind: 'OCIRepository' as const, name } }
        : {
            chart: {
              spec: {
                chart: chart.name,
                version: chart.version,
                interval: '1h',
                sourceRef: { kind: 'HelmRepository' as const, name },
              },
            },
          }),
      releaseName: name,
      install: { crds: 'CreateReplace', remediation: { retries: 3 } },
      upgrade: {
        crds: 'CreateReplace',
        cleanupOnFail: true,
        remediation: { retries: 3, strategy: 'rollback', remediateLastFailure: true },
      },
      postRenderers: [{ kustomize: { patches: keptKinds.map(keptByHelm) } }],
      values,
    },
  };
}

/** With claims go their volumes, and with definitions every object of the kind. */
const keptKinds = ['PersistentVolumeClaim', 'CustomResourceDefinition'] as const;

/**
 * Helm leaves what has this annotation when a release is uninstalled, and when a chart no longer has it (Helm 3 and 4,
 * `pkg/action/resource_policy.go` and `pkg/kube/client.go`).
 */
function keptByHelm(kind: (typeof keptKinds)[number]): { patch: string; target: { kind: string } } {
  const metadata = { name: 'any', annotations: { 'helm.sh/resource-policy': 'keep' } };
  return { patch: toYamlText({ apiVersion: 'any', kind, metadata }), target: { kind } };
}

function metadataOf(place: ReleasePlace): HelmRelease['metadata'] {
  const { name, namespace } = place;
  return { name, namespace, labels: objectLabels(place) };
}
