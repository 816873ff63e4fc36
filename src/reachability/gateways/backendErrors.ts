import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  numberAt,
  textAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { byAge } from './listeners.ts';
import { envoyGroup, gatewayGroup, isGranted, type ObjectIndex, type Reference } from './objectIndex.ts';
import { hasUnreadSecret, policyKind, type ReferenceContext, type ValidationError } from './references.ts';

/** Whether the backends that a policy names can be used (Envoy Gateway: a missing one rejects the policy). */
export function backendErrors(
  context: ReferenceContext,
  namespace: string,
  refs: readonly Fields[],
): readonly ValidationError[] {
  return refs.flatMap((ref) => backendError(context, namespace, ref) ?? []);
}

/** The kinds of backends, with the group in which Envoy Gateway looks for them, whatever group the reference names. */
const backendKinds: Readonly<Record<string, string>> = {
  Service: '',
  ServiceImport: 'multicluster.x-k8s.io',
  Backend: envoyGroup,
};

/**
 * The reference to a backend as Envoy Gateway 1.9 reads it (`validateExtServiceBackendReference`): the kind decides what it looks for, and a ReferenceGrant must name the group that is written.
 */
function backendError(context: ReferenceContext, own: string, ref: Fields): ValidationError | undefined {
  const found = referenceError(context, own, ref);
  if (found.error !== undefined || found.backend === undefined) return found.error;
  const { name, to, backend } = found;
  const port = numberAt(ref, 'port');
  const unsure = backendTlsError(context, to, port, backend);
  if (unsure !== undefined) return { certain: true, why: unsure };
  return to.kind === 'Backend' && isUnusableBackend(fieldsAt(backend.object, 'spec'))
    ? { certain: true, why: `${name} is no backend for a policy` }
    : undefined;
}

/** The backend that a reference leads to, or why it fails. */
function referenceError(
  context: ReferenceContext,
  own: string,
  ref: Fields,
): { error?: ValidationError; backend?: SourcedObject; to: Reference; name: string } {
  const written = textAt(ref, 'group') ?? '';
  const kind = textAt(ref, 'kind') || 'Service';
  const namespace = textAt(ref, 'namespace') || own;
  const group = backendKinds[kind];
  const to: Reference = { group: group ?? written, kind, namespace, name: textAt(ref, 'name') ?? '' };
  const name = `${kind} ${namespace}/${to.name}`;
  const failed = (why: string, isCertain = true) => ({ error: { certain: isCertain, why }, to, name });
  if (to.name === '') return failed('a backend has no name');
  if (group === undefined || !Object.values(backendKinds).includes(written))
    return failed(`${name} of group ${written === '' ? 'core' : written} is no kind of backend`);
  if (!isGranted(context.index, { ...policyKind, namespace: own }, { ...to, group: written }))
    return failed(`no ReferenceGrant lets the policy name ${name}`);
  const port = numberAt(ref, 'port');
  if (kind !== 'Backend' && port === undefined) return failed(`${name} is named without a port`);
  if (kind === 'Service' && context.controllerServices.has(`${namespace}/${to.name}`)) return { to, name };
  const backend = context.index.find(group, kind, namespace, to.name);
  if (backend === undefined)
    return failed(`${name} is not among the objects`, !context.unrendered.has(namespace));
  const spec = fieldsAt(backend.object, 'spec');
  if (kind === 'Backend') return { backend, to, name };
  if (textAt(spec, 'type') === 'ExternalName')
    return failed(`${name} is an ExternalName, which is no backend`);
  const serves = mapsAt(spec, 'ports').some(
    (each) => numberAt(each, 'port') === port && (textAt(each, 'protocol') ?? 'TCP') === 'TCP',
  );
  return serves ? { backend, to, name } : failed(`${name} has no TCP port ${port}`);
}

/** A backend that a policy cannot use: it is resolved for each request, or mixes addresses and names. */
function isUnusableBackend(spec: Fields): boolean {
  const endpoints = mapsAt(spec, 'endpoints');
  const named = endpoints.filter((endpoint) => endpoint['fqdn'] !== undefined);
  return textAt(spec, 'type') === 'DynamicResolver' || (named.length > 0 && named.length < endpoints.length);
}

/**
 * Why Envoy Gateway 1.9 cannot verify a backend, and does not connect to it: a certificate that a BackendTLSPolicy or a
 * Backend names is missing.
 *
 * @param backend the Service or Backend among the objects
 */
function backendTlsError(
  context: ReferenceContext,
  to: Reference,
  port: number | undefined,
  backend: SourcedObject,
): string | undefined {
  const policy = backendTlsPolicyOf(context.index, to, port, backend);
  const byPolicy = fieldsAt(policy?.object, 'spec', 'validation');
  const own = valueAt(backend.object, 'spec', 'tls');
  if (policy !== undefined) {
    const error = certificateAuthorityError(context, to.namespace, byPolicy);
    if (error !== undefined) return error;
  }
  if (to.kind !== 'Backend' || !isFields(own)) return undefined;
  const client = textAt(own, 'clientCertificateRef', 'name');
  if (client !== undefined && !isThere(context, 'Secret', to.namespace, client))
    return `Secret ${to.namespace}/${client} is not among the objects`;
  const isNamed = mapsAt(own, 'caCertificateRefs').length > 0;
  if (own['insecureSkipVerify'] === true || (policy !== undefined && !isNamed)) return undefined;
  return certificateAuthorityError(context, to.namespace, own);
}

/** A policy of a port takes precedence over one of the whole backend, and an older one over a younger one. */
function backendTlsPolicyOf(
  index: ObjectIndex,
  { group, kind, namespace, name }: Reference,
  port: number | undefined,
  { object }: SourcedObject,
): SourcedObject | undefined {
  const served = mapsAt(object, 'spec', 'ports').find((each) => numberAt(each, 'port') === port);
  const section = kind === 'Backend' ? port?.toString() : textAt(served, 'name');
  const aimed = index
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

/** An error in the certificates that must verify a backend. */
function certificateAuthorityError(
  context: ReferenceContext,
  namespace: string,
  settings: Fields,
): string | undefined {
  if (textAt(settings, 'wellKnownCACertificates') === 'System') return undefined;
  const refs = mapsAt(settings, 'caCertificateRefs').filter((ref) =>
    ['ConfigMap', 'Secret', 'ClusterTrustBundle'].includes(textAt(ref, 'kind') ?? ''),
  );
  if (refs.length === 0) return 'nothing is named that vouches for the certificate of a backend';
  const missing = refs.find(
    (ref) => !isThere(context, textAt(ref, 'kind') ?? '', namespace, textAt(ref, 'name') ?? ''),
  );
  return missing === undefined
    ? undefined
    : `${textAt(missing, 'kind') ?? ''} ${namespace}/${textAt(missing, 'name') ?? ''}, which vouches for a backend, is not among the objects or empty`;
}

function isThere(
  { index, configurationSources }: ReferenceContext,
  kind: string,
  namespace: string,
  name: string,
): boolean {
  if (kind === 'ClusterTrustBundle')
    return index.all('certificates.k8s.io', kind).some(({ object }) => object.metadata.name === name);
  if ((configurationSources.get(`${kind}/${namespace}/${name}`)?.texts.size ?? 0) > 0) return true;
  // trust-manager writes a Bundle into each namespace, under its own name.
  const isBundle = index
    .all('trust.cert-manager.io', 'Bundle')
    .some(({ object }) => object.metadata.name === name);
  return isBundle || (kind === 'Secret' && hasUnreadSecret(index, namespace, name));
}
