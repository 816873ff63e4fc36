import type { AgeRecipient } from '../secrets/age/recipient.ts';
import { kubernetesSecretRule, wholeDocumentRule } from '../secrets/sops/rule.ts';
import { sopsConfig } from '../secrets/sopsConfig.ts';
import { encryptedOverlay } from './privateValuesFile.ts';

/** `.sops.yaml` for everything that Gatehouse encrypts. */
export function sopsConfigFor(recipients: readonly AgeRecipient[]): string {
  const overlay = { pathRegex: `(^|/)${encryptedOverlay.replaceAll('.', '\\.')}$`, rule: wholeDocumentRule };
  return sopsConfig([overlay, { pathRegex: '\\.sops\\.yaml$', rule: kubernetesSecretRule }], recipients);
}
