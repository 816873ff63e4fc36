import { type Fields, fieldsAt, isTemplate, mapsAt, textAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { ConfigurationSources } from '../../manifests/configurationSources.ts';
import { isUnreadSecret, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyGroup, isGranted, type ObjectIndex } from './objectIndex.ts';

/** An error in a reference of a policy. It is uncertain if the referenced object may exist elsewhere. */
export interface ValidationError {
  certain: boolean;
  why: string;
}

/** The objects that decide whether the references of a policy resolve. */
export interface ReferenceContext {
  index: ObjectIndex;
  configurationSources: ConfigurationSources;
  /** Namespaces in which charts that are not rendered may create Services; `every` if the namespace is unknown. */
  unrendered: ReadonlySet<string>;
  /** Services that controllers create, as `namespace/name`. */
  controllerServices: ReadonlySet<string>;
}

export const policyKind = { group: envoyGroup, kind: 'SecurityPolicy' };

/** Kinds whose controller creates a Secret, with the path to its name. */
const secretMakers: readonly (readonly [group: string, kind: string, path: readonly string[]])[] = [
  ['external-secrets.io', 'ExternalSecret', ['spec', 'target', 'name']],
  ['bitnami.com', 'SealedSecret', ['spec', 'template', 'metadata', 'name']],
  ['cert-manager.io', 'Certificate', ['spec', 'secretName']],
];

/**
 * Checks that a Secret in a policy exists and has a key. A Secret of another namespace needs a ReferenceGrant there.
 *
 * @param key the key that must have a value; undefined for any key
 */
export function secretError(
  context: ReferenceContext,
  own: string,
  ref: Fields,
  key: string | undefined,
): ValidationError | undefined {
  const namespace = textAt(ref, 'namespace') ?? own;
  const to = { group: '', kind: 'Secret', namespace, name: textAt(ref, 'name') ?? '' };
  const name = `Secret ${namespace}/${to.name}`;
  if (!isGranted(context.index, { ...policyKind, namespace: own }, to))
    return { certain: true, why: `no ReferenceGrant lets the policy name ${name}` };
  const texts = secretTexts(context, own, ref);
  if (texts === undefined) {
    return hasUnreadSecret(context.index, namespace, to.name)
      ? undefined
      : { certain: true, why: `${name} is not among the objects` };
  }
  if (key === undefined || (texts.has(key) && texts.get(key) !== '')) return undefined;
  return { certain: true, why: `${name} has no key ${key}` };
}

/** The texts of a Secret in a policy; undefined for a key whose text is not readable here. */
export function secretTexts(
  { configurationSources }: ReferenceContext,
  own: string,
  ref: Fields,
): ReadonlyMap<string, string | undefined> | undefined {
  return configurationSources.get(`Secret/${textAt(ref, 'namespace') ?? own}/${textAt(ref, 'name') ?? ''}`)
    ?.texts;
}

/** Whether the Secret is there without its values, or the controller of another object creates it. */
export function hasUnreadSecret(index: ObjectIndex, namespace: string, name: string): boolean {
  const secret = index.find('', 'Secret', namespace, name);
  if (secret !== undefined && isUnreadSecret(secret)) return true;
  return secretMakers.some(([group, kind, path]) =>
    index
      .all(group, kind)
      .some(
        ({ object }) =>
          namespaceOf(object) === namespace && (textAt(object, ...path) ?? object.metadata.name) === name,
      ),
  );
}

/** Checks that a ConfigMap with keys for tokens exists and is not empty. */
export function keySetError(
  { index }: ReferenceContext,
  own: string,
  ref: Fields,
): ValidationError | undefined {
  const name = textAt(ref, 'name') ?? '';
  const found = index.find('', 'ConfigMap', own, name);
  if (found === undefined) return { certain: true, why: `ConfigMap ${own}/${name} is not among the objects` };
  const isEmpty = Object.keys(fieldsAt(found.object, 'data')).length === 0;
  return isEmpty ? { certain: true, why: `ConfigMap ${own}/${name} holds no keys` } : undefined;
}

/** Why Envoy cannot read the keys in a policy. It then rejects the whole listener. */
export function unreadableKeys(
  { configurationSources }: ReferenceContext,
  features: readonly { type: string; value: Fields; policy: SourcedObject }[],
): string | undefined {
  for (const { type, value, policy } of features) {
    const own = namespaceOf(policy.object);
    for (const provider of type === 'jwt' ? mapsAt(value, 'providers') : []) {
      const local = fieldsAt(provider, 'localJWKS');
      const store = configurationSources.get(`ConfigMap/${own}/${textAt(local, 'valueRef', 'name') ?? ''}`);
      const inline = textAt(local, 'inline');
      const texts = inline === undefined ? [...(store?.texts.values() ?? [])] : [inline];
      const text = store?.texts.get('jwks') ?? (texts.every((each) => holdsKey(each)) ? undefined : '');
      if (text !== undefined && !holdsKey(text))
        return `JWT provider ${textAt(provider, 'name') ?? ''} of SecurityPolicy ${own}/${policy.object.metadata.name} has no key that can be read`;
    }
  }
  return undefined;
}

/** Whether a text is a JSON Web Key Set with a public key. An unreadable text counts as one. */
function holdsKey(text: string | undefined): boolean {
  if (text === undefined || isTemplate(text)) return true;
  try {
    const set: unknown = JSON.parse(text);
    return mapsAt(set, 'keys').some((key) =>
      [['n', 'e'], ['crv', 'x'], ['k']].some((fields) => fields.every((field) => textAt(key, field))),
    );
  } catch {
    return false;
  }
}
