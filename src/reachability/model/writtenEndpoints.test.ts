import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { resolve } from '../entrypoints/destinations.ts';
import { readObjects } from '../queries.ts';
import { buildModel } from './model.ts';

/** Where a Service leads, beside some objects. */
function destination(text: string, podRanges?: readonly string[], selector = ''): string {
  const service = `- {apiVersion: v1, kind: Service, metadata: {name: nas, namespace: x}, spec: {${selector}ports: [{port: 80}]}}\n`;
  const assumptions = { lan: [], vpn: [], ...(podRanges === undefined ? {} : { podRanges }) };
  const model = buildModel(readObjects(parse(service + text), 'list'), assumptions);
  const { problem } = resolve(model, 'nas', 80, 'x');
  return problem === undefined ? '' : `${problem.kind}: ${problem.why}`;
}

const slice = (address: string, labels = 'kubernetes.io/service-name: nas'): string =>
  `- {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: nas-1, namespace: x, labels: {${labels}}}, endpoints: [{addresses: ['${address}']}]}\n`;
const endpoints = (address: string): string =>
  `- {apiVersion: v1, kind: Endpoints, metadata: {name: nas, namespace: x}, subsets: [{addresses: [{ip: '${address}'}]}]}\n`;
const pods = ['10.42.0.0/16'];

it.each([
  ['nothing is written', '', pods, 'unknown: Service x/nas has no selector'],
  ['a slice names an address outside', slice('192.0.2.1'), pods, 'outside: Service x/nas leads to 192.0.2.1'],
  [
    'Endpoints name an address outside',
    endpoints('192.0.2.1'),
    pods,
    'outside: Service x/nas leads to 192.0.2.1',
  ],
  ['a slice names an address of pods', slice('10.42.1.1'), pods, 'unknown: Service x/nas leads to 10.42.1.1'],
  [
    'addresses of pods are not known',
    slice('192.0.2.1'),
    undefined,
    'unknown: Service x/nas leads to 192.0.2.1',
  ],
  [
    'a slice is of another Service',
    slice('192.0.2.1', 'kubernetes.io/service-name: b'),
    pods,
    'unknown: Service x/nas has no selector',
  ],
])('without a selector: %s', (_, text, podRanges, expected) => {
  expect(destination(text, podRanges)).toContain(expected);
});

it('leads elsewhere beside its selector if someone wrote a slice, and not if a controller did', () => {
  const pod =
    '- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x, labels: {a: b}}, spec: {containers: [{name: c}]}}\n';
  const selector = 'selector: {a: b}, ';
  expect(destination(pod, pods, selector)).toBe('');
  expect(destination(pod + slice('10.42.1.1'), pods, selector)).toContain('unknown');
  const managed =
    'kubernetes.io/service-name: nas, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io';
  expect(destination(pod + slice('10.42.1.1', managed), pods, selector)).toBe('');
  expect(destination(pod + endpoints('10.42.1.1'), pods, selector)).toBe('');
});
