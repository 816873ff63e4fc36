import { isFields, textAt } from '../../kubernetes/fields.ts';
import { describeObject, refOf, type SourcedObject } from '../sourcedObject.ts';

/**
 * Why Flux refuses what a Kustomization applies, where it has a Secret of SOPS and no `decryption` (kustomize-controller
 * 1.9, `IsEncryptedSecret` and `IsDecryptionDisabled` of `internal/decryptor/decryptor.go`).
 */
export function encryptedWithoutKey(
  kustomization: SourcedObject,
  objects: readonly SourcedObject[],
): string | undefined {
  if (textAt(kustomization.object, 'spec', 'decryption', 'provider') === 'sops') return undefined;
  const secret = objects.find(isEncryptedSecret);
  return secret === undefined
    ? undefined
    : `${describeObject(refOf(secret))} is encrypted with SOPS, and the Kustomization has no decryption`;
}

function isEncryptedSecret({ object, encrypted }: SourcedObject): boolean {
  const disabled = textAt(object, 'metadata', 'annotations', 'kustomize.toolkit.fluxcd.io/decrypt');
  return (
    object.kind === 'Secret' &&
    object.apiVersion === 'v1' &&
    (encrypted === true || isFields(object['sops'])) &&
    disabled?.toLowerCase() !== 'disabled'
  );
}
