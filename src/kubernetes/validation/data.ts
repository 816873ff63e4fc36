import { type Fields, fieldsAt, isFields, textAt } from '../fields.ts';
import { dataKey } from '../names.ts';
import { checkName, type Report } from './report.ts';

/** `MaxSecretSize` of Kubernetes, which holds for ConfigMaps, too. */
const largest = 1024 * 1024;

/** ConfigMap beyond its schema: `ValidateConfigMap` of Kubernetes 1.36, `pkg/apis/core/validation/validation.go`. */
export function checkConfigMap(object: Fields, report: Report): void {
  const { data, binaryData } = { data: fieldsAt(object, 'data'), binaryData: fieldsAt(object, 'binaryData') };
  let size = 0;
  for (const [field, entries] of Object.entries({ data, binaryData })) {
    for (const [key, value] of Object.entries(entries)) {
      checkName(key, dataKey, [field, key], report);
      size += sizeOf(value, field === 'binaryData');
    }
  }
  for (const key of Object.keys(data)) {
    if (Object.hasOwn(binaryData, key))
      report(['data', key], 'the key is in binaryData, too', 'the key in data or binaryData, not both');
  }
  if (size > largest) report([], 'the ConfigMap is too large', `at most ${largest} bytes`);
}

function sizeOf(value: unknown, isBase64: boolean): number {
  if (typeof value !== 'string') return 0;
  return isBase64 ? Buffer.byteLength(value, 'base64') : Buffer.byteLength(value);
}

/** Keys that a Secret of a type must have; of several lists, one of them. */
const keysByType: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'kubernetes.io/tls': [['tls.crt', 'tls.key']],
  'kubernetes.io/dockerconfigjson': [['.dockerconfigjson']],
  'kubernetes.io/dockercfg': [['.dockercfg']],
  'kubernetes.io/basic-auth': [['username'], ['password']],
  'kubernetes.io/ssh-auth': [['ssh-privatekey']],
};

/** Secret beyond its schema: `ValidateSecret` of Kubernetes 1.36. `stringData` is merged into `data` first. */
export function checkSecret(object: Fields, report: Report): void {
  const { data, stringData } = { data: fieldsAt(object, 'data'), stringData: fieldsAt(object, 'stringData') };
  let size = 0;
  for (const [field, entries] of Object.entries({ data, stringData })) {
    for (const [key, value] of Object.entries(entries)) {
      checkName(key, dataKey, [field, key], report);
      size += sizeOf(value, field === 'data');
    }
  }
  if (size > largest) report([], 'the Secret is too large', `at most ${largest} bytes`);
  const type = textAt(object, 'type') ?? '';
  const choices = keysByType[type];
  const has = (key: string): boolean => Object.hasOwn(data, key) || Object.hasOwn(stringData, key);
  if (choices !== undefined && !choices.some((keys) => keys.every(has)))
    report(
      ['type'],
      'a Secret of this type lacks its keys',
      choices.map((keys) => keys.join(' and ')).join(', or '),
      'missing-field',
    );
  if (type === 'kubernetes.io/service-account-token') checkTokenOwner(object, report);
  if (type === 'kubernetes.io/dockerconfigjson') checkJson('.dockerconfigjson', data, stringData, report);
  if (type === 'kubernetes.io/dockercfg') checkJson('.dockercfg', data, stringData, report);
}

function checkTokenOwner(object: Fields, report: Report): void {
  const annotation = 'kubernetes.io/service-account.name';
  const { annotations } = fieldsAt(object, 'metadata');
  if (!isFields(annotations) || (textAt(annotations, annotation) ?? '') === '')
    report(['metadata'], 'no service account is named', `the annotation ${annotation}`, 'missing-field');
}

function checkJson(key: string, data: Fields, stringData: Fields, report: Report): void {
  const plain = textAt(stringData, key);
  const encoded = textAt(data, key);
  const text = plain ?? (encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString());
  if (text === undefined || text.startsWith('ENC[') || encoded?.startsWith('ENC[')) return;
  try {
    JSON.parse(text);
  } catch {
    report([plain === undefined ? 'data' : 'stringData', key], 'the value is not JSON', 'JSON');
  }
}
