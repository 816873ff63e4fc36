import { fieldsAt, textAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { parametersOf } from './envoy.ts';
import type { Listener } from './listeners.ts';
import type { ObjectIndex } from './objectIndex.ts';

/**
 * Whether Envoy asks its rules by the address from which a client connects. The Service of the Gateway keeps it (Envoy Gateway
 * 1.9 writes `externalTrafficPolicy: Local` unless the EnvoyProxy says otherwise), and no ClientTrafficPolicy that may apply
 * takes it from a header or from the proxy protocol.
 */
export function seesClient(
  index: ObjectIndex,
  { gateway }: Listener,
  traffic: readonly (SourcedObject | undefined)[],
): boolean {
  const settings = fieldsAt(parametersOf(index, gateway), 'spec', 'provider', 'kubernetes', 'envoyService');
  const keeps = (textAt(settings, 'externalTrafficPolicy') ?? 'Local') === 'Local';
  return keeps && traffic.every((policy) => policy === undefined || !isToldElsewhere(policy));
}

const elsewhere = ['clientIPDetection', 'enableProxyProtocol', 'proxyProtocol'];

function isToldElsewhere({ object }: SourcedObject): boolean {
  const spec = fieldsAt(object, 'spec');
  return elsewhere.some((field) => spec[field] !== undefined && spec[field] !== false);
}
