import type { KubernetesObject } from '../../kubernetes/object.ts';

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const textMap = { type: 'object', additionalProperties: text };
const object = (properties: Record<string, unknown>) => ({ type: 'object', properties });

/**
 * The kind DNSEndpoint as external-dns 0.22 reads it (`endpoint.Endpoint`, `apis/v1alpha1`). The API server refuses kinds of
 * `k8s.io` without the annotation that says where they were approved.
 */
export const dnsEndpointDefinition: KubernetesObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: 'dnsendpoints.externaldns.k8s.io',
    labels: { 'app.kubernetes.io/managed-by': 'gatehouse' },
    annotations: {
      'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/external-dns/pull/2007',
    },
  },
  spec: {
    group: 'externaldns.k8s.io',
    names: {
      kind: 'DNSEndpoint',
      listKind: 'DNSEndpointList',
      plural: 'dnsendpoints',
      singular: 'dnsendpoint',
    },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: object({
            apiVersion: text,
            kind: text,
            metadata: { type: 'object' },
            spec: object({
              endpoints: {
                type: 'array',
                items: object({
                  dnsName: text,
                  recordType: text,
                  targets: texts,
                  recordTTL: { type: 'integer', format: 'int64' },
                  setIdentifier: text,
                  labels: textMap,
                  providerSpecific: { type: 'array', items: object({ name: text, value: text }) },
                }),
              },
            }),
            status: object({ observedGeneration: { type: 'integer', format: 'int64' } }),
          }),
        },
      },
    ],
  },
};
