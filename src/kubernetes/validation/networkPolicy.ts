import { type Fields, fieldsAt, isFields, listAt } from '../fields.ts';
import { portName } from '../names.ts';
import { blockOf, isStrictSubset } from './addresses.ts';
import { checkSelector } from './metadata.ts';
import { checkBlock, checkName, checkPort, fieldsSet, type Path, type Report } from './report.ts';

/**
 * NetworkPolicy beyond its schema: `ValidateNetworkPolicySpec` of Kubernetes 1.36,
 * `pkg/apis/networking/validation/validation.go`.
 */
export function checkNetworkPolicy(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  checkSelector(spec['podSelector'], ['spec', 'podSelector'], report);
  if (listAt(spec, 'policyTypes').length > 2)
    report(['spec', 'policyTypes'], 'there are more than two types', 'Ingress, Egress, or both');
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    listAt(spec, direction).forEach((rule, index) => {
      const path = ['spec', direction, index];
      listAt(rule, 'ports').forEach((port, position) => {
        if (isFields(port)) checkPolicyPort(port, [...path, 'ports', position], report);
      });
      listAt(rule, peers).forEach((peer, position) => {
        checkPeer(isFields(peer) ? peer : {}, [...path, peers, position], report);
      });
    });
  }
}

function checkPolicyPort(entry: Fields, path: Path, report: Report): void {
  const { port, endPort } = { port: entry['port'], endPort: entry['endPort'] };
  checkPort(port, [...path, 'port'], report);
  checkName(port, portName, [...path, 'port'], report);
  if (endPort === undefined || endPort === null) return;
  checkPort(endPort, [...path, 'endPort'], report);
  if (port === undefined || port === null)
    report(path, 'endPort needs a port', 'the field port', 'missing-field');
  else if (typeof port === 'string')
    report([...path, 'endPort'], 'endPort needs a port that is a number', 'a port number in port');
  else if (typeof port === 'number' && typeof endPort === 'number' && endPort < port)
    report([...path, 'endPort'], 'endPort is below port', 'a number that is not below port');
}

function checkPeer(peer: Fields, path: Path, report: Report): void {
  const set = fieldsSet(peer, ['podSelector', 'namespaceSelector', 'ipBlock']);
  if (set.length === 0)
    report(path, 'the peer is empty', 'podSelector, namespaceSelector or ipBlock', 'missing-field');
  if (set.includes('ipBlock') && set.length > 1)
    report([...path, 'ipBlock'], 'ipBlock is beside a selector', 'ipBlock in a peer of its own');
  checkSelector(peer['podSelector'], [...path, 'podSelector'], report);
  checkSelector(peer['namespaceSelector'], [...path, 'namespaceSelector'], report);
  if (isFields(peer['ipBlock'])) checkBlocks(peer['ipBlock'], [...path, 'ipBlock'], report);
}

function checkBlocks(block: Fields, path: Path, report: Report): void {
  const cidr = block['cidr'];
  checkBlock(cidr, [...path, 'cidr'], report);
  const outer = typeof cidr === 'string' ? blockOf(cidr) : undefined;
  listAt(block, 'except').forEach((text, index) => {
    const at = [...path, 'except', index];
    checkBlock(text, at, report);
    const inner = typeof text === 'string' ? blockOf(text) : undefined;
    if (inner !== undefined && outer !== undefined && !isStrictSubset(inner, outer))
      report(at, 'the value is not a part of cidr', 'a CIDR inside of cidr, and smaller');
  });
}
