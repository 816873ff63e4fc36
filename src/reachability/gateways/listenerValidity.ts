import { type Fields, fieldsAt, isFields, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { isUnreadSecret, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { or, type Truth, truthOf } from '../model/truth.ts';
import { gatewayGroup, isGranted, type ObjectIndex } from './objectIndex.ts';

/** The route kinds that a protocol serves if the listener names none. */
const servedKinds: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute', 'TCPRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
};

/** The route kinds that a listener can serve. One that passes TLS through serves no TCPRoute. */
export function kindsServedBy(listener: Fields): readonly string[] {
  const protocol = textAt(listener, 'protocol') ?? '';
  return protocol === 'TLS' && textAt(listener, 'tls', 'mode') === 'Passthrough'
    ? ['TLSRoute']
    : (servedKinds[protocol] ?? []);
}

/**
 * Whether Envoy Gateway 1.9 accepts a listener by itself (`validateListenerSpec`). `maybe` if that depends on a
 * certificate that is not among the objects. One that is not accepted serves nothing and takes part in no conflict.
 */
export function validityOf(index: ObjectIndex, owner: SourcedObject, listener: Fields): Truth {
  const served = kindsServedBy(listener);
  const protocol = textAt(listener, 'protocol') ?? '';
  const namespaces = fieldsAt(listener, 'allowedRoutes', 'namespaces');
  const kinds = mapsAt(listener, 'allowedRoutes', 'kinds');
  const isRefused =
    served.length === 0 ||
    (textAt(namespaces, 'from') === 'Selector' && !isFields(namespaces['selector'])) ||
    kinds.some(
      (each) =>
        (textAt(each, 'group') ?? gatewayGroup) !== gatewayGroup ||
        !served.includes(textAt(each, 'kind') ?? ''),
    ) ||
    (['TCP', 'UDP'].includes(protocol) && listener['hostname'] !== undefined);
  return isRefused ? 'no' : tlsValidity(index, owner, protocol, listener['tls']);
}

function tlsValidity(index: ObjectIndex, owner: SourcedObject, protocol: string, tls: unknown): Truth {
  if (!['HTTPS', 'TLS'].includes(protocol)) return truthOf(tls === undefined);
  if (!isFields(tls)) return 'no';
  const mode = textAt(tls, 'mode') ?? 'Terminate';
  const refs = mapsAt(tls, 'certificateRefs');
  if (mode !== 'Terminate') return truthOf(protocol === 'TLS' && refs.length === 0);
  return or(...refs.map((ref) => certificateValidity(index, owner, ref)));
}

/** The type of a Secret that names a certificate elsewhere. */
const secretDiscovery = 'gateway.envoyproxy.io/sds';

function certificateValidity(index: ObjectIndex, owner: SourcedObject, ref: Fields): Truth {
  const own = namespaceOf(owner.object);
  const namespace = textAt(ref, 'namespace') || own;
  const name = textAt(ref, 'name') ?? '';
  if ((textAt(ref, 'group') ?? '') !== '' || (textAt(ref, 'kind') ?? 'Secret') !== 'Secret') return 'no';
  const from = { group: gatewayGroup, kind: owner.object.kind, namespace: own };
  if (!isGranted(index, from, { group: '', kind: 'Secret', namespace, name })) return 'no';
  const secret = index.find('', 'Secret', namespace, name);
  if (secret === undefined || isUnreadSecret(secret)) return 'maybe';
  const type = valueAt(secret.object, 'type');
  if (type === secretDiscovery) return 'maybe';
  const keys = new Set(['data', 'stringData'].flatMap((part) => Object.keys(fieldsAt(secret.object, part))));
  return truthOf(type === 'kubernetes.io/tls' && keys.has('tls.crt') && keys.has('tls.key'));
}
