import { mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyProxyOf } from './envoy.ts';
import type { Listener } from './listeners.ts';
import { envoyGroup, gatewayGroup, type ObjectIndex } from './objectIndex.ts';
import { namesOf } from './policyTargets.ts';

/** Why the demands of a listener are unknown, whatever the policies say. */
export function unmodelledInfluences(index: ObjectIndex, listener: Listener): readonly string[] {
  return [...foreignClass(index, listener), ...mergedGateways(index, listener), ...patches(index, listener)];
}

/** A patch may change any part of the configuration of Envoy. */
function patches(index: ObjectIndex, { gateway }: Listener): readonly string[] {
  const { name } = gateway.object.metadata;
  const className = textAt(gateway.object, 'spec', 'gatewayClassName');
  return index
    .all(envoyGroup, 'EnvoyPatchPolicy')
    .filter((patch) => {
      const target = valueAt(patch.object, 'spec', 'targetRef');
      return textAt(target, 'kind') === 'GatewayClass'
        ? textAt(target, 'name') === className
        : textAt(target, 'name') === name && namespaceOf(patch.object) === namespaceOf(gateway.object);
    })
    .map((patch) => `EnvoyPatchPolicy ${namesOf([patch])} may change what Envoy demands`);
}

/** A Gateway of another controller ignores SecurityPolicy, and its own policies are not modelled. */
function foreignClass(index: ObjectIndex, listener: Listener): readonly string[] {
  const name = textAt(listener.gateway.object, 'spec', 'gatewayClassName');
  const found = index.all(gatewayGroup, 'GatewayClass').find(({ object }) => object.metadata.name === name);
  const controller = textAt(found?.object, 'spec', 'controllerName') ?? `${envoyGroup}/`;
  return controller.startsWith(`${envoyGroup}/`)
    ? []
    : [`Gateway class ${name ?? ''} is served by ${controller}, which is not modelled`];
}

/** If Gateways of a class share one Envoy, the conflicting listener of the newer Gateway is rejected. */
function mergedGateways(index: ObjectIndex, listener: Listener): readonly string[] {
  const { gateway, port, hostname } = listener;
  if (valueAt(envoyProxyOf(index, gateway), 'spec', 'mergeGateways') !== true) return [];
  const classOf = ({ object }: SourcedObject) => textAt(object, 'spec', 'gatewayClassName');
  const conflicting = index
    .all(gatewayGroup, 'Gateway')
    .filter((other) => other !== gateway && classOf(other) === classOf(gateway))
    .filter(({ object }) =>
      mapsAt(object, 'spec', 'listeners').some(
        (each) => each['port'] === port && (textAt(each, 'hostname') || undefined) === hostname,
      ),
    );
  return conflicting.map(
    ({ object }) => `merged Gateway ${namespaceOf(object)}/${object.metadata.name} has the same listener`,
  );
}
