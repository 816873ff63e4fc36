import { type Fields, fieldsAt } from '../../kubernetes/fields.ts';
import { namesNoSecret, namesSecret } from './secretNames.ts';
import { isCiphertext, isEncryptedAt, isSopsFile, isSopsMetadata } from './sopsRule.ts';

/** What one value of a Secret is in the repository. */
export type ValueState =
  /** Nothing, encrypted, a placeholder, or what its author left open under a name that is no secret's. */
  | 'closed'
  /** Clear text that may be a secret. */
  | 'doubtful'
  | 'clear';

export interface SecretValue {
  key: string;
  state: ValueState;
}

/** What each value of a Secret is. Values are decided by their key and their form, and never leave this file. */
export function secretValues(object: Fields): readonly SecretValue[] {
  const sops = isSopsMetadata(object['sops']) ? object['sops'] : undefined;
  return (['data', 'stringData'] as const).flatMap((field) => {
    const entries = Object.entries(fieldsAt(object, field)).map(
      ([key, value]) => [key, value, textOf(field, value)] as const,
    );
    // A dotenv file of SOPS in a generator: each of its lines is a key.
    const isDotenv = entries.some(([key, , text]) => key === 'sops_mac' && text.startsWith('ENC['));
    return entries.map(([key, value, text]): SecretValue => {
      if (isDotenv && (key.startsWith('sops_') || isCiphertext(text))) return { key, state: 'closed' };
      return { key, state: stateOf(field, key, { value, text, sops }) };
    });
  });
}

interface Written {
  value: unknown;
  /** What it decodes to. */
  text: string;
  /** The metadata of SOPS, if the object has them. */
  sops: Fields | undefined;
}

function stateOf(field: string, key: string, { value, text, sops }: Written): ValueState {
  if (text === '') return 'closed';
  // Without the metadata nobody can decrypt it: it only looks encrypted.
  if (isCiphertext(value)) return sops === undefined ? 'clear' : 'closed';
  if (field === 'data' && isSopsFile(text)) return 'closed';
  const placeholders = placeholdersIn(text);
  if (placeholders === 'only' || isCertificate(text)) return 'closed';
  if (placeholders === 'beside') return namesSecret(key) ? 'clear' : 'doubtful';
  if (placeholders === 'default' || sops === undefined) return 'clear';
  return openState(key, text, isEncryptedAt([field, key], sops));
}

/** What SOPS left open. What it should have encrypted was changed afterwards. */
function openState(key: string, text: string, isEncrypted: boolean | undefined): ValueState {
  if (isEncrypted === true || namesSecret(key) || hasPassword(text)) return 'clear';
  return namesNoSecret(key) ? 'closed' : 'doubtful';
}

/** The text of a value. What is no base64 is what it is written as: the API server refuses it, but it is readable. */
function textOf(field: 'data' | 'stringData', value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (field === 'stringData' || !/^[\sA-Za-z0-9+/]*={0,2}\s*$/.test(text)) return text;
  return Buffer.from(text, 'base64').toString('utf8');
}

/** Expressions that are filled in later. A default is part of the text. */
const placeholder = /\$\{[A-Za-z_]\w*\}|\{\{[^{}]*\}\}/g;

/**
 * References that another program resolves before or after the object is applied: 1Password (`op inject`), vals, the
 * webhook of bank-vaults, and the Vault plugin of Argo CD. They name a secret and do not hold it.
 */
const reference =
  /^(?:op:\/\/[^\s/]+\/[^\s/]+(?:\/[^\s/]+){1,2}|ref\+[a-z][a-z\d]*:\/\/[^\s]+|vault:[\w./-]+#[\w.-]+|<path:[\w./-]+#[\w.-]+>)$/;

/** Whether a text is placeholders only, has a default, or has other text beside them. */
function placeholdersIn(text: string): 'only' | 'default' | 'beside' | 'none' {
  if (reference.test(text.trim())) return 'only';
  if (/\$\{[A-Za-z_]\w*:?[=?+-][^}]/.test(text)) return 'default';
  const rest = text.replaceAll(placeholder, '');
  if (rest === text) return 'none';
  if (rest.trim() === '') return 'only';
  return isBareUrl(rest) ? 'only' : 'beside';
}

/** A URL whose secrets, if it has any, are placeholders: no password, and no long word in its path. */
function isBareUrl(rest: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\/(?:[^\s:@/?]*:?@)?[^\s@/?]*(?:[/?&=][\w.,:-]{0,19})*$/i.test(rest);
}

function hasPassword(text: string): boolean {
  return /:\/\/[^\s/@:]*:[^\s/@]+@/.test(text);
}

/** A certificate is public. */
function isCertificate(text: string): boolean {
  const blocks = text.match(/-----BEGIN [^-]+-----/g) ?? [];
  return (
    text.trimStart().startsWith('-----BEGIN CERTIFICATE-----') &&
    blocks.every((each) => each === '-----BEGIN CERTIFICATE-----')
  );
}
