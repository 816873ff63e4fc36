import { type Fields, isTemplate, mapsAt, textAt, textMapAt, textsAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Effect, Unmodelled } from '../model/unmodelled.ts';

/**
 * The bindings that give everyone rights of the API which pass network policies, or which change objects: the API server
 * connects to pods, Services and nodes by its own proxy (Kubernetes 1.36, API reference, `proxy`, `portforward`, `exec`).
 * Everyone is `system:anonymous` and `system:unauthenticated` (Kubernetes 1.36, Authenticating, Anonymous requests).
 */
export function rightsOfEveryone(objects: readonly SourcedObject[]): readonly Unmodelled[] {
  return grantsIn(objects, isAnyone).map(({ source, effects }) => {
    const object = refOf(source);
    return {
      object,
      effects,
      namespace: object.kind === 'RoleBinding' ? (object.namespace ?? 'default') : undefined,
      sentence: `${describeObject(object)} gives rights of the API to everyone, who may reach pods by it, whatever the policies say`,
      remedy: 'Remove system:anonymous and system:unauthenticated from the subjects of the binding',
      rule: 'subjects',
    };
  });
}

/**
 * The assumption about bindings that give such rights to each user, to all pods, or to the pods that name no
 * ServiceAccount. Nothing if there are no such bindings.
 */
export function apiRightsAssumption(objects: readonly SourcedObject[]): readonly string[] {
  const names = grantsIn(objects, isMany).map(({ source }) => describeObject(refOf(source)));
  return names.length === 0
    ? []
    : [
        `Nobody uses the rights of the API that these bindings give to all users or pods to reach a pod past its policies or to change an object: ${names.join(', ')}`,
      ];
}

interface Grant {
  source: SourcedObject;
  effects: readonly Effect[];
}

/** The bindings with such a subject, and what their role allows. */
function grantsIn(
  objects: readonly SourcedObject[],
  isSubject: (subject: Fields) => boolean,
): readonly Grant[] {
  const bindings = objects.filter(
    ({ object }) =>
      /^(?:Cluster)?RoleBinding$/.test(object.kind) &&
      isRbac(object) &&
      mapsAt(object, 'subjects').some(isSubject),
  );
  return bindings.flatMap((source) => {
    const effects = effectsOfRole(objects, source);
    return effects.length === 0 ? [] : [{ source, effects }];
  });
}

function isRbac(object: Fields): boolean {
  return groupOf(object) === 'rbac.authorization.k8s.io';
}

function isAnyone(subject: Fields): boolean {
  const [kind, name = ''] = [textAt(subject, 'kind'), textAt(subject, 'name')];
  return (
    /^system:(?:anonymous|unauthenticated)$/.test(name) || (kind !== 'ServiceAccount' && isTemplate(name))
  );
}

function isMany(subject: Fields): boolean {
  const [kind, name = ''] = [textAt(subject, 'kind'), textAt(subject, 'name')];
  if (kind === 'ServiceAccount') return name === 'default' || isTemplate(name);
  return /^system:(?:authenticated$|serviceaccounts(?:$|:)|serviceaccount:[^:]*:default$)/.test(name);
}

/** Roles of Kubernetes itself that only read, or ask who somebody is (Kubernetes 1.36, Using RBAC Authorization). */
const readingRoles =
  /^(?:view|extension-apiserver-authentication-reader|system:(?:discovery|basic-user|public-info-viewer|monitoring|service-account-issuer-discovery|auth-delegator|kube-dns|node-proxier))$/;

const changing: readonly Effect[] = ['changes'];

/** The effects of the role of a binding. Of a role that is not among the objects, everything is possible. */
function effectsOfRole(objects: readonly SourcedObject[], { object }: SourcedObject): readonly Effect[] {
  const kind = textAt(object, 'roleRef', 'kind');
  const name = textAt(object, 'roleRef', 'name') ?? '';
  const roles = objects.filter(
    (each) =>
      isRbac(each.object) &&
      each.object.kind === kind &&
      each.object.metadata.name === name &&
      (kind === 'ClusterRole' || each.object.metadata.namespace === object.metadata.namespace),
  );
  const isOwn = kind === 'ClusterRole' && readingRoles.test(name);
  const isUnseen = roles.length === 0 && !isOwn;
  const isAggregated = roles.some((role) => role.object['aggregationRule'] !== undefined);
  if (isUnseen || isAggregated) return changing;
  const added = objects.filter(
    (each) =>
      each.object.kind === 'ClusterRole' &&
      isRbac(each.object) &&
      textMapAt(each.object, 'metadata', 'labels').get(`rbac.authorization.k8s.io/aggregate-to-${name}`) ===
        'true',
  );
  const found = [...roles, ...added].flatMap((role) => mapsAt(role.object, 'rules').flatMap(effectsOfRule));
  return found.includes('changes') ? changing : [...new Set(found)];
}

/** Resources to which a request is written that changes nothing that runs. */
const questions =
  /^(?:(?:self)?subject(?:access|rules)?reviews|localsubjectaccessreviews|tokenreviews|events|leases|certificatesigningrequests)$/;

/** Parts of objects that are read and lead to no pod. */
const readParts = /^[^/*]+\/(?:status|scale|log)$/;

/** A rule that reads Secrets tells the tokens of others. Every part of an object but a known one may be a connection. */
function effectsOfRule(rule: Fields): readonly Effect[] {
  const verbs = textsAt(rule, 'verbs');
  const resources = textsAt(rule, 'resources');
  const isWriting = verbs.some((verb) => !['get', 'list', 'watch'].includes(verb));
  const isConnecting = (resource: string): boolean => resource.includes('/') && !readParts.test(resource);
  if (isWriting && resources.some((resource) => !isConnecting(resource) && !questions.test(resource)))
    return changing;
  const leads = resources.some(
    (resource) => isConnecting(resource) || resource === 'secrets' || resource === '*',
  );
  return verbs.length > 0 && leads ? ['routes', 'policies'] : [];
}
