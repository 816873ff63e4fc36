import { expect, it } from 'vitest';
import { privateNamed } from '../../config/private.ts';
import { addressAnnotations, withoutAddresses } from './loadBalancerAddress.ts';

const address = privateNamed('ADDRESS');
const asker = { field: 'homeDns.address', what: 'the name server' };

it.each([
  ['cilium', 'lbipam.cilium.io/ips'],
  ['metallb', 'metallb.io/loadBalancerIPs'],
  ['kube-vip', 'kube-vip.io/loadbalancerIPs'],
] as const)('a Service asks %s for an address by %s', (kind, annotation) => {
  expect(addressAnnotations({ kind }, address)).toEqual({ [annotation]: '${ADDRESS}' });
  expect(withoutAddresses({ kind }, asker)).toEqual([]);
});

it.each([
  ['servicelb', /ServiceLB gives those of the nodes/, /--disable=servicelb/],
  ['none', /nobody gives Services an address/, /install MetalLB or kube-vip/],
] as const)('%s gives no address of its own, and there is a way out', (kind, message, remedy) => {
  expect(addressAnnotations({ kind }, address)).toEqual({});
  expect(withoutAddresses({ kind }, asker)).toMatchObject([
    {
      code: 'needs-another',
      field: 'homeDns.address',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    },
  ]);
});
