import { createHmac } from 'node:crypto';
import type { Component, Context } from '../components/contract/component.ts';
import type { ClusterSettings } from '../config/clusterSettings.ts';
import { everyValue, fillIn, type PrivateValues } from '../config/private.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { privateQuestions } from './privateQuestions.ts';

/** A component that is on, with what it may look at. */
export interface Active {
  component: Component;
  context: Context<unknown>;
}

/** The components whose section is there and not turned off, and those that are always on. */
export function activeComponents(
  cluster: ClusterSettings & Record<string, unknown>,
  values: { private: PrivateValues; secret: PrivateValues },
  catalogue: readonly Component[],
): Active[] {
  const configHash = hashWith(values);
  const questions = privateQuestions(cluster, values.private);
  return catalogue.flatMap((component) => {
    const section = component.section === undefined ? undefined : cluster[component.section];
    const off =
      component.section !== undefined &&
      (section === undefined || (section as { enabled?: boolean }).enabled === false);
    return off ? [] : [{ component, context: { settings: cluster, section, configHash, ...questions } }];
  });
}

/**
 * HMAC-SHA-256 over the objects with private values and secrets filled in, cut to 32 hexadecimal digits. A plain hash of a
 * host name could be guessed, and a hash over `${NAME}` would miss a changed value.
 */
function hashWith(values: {
  private: PrivateValues;
  secret: PrivateValues;
}): (...objects: KubernetesObject[]) => string {
  const key = Buffer.from(values.secret.get('SECRETS_HASH_KEY') ?? '', 'hex');
  const privateValues = everyValue(values);
  return (...objects) => {
    const text = fillIn(JSON.stringify(objects), privateValues);
    return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
  };
}
