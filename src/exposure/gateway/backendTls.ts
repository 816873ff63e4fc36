import { type Fields, fieldsAt, isFields, mapsAt, numberAt, textAt, valueAt } from '../fields.ts';
import type { SourcedObject } from '../judgement.ts';
import { namespaceOf } from '../workload.ts';
import { byAge } from './listeners.ts';
import { isMadeElsewhere, type Surroundings } from './references.ts';
import { gatewayGroup, type Reference, type Scope } from './scope.ts';

/**
 * Why Envoy Gateway 1.9 cannot tell whether a backend is the one that it says to be, and does not speak to it then: a
 * certificate that a BackendTLSPolicy or a Backend names is missing.
 *
 * @param backend the Service or Backend, as it stands among the objects
 */
export function tlsFault(
  surroundings: Surroundings,
  to: Reference,
  port: number | undefined,
  backend: SourcedObject,
): string | undefined {
  const policy = policyOf(surroundings.scope, to, port, backend);
  const byPolicy = fieldsAt(policy?.object, 'spec', 'validation');
  const own = valueAt(backend.object, 'spec', 'tls');
  if (policy !== undefined) {
    const fault = authorityFault(surroundings, to.namespace, byPolicy);
    if (fault !== undefined) return fault;
  }
  if (to.kind !== 'Backend' || !isFields(own)) return undefined;
  const client = textAt(own, 'clientCertificateRef', 'name');
  if (client !== undefined && !isThere(surroundings, 'Secret', to.namespace, client))
    return `Secret ${to.namespace}/${client} is not among the objects`;
  const isNamed = mapsAt(own, 'caCertificateRefs').length > 0;
  if (own['insecureSkipVerify'] === true || (policy !== undefined && !isNamed)) return undefined;
  return authorityFault(surroundings, to.namespace, own);
}

/** The policy of a port goes before one of the whole backend, and the older before the younger. */
function policyOf(
  scope: Scope,
  { group, kind, namespace, name }: Reference,
  port: number | undefined,
  { object }: SourcedObject,
): SourcedObject | undefined {
  const served = mapsAt(object, 'spec', 'ports').find((each) => numberAt(each, 'port') === port);
  const section = kind === 'Backend' ? port?.toString() : textAt(served, 'name');
  const aimed = scope
    .all(gatewayGroup, 'BackendTLSPolicy')
    .filter((policy) => namespaceOf(policy.object) === namespace)
    .toSorted(byAge);
  const targeting = (wanted: string | undefined) =>
    aimed.find((policy) =>
      mapsAt(policy.object, 'spec', 'targetRefs').some(
        (target) =>
          (textAt(target, 'group') ?? '') === group &&
          textAt(target, 'kind') === kind &&
          textAt(target, 'name') === name &&
          textAt(target, 'sectionName') === wanted,
      ),
    );
  return (section === undefined ? undefined : targeting(section)) ?? targeting(undefined);
}

/** What is wrong with the certificates that must vouch for a backend. */
function authorityFault(
  { scope, ...surroundings }: Surroundings,
  namespace: string,
  said: Fields,
): string | undefined {
  if (textAt(said, 'wellKnownCACertificates') === 'System') return undefined;
  const refs = mapsAt(said, 'caCertificateRefs').filter((ref) =>
    ['ConfigMap', 'Secret', 'ClusterTrustBundle'].includes(textAt(ref, 'kind') ?? ''),
  );
  if (refs.length === 0) return 'nothing is named that vouches for the certificate of a backend';
  const missing = refs.find(
    (ref) =>
      !isThere({ scope, ...surroundings }, textAt(ref, 'kind') ?? '', namespace, textAt(ref, 'name') ?? ''),
  );
  return missing === undefined
    ? undefined
    : `${textAt(missing, 'kind') ?? ''} ${namespace}/${textAt(missing, 'name') ?? ''}, which vouches for a backend, is not among the objects or empty`;
}

function isThere({ scope, stores }: Surroundings, kind: string, namespace: string, name: string): boolean {
  if (kind === 'ClusterTrustBundle')
    return scope.all('certificates.k8s.io', kind).some(({ object }) => object.metadata.name === name);
  if ((stores.get(`${kind}/${namespace}/${name}`)?.texts.size ?? 0) > 0) return true;
  // trust-manager writes a Bundle into each namespace, under its own name.
  const isBundle = scope
    .all('trust.cert-manager.io', 'Bundle')
    .some(({ object }) => object.metadata.name === name);
  return isBundle || (kind === 'Secret' && isMadeElsewhere(scope, namespace, name));
}
