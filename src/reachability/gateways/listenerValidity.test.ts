import { expect, test } from 'vitest';
import { readConfigurationSources } from '../../manifests/configurationSources.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { validityOf } from './listenerValidity.ts';
import { indexObjects } from './objectIndex.ts';
import { secretError } from './references.ts';

const metadata = { name: 'outer', namespace: 'network' };
const gateway: SourcedObject = {
  object: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata },
  file: 'gateway.yaml',
};
const listener = {
  name: 'https',
  protocol: 'HTTPS',
  port: 443,
  tls: { certificateRefs: [{ name: 'outer' }] },
};
const secret = (fields: object, encrypted: boolean): SourcedObject => ({
  object: { apiVersion: 'v1', kind: 'Secret', metadata, ...fields },
  file: 'secret.yaml',
  encrypted,
});

test.each([
  ['is not there', [], 'maybe'],
  ['was read without its values, as verify reads it', [secret({}, true)], 'maybe'],
  [
    'has a certificate and a key',
    [secret({ type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } }, true)],
    'yes',
  ],
  ['has none', [secret({ type: 'Opaque', data: { a: '' } }, false)], 'no'],
] as const)('a listener whose Secret %s', (_, secrets, expected) => {
  expect(validityOf(indexObjects([gateway, ...secrets]), gateway, listener)).toBe(expected);
});

test.each([
  ['was read without its values', secret({}, true), undefined],
  ['has no such key', secret({ data: { a: '' } }, true), 'has no key b'],
] as const)('a policy whose Secret %s', (_, source, expected) => {
  const objects = [source];
  const context = {
    index: indexObjects(objects),
    configurationSources: readConfigurationSources(objects),
    unrendered: new Set<string>(),
    controllerServices: new Set<string>(),
  };
  expect(secretError(context, 'network', { name: 'outer' }, 'b')?.why.slice(-12)).toBe(expected);
});
