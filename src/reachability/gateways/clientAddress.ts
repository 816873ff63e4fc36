import { fieldsAt, textAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { ClientTraffic } from './clientTraffic.ts';
import { parametersOf } from './envoy.ts';
import type { Listener } from './listeners.ts';
import type { ObjectIndex } from './objectIndex.ts';

/**
 * Whether Envoy asks its rules by the address from which a client connects. The Service of the Gateway keeps it (Envoy Gateway
 * 1.9 writes `externalTrafficPolicy: Local` unless the EnvoyProxy says otherwise), and no ClientTrafficPolicy that may apply
 * takes it from a header, or, at the same port, from the proxy protocol.
 */
export function seesClient(index: ObjectIndex, listener: Listener, traffic: ClientTraffic): boolean {
  const settings = fieldsAt(
    parametersOf(index, listener.gateway),
    ...['spec', 'provider', 'kubernetes', 'envoyService'],
  );
  const keeps = (textAt(settings, 'externalTrafficPolicy') ?? 'Local') === 'Local';
  return (
    keeps &&
    !traffic.on(listener).some((policy) => says(policy, 'clientIPDetection')) &&
    !traffic.atPort(listener).some((policy) => says(policy, 'enableProxyProtocol', 'proxyProtocol'))
  );
}

function says(policy: SourcedObject | undefined, ...fields: readonly string[]): boolean {
  const spec = fieldsAt(policy?.object, 'spec');
  return fields.some((field) => spec[field] !== undefined && spec[field] !== false);
}
