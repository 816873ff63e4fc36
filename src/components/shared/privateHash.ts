import { type Private, reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';

/** The hash of a key of a Secret, for an annotation of pods: they start again when its value changes. */
export function privateHash(
  { configHash }: Pick<BuildContext<unknown>, 'configHash'>,
  { name, key }: { readonly name: string; readonly key: string },
  value: Private | undefined,
): string {
  return configHash({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { [key]: value === undefined ? '' : reference(value) },
  });
}
