import { textAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { gatewayGroup, type ObjectIndex } from './objectIndex.ts';

/** The name by which Envoy Gateway serves a GatewayClass (its default; `gateway.controllerName` of its configuration). */
export const envoyController = 'gateway.envoyproxy.io/gatewayclass-controller';

/** The controller that serves a Gateway. `unknown` if its class is not among the objects. */
export type GatewayController =
  | { kind: 'envoy' }
  | { kind: 'other'; className: string; controller: string }
  | { kind: 'unknown'; className: string };

/** The controller of the class of a Gateway. The name of the class proves nothing: only the GatewayClass does. */
export function controllerOf(index: ObjectIndex, { object }: SourcedObject): GatewayController {
  const className = textAt(object, 'spec', 'gatewayClassName') ?? '';
  const found = gatewayClassOf(index, className);
  const controller = textAt(found?.object, 'spec', 'controllerName');
  if (controller === undefined) return { kind: 'unknown', className };
  return controller === envoyController ? { kind: 'envoy' } : { kind: 'other', className, controller };
}

export function gatewayClassOf(index: ObjectIndex, name: string): SourcedObject | undefined {
  return index.all(gatewayGroup, 'GatewayClass').find(({ object }) => object.metadata.name === name);
}

/** Why what a Gateway does is not known, if Envoy Gateway does not serve it for certain. */
export function controllerUnknown(controller: GatewayController): string | undefined {
  switch (controller.kind) {
    case 'envoy':
      return undefined;
    case 'other':
      return `Gateway class ${controller.className} is served by ${controller.controller}, which is not modelled`;
    case 'unknown':
      return `GatewayClass ${controller.className} is not among the objects, so that the controller that serves it is not known`;
  }
}
