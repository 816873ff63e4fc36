import { mapsAt, numberAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { type Served, servicePortsOf } from './servedPorts.ts';

/** The default port in a `ServiceReference` of admissionregistration.k8s.io/v1. */
const defaultPort = 443;

/**
 * The ports of each workload to which the API server connects: behind a Service of a webhook for admission, a
 * conversion webhook, or an APIService.
 */
export function portsOfApiServer(model: Model): (workload: Workload) => readonly Served[] {
  const asked = new Set(model.objects.flatMap(servicesIn));
  return (workload) =>
    servicePortsOf(model, workload)
      .filter(({ service, servicePort }) =>
        asked.has(`${service.namespace}/${service.name}:${servicePort.port}`),
      )
      .map(({ port }) => port);
}

/** Services as `namespace/name:port`. */
function servicesIn({ object }: SourcedObject): readonly string[] {
  return referencesIn(object).map(
    (reference) =>
      `${textAt(reference, 'namespace') ?? ''}/${textAt(reference, 'name') ?? ''}:${numberAt(reference, 'port') ?? defaultPort}`,
  );
}

function referencesIn(object: SourcedObject['object']): readonly unknown[] {
  switch (`${groupOf(object)}/${object.kind}`) {
    case 'admissionregistration.k8s.io/ValidatingWebhookConfiguration':
    case 'admissionregistration.k8s.io/MutatingWebhookConfiguration':
      return mapsAt(object, 'webhooks').map((webhook) => valueAt(webhook, 'clientConfig', 'service'));
    case 'apiextensions.k8s.io/CustomResourceDefinition':
      return [valueAt(object, 'spec', 'conversion', 'webhook', 'clientConfig', 'service')];
    case 'apiregistration.k8s.io/APIService':
      return [valueAt(object, 'spec', 'service')];
    default:
      return [];
  }
}
