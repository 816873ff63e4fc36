import { textAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyConfigurations } from './envoyConfiguration.ts';

/** The namespace of Envoy Gateway by its documents and the values of its chart. */
export const standardNamespace = 'envoy-gateway-system';

/** The namespaces in which Envoy Gateway may make pods; undefined for that of each Gateway. Several if it is not known. */
export function placesOf(objects: readonly SourcedObject[]): readonly (string | undefined)[] {
  const configurations = envoyConfigurations(objects);
  const [only, second] = configurations;
  if (only === undefined) return [standardNamespace, undefined];
  const namespaces = configurations.map(({ namespace }) => namespace);
  const isUncertain = only.doubt !== undefined || only.source.uncertain !== undefined;
  if (second !== undefined || isUncertain) return [...namespaces, undefined];
  switch (textAt(only.fields, 'provider', 'kubernetes', 'deploy', 'type')) {
    case undefined:
    case 'ControllerNamespace':
      return [only.namespace];
    case 'GatewayNamespace':
      return [undefined];
    default:
      return [only.namespace, undefined];
  }
}
