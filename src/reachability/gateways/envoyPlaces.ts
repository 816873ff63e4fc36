import { parseDocument } from 'yaml';
import { fieldsAt, mapsAt, textAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyController } from './gatewayClass.ts';

/** The namespace of Envoy Gateway by its documents and the values of its chart. */
export const standardNamespace = 'envoy-gateway-system';

/** The namespaces in which Envoy Gateway may make pods; undefined for that of each Gateway. Several if it is not known. */
export function placesOf(objects: readonly SourcedObject[]): readonly (string | undefined)[] {
  const configurations = objects.flatMap((source) => [
    ...configurationIn(source),
    ...configurationOfChart(source, objects),
  ]);
  const [only, second] = configurations;
  if (only === undefined) return [standardNamespace, undefined];
  const namespaces = configurations.map(({ namespace }) => namespace);
  if (second !== undefined || only.isUncertain) return [...namespaces, undefined];
  switch (only.mode) {
    case undefined:
    case 'ControllerNamespace':
      return [only.namespace];
    case 'GatewayNamespace':
      return [undefined];
    default:
      return [only.namespace, undefined];
  }
}

interface Configuration {
  namespace: string;
  mode: string | undefined;
  isUncertain: boolean;
}

/** The configuration of an Envoy Gateway that serves the classes of its standard name. */
function configurationIn({ object, uncertain }: SourcedObject): readonly Configuration[] {
  if (object.kind !== 'ConfigMap' || groupOf(object) !== '') return [];
  const text = textAt(object, 'data', 'envoy-gateway.yaml');
  if (text === undefined) return [];
  const parsed = configurationOf(text);
  const controller = textAt(parsed, 'gateway', 'controllerName') ?? envoyController;
  if (parsed !== undefined && controller !== envoyController) return [];
  const deploy = fieldsAt(parsed, 'provider', 'kubernetes', 'deploy');
  const isUncertain = uncertain !== undefined || parsed === undefined;
  return [{ namespace: namespaceOf(object), mode: textAt(deploy, 'type'), isUncertain }];
}

/**
 * The configuration that the chart of Envoy Gateway makes of the values of a release (gateway-helm 1.9,
 * `templates/envoy-gateway-config.yaml`). Values from elsewhere may change it.
 */
function configurationOfChart(
  { object, uncertain }: SourcedObject,
  objects: readonly SourcedObject[],
): readonly Configuration[] {
  if (object.kind !== 'HelmRelease' || groupOf(object) !== 'helm.toolkit.fluxcd.io') return [];
  const reference = fieldsAt(object, 'spec', 'chartRef');
  const source = objects.find(
    ({ object: other }) =>
      other.kind === textAt(reference, 'kind') &&
      other.metadata.name === textAt(reference, 'name') &&
      namespaceOf(other) === (textAt(reference, 'namespace') ?? namespaceOf(object)),
  );
  const chart = textAt(object, 'spec', 'chart', 'spec', 'chart') ?? textAt(source?.object, 'spec', 'url');
  if (chart === undefined || !/(?:^|\/)gateway-helm$/.test(chart)) return [];
  const config = fieldsAt(object, 'spec', 'values', 'config', 'envoyGateway');
  const controller = textAt(config, 'gateway', 'controllerName') ?? envoyController;
  if (controller !== envoyController) return [];
  return [
    {
      namespace: textAt(object, 'spec', 'targetNamespace') ?? namespaceOf(object),
      mode: textAt(config, 'provider', 'kubernetes', 'deploy', 'type'),
      isUncertain: uncertain !== undefined || mapsAt(object, 'spec', 'valuesFrom').length > 0,
    },
  ];
}

function configurationOf(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}
