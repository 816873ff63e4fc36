import { type Fields, fieldsAt, mapsAt, textAt, textsAt } from '../../kubernetes/fields.ts';
import { compileWholeGoPattern } from '../../kubernetes/goPattern.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../sourcedObject.ts';

/** Fields that expose nothing and protect nothing. */
const harmlessPath = /^\/(?:spec\/(?:replicas|minReplicas|maxReplicas)|status|metadata\/annotations)(?:\/|$)/;

/**
 * Why the cluster may hold other values of an object: `ignore` of its Flux Kustomization leaves fields as the cluster
 * has them (kustomize-controller 1.9). Label and annotation selectors are taken to match.
 */
export function ignoredPart(source: SourcedObject, kustomization: SourcedObject): string | undefined {
  for (const rule of mapsAt(kustomization.object, 'spec', 'ignore')) {
    const path = textsAt(rule, 'paths').find((each) => !harmlessPath.test(each));
    if (path === undefined || !mayMatch(fieldsAt(rule, 'target'), source)) continue;
    const by = describeObject(refOf(kustomization));
    return `${by} ignores ${path} of ${describeObject(refOf(source))}, so the cluster may run another value`;
  }
  return undefined;
}

function mayMatch(target: Fields, { object }: SourcedObject): boolean {
  const { apiVersion, kind, metadata } = object;
  const values = {
    group: groupOf(object),
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? '',
  };
  return Object.entries(values).every(([field, value]) => {
    const pattern = textAt(target, field) ?? '';
    const matches = pattern === '' ? undefined : compileWholeGoPattern(pattern);
    return matches === undefined || matches(value);
  });
}
