import { defined } from '../../kubernetes/defined.ts';
import { fieldsAt, isTemplate, textMapAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Effect, Unmodelled } from '../model/unmodelled.ts';
import { podTemplateOf } from '../model/workload.ts';
import {
  gatewayFields,
  grpcRouteFields,
  httpRouteFields,
  ingressFields,
  namespaceFields,
  networkPolicyFields,
  podFields,
  serviceFields,
  tcpRouteFields,
  tlsRouteFields,
} from './coreFields.ts';
import { type Fieldwise, unreadFields } from './fieldUse.ts';

/** The tables by kind, and what a field that is not known may bring. */
const tables: Readonly<Record<string, { table: Fieldwise; effects: readonly Effect[] }>> = {
  '/Service': { table: serviceFields, effects: ['services'] },
  '/Namespace': { table: namespaceFields, effects: ['policies'] },
  'networking.k8s.io/NetworkPolicy': { table: networkPolicyFields, effects: ['policies'] },
  'networking.k8s.io/Ingress': { table: ingressFields, effects: ['routes'] },
  'gateway.networking.k8s.io/Gateway': { table: gatewayFields, effects: ['services', 'routes'] },
  'gateway.networking.k8s.io/HTTPRoute': { table: httpRouteFields, effects: ['routes'] },
  'gateway.networking.k8s.io/GRPCRoute': { table: grpcRouteFields, effects: ['routes'] },
  'gateway.networking.k8s.io/TLSRoute': { table: tlsRouteFields, effects: ['routes'] },
  'gateway.networking.k8s.io/TCPRoute': { table: tcpRouteFields, effects: ['routes'] },
  'gateway.networking.k8s.io/UDPRoute': { table: tcpRouteFields, effects: ['routes'] },
};

const ofPods: readonly Effect[] = ['policies', 'hostPorts'];

/** The fields of Services, pods, policies, Namespaces, Gateways and routes of which the effect is not known. */
export function unreadFieldsOf(objects: readonly SourcedObject[]): readonly Unmodelled[] {
  return objects.flatMap((source): readonly Unmodelled[] => {
    const { object } = source;
    const template = podTemplateOf(object);
    const key = `${groupOf(object)}/${object.kind}`;
    const own = Object.hasOwn(tables, key) ? tables[key] : undefined;
    const { table, effects } = template === undefined ? (own ?? {}) : { table: podFields, effects: ofPods };
    if (table === undefined || effects === undefined) return [];
    const spec = fieldsAt(template ?? object, 'spec');
    const ref = refOf(source);
    const pods =
      template === undefined ? undefined : Object.fromEntries(textMapAt(template, 'metadata', 'labels'));
    return unreadFields(table, spec)
      .filter(({ path }) => !isTemplate(path))
      .map((field) =>
        defined({
          object: ref,
          effects: field.effects ?? effects,
          namespace: object.kind === 'Namespace' ? object.metadata.name : namespaceOf(object),
          rule: `spec.${field.path}`,
          sentence: `spec.${field.path} of ${describeObject(ref)} is not read: ${field.effect}`,
          remedy: 'Remove the field, or check by hand what it does',
          pods,
          // On another network than that of the cluster no policy holds.
          unpoliced: template === undefined ? undefined : (true as const),
        }),
      );
  });
}
