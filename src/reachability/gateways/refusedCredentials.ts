import { fieldsAt, mapsAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { Feature } from './features.ts';
import { namesOf } from './policyTargets.ts';
import { type ReferenceContext, secretTexts } from './references.ts';

/**
 * Why Envoy rejects the users of a policy, and with them the whole listener. Envoy Gateway 1.9 trims their lines before it
 * looks at them, and passes them on as they are; Envoy 1.39 does not trim (seen with both, `basic_auth` in Envoy).
 */
export function refusedUsers(context: ReferenceContext, features: readonly Feature[]): string | undefined {
  for (const { type, value, policy } of features) {
    if (type !== 'basicAuth') continue;
    const text = secretTexts(context, namespaceOf(policy.object), fieldsAt(value, 'users'))?.get('.htpasswd');
    const lines = (text ?? '').replaceAll('\r\n', '\n').split('\n');
    const written = lines.filter((line) => line !== '');
    const names = written.map((line) => line.split(':')[0]);
    if (written.some((line) => line.trim() !== line || line.startsWith(':')))
      return `a line of the users of SecurityPolicy ${namesOf([policy])} is not USER:{SHA}HASH and nothing else`;
    if (new Set(names).size < names.length) return `SecurityPolicy ${namesOf([policy])} has a user twice`;
  }
  return undefined;
}

/**
 * Why Envoy Gateway does not build what Envoy gets: an API key is empty (seen with Envoy Gateway 1.9.1, "failed to translate
 * xds ir"). A value that is not readable here counts as one.
 */
export function emptyKey(context: ReferenceContext, features: readonly Feature[]): string | undefined {
  for (const { type, value, policy } of features) {
    if (type !== 'apiKey') continue;
    const texts = mapsAt(value, 'credentialRefs').flatMap((ref) => [
      ...(secretTexts(context, namespaceOf(policy.object), ref)?.values() ?? []),
    ]);
    if (texts.includes('')) return `SecurityPolicy ${namesOf([policy])} has an API key that is empty`;
  }
  return undefined;
}
