import type { AgeRecipient } from '../secrets/age/recipient.ts';
import { kubernetesSecretRule, wholeDocumentRule } from '../secrets/sops/rule.ts';
import { sopsConfig } from '../secrets/sopsConfig.ts';
import { encryptedPrivateFile } from './privateValuesFile.ts';

/** The text of `.sops.yaml` for all files that Gatehouse encrypts. */
export function sopsConfigFor(recipients: readonly AgeRecipient[]): string {
  const privateFile = {
    pathRegex: `(^|/)${encryptedPrivateFile.replaceAll('.', '\\.')}$`,
    rule: wholeDocumentRule,
  };
  return sopsConfig([privateFile, { pathRegex: '\\.sops\\.yaml$', rule: kubernetesSecretRule }], recipients);
}
