import { type Fields, fieldsAt, isFields, listAt, mapsAt, textAt } from '../fields.ts';
import { dnsLabel, dnsSubdomain, labelKey, portName } from '../names.ts';
import { isAddress, isSpecialAddress } from './addresses.ts';
import { checkLabels } from './metadata.ts';
import {
  checkBlock,
  checkName,
  checkNameIn,
  checkPort,
  checkRange,
  checkUnique,
  type Path,
  type Report,
} from './report.ts';

/** The default of `--service-node-port-range`. */
const nodePorts = { first: 30_000, last: 32_767 };

/**
 * Service beyond its schema: `ValidateService` of Kubernetes 1.36, `pkg/apis/core/validation/validation.go`. That node
 * ports are in the default range is assumed.
 */
export function checkService(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  const type = textAt(spec, 'type') ?? 'ClusterIP';
  const ports = mapsAt(spec, 'ports');
  const isHeadless = spec['clusterIP'] === 'None' || listAt(spec, 'clusterIPs')[0] === 'None';
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName')
    report(['spec'], 'the Service has no ports', 'the field ports', 'missing-field');
  checkLabels(spec['selector'], ['spec', 'selector'], report);
  checkPorts(ports, type, report);
  checkType(spec, type, isHeadless, report);
  checkAddresses(spec, type, report);
  checkAffinity(spec, report);
  checkTraffic(spec, type, report);
}

function checkPorts(ports: readonly Fields[], type: string, report: Report): void {
  const at = (index: number): Path => ['spec', 'ports', index];
  ports.forEach((port, index) => {
    const name = port['name'];
    if (ports.length > 1 && (name === undefined || name === null || name === ''))
      report(at(index), 'one of several ports has no name', 'the field name', 'missing-field');
    if (name !== '') checkName(name, dnsLabel, [...at(index), 'name'], report);
    checkPort(port['port'], [...at(index), 'port'], report);
    const target = port['targetPort'];
    if (target !== 0) checkPort(target, [...at(index), 'targetPort'], report);
    if (target !== '') checkName(target, portName, [...at(index), 'targetPort'], report);
    checkNameIn(port, 'appProtocol', labelKey, at(index), report);
    const nodePort = port['nodePort'];
    if (typeof nodePort !== 'number' || nodePort === 0) return;
    if (type === 'ClusterIP' || type === 'ExternalName')
      report([...at(index), 'nodePort'], `a Service of type ${type} has no node ports`, 'another type');
    else if (nodePort < nodePorts.first || nodePort > nodePorts.last)
      report(
        [...at(index), 'nodePort'],
        'the port is not in the range of node ports',
        `${nodePorts.first} to ${nodePorts.last}`,
        'wrong-value',
        'its --service-node-port-range is another one',
      );
  });
  const protocolOf = (port: Fields): string => textAt(port, 'protocol') ?? 'TCP';
  checkUnique(
    ports.map((port) => textAt(port, 'name') || undefined),
    (index) => [...at(index), 'name'],
    'the name',
    report,
  );
  checkUnique(
    ports.map((port) => `${protocolOf(port)} ${port['port']}`),
    at,
    'the port with its protocol',
    report,
  );
  checkUnique(
    ports.map((port) => (port['nodePort'] ? `${protocolOf(port)} ${port['nodePort']}` : undefined)),
    (index) => [...at(index), 'nodePort'],
    'the node port with its protocol',
    report,
  );
}

function checkType(spec: Fields, type: string, isHeadless: boolean, report: Report): void {
  if (isHeadless && (type === 'NodePort' || type === 'LoadBalancer'))
    report(['spec', 'clusterIP'], `a Service of type ${type} cannot be headless`, 'another value than None');
  if (type === 'ExternalName') {
    const name = textAt(spec, 'externalName') ?? '';
    if (name === '') report(['spec'], 'the Service names nothing', 'the field externalName', 'missing-field');
    else checkName(name, dnsSubdomain, ['spec', 'externalName'], report);
    if ((textAt(spec, 'clusterIP') ?? '') !== '' || listAt(spec, 'clusterIPs').length > 0)
      report(['spec', 'clusterIP'], 'a Service of type ExternalName has no address', 'no clusterIP');
  }
  const lists = listAt(spec, 'clusterIPs');
  const one = textAt(spec, 'clusterIP');
  if (one !== undefined && lists.length > 0 && lists[0] !== one)
    report(['spec', 'clusterIPs'], 'the first address is not that of clusterIP', 'the address of clusterIP');
  const families = listAt(spec, 'ipFamilies');
  families.forEach((family, index) => {
    if (family !== 'IPv4' && family !== 'IPv6')
      report(['spec', 'ipFamilies', index], 'this is no family of addresses', 'IPv4 or IPv6', 'not-a-choice');
  });
  checkUnique(families.map(String), (index) => ['spec', 'ipFamilies', index], 'the family', report);
}

function checkAddresses(spec: Fields, type: string, report: Report): void {
  const own = textAt(spec, 'clusterIP') ?? '';
  if (own !== '' && own !== 'None' && type !== 'ExternalName' && !isAddress(own))
    report(['spec', 'clusterIP'], 'the value is no address', 'an IP address, or None');
  listAt(spec, 'externalIPs').forEach((address, index) => {
    if (typeof address !== 'string') return;
    if (!isAddress(address) || isSpecialAddress(address))
      report(['spec', 'externalIPs', index], 'the value is no address of a host', 'an IP address of a host');
  });
  const ranges = listAt(spec, 'loadBalancerSourceRanges');
  if (ranges.length > 0 && type !== 'LoadBalancer')
    report(
      ['spec', 'loadBalancerSourceRanges'],
      `a Service of type ${type} has no load balancer`,
      'the type LoadBalancer',
    );
  ranges.forEach((range, index) => {
    const path = ['spec', 'loadBalancerSourceRanges', index];
    checkBlock(typeof range === 'string' ? range.trim() : range, path, report);
  });
}

function checkAffinity(spec: Fields, report: Report): void {
  const config = spec['sessionAffinityConfig'];
  if (!isFields(config)) return;
  const timeout = fieldsAt(config, 'clientIP')['timeoutSeconds'];
  checkRange(timeout, 1, 86_400, ['spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds'], report);
}

/** Fields that only some types may have. */
function checkTraffic(spec: Fields, type: string, report: Report): void {
  const isExternal =
    type === 'NodePort' ||
    type === 'LoadBalancer' ||
    (type === 'ClusterIP' && listAt(spec, 'externalIPs').length > 0);
  const policy = textAt(spec, 'externalTrafficPolicy') ?? '';
  if (policy !== '' && !isExternal)
    report(
      ['spec', 'externalTrafficPolicy'],
      `a Service of type ${type} gets no traffic from outside`,
      'the type NodePort or LoadBalancer, or externalIPs',
    );
  for (const field of ['loadBalancerClass', 'allocateLoadBalancerNodePorts']) {
    if (spec[field] !== undefined && spec[field] !== null && type !== 'LoadBalancer')
      report(['spec', field], `a Service of type ${type} has no load balancer`, 'the type LoadBalancer');
  }
  checkName(spec['loadBalancerClass'], labelKey, ['spec', 'loadBalancerClass'], report);
  const check = spec['healthCheckNodePort'];
  if (typeof check === 'number' && check !== 0 && !(type === 'LoadBalancer' && policy === 'Local'))
    report(
      ['spec', 'healthCheckNodePort'],
      'this needs a load balancer with externalTrafficPolicy: Local',
      'no healthCheckNodePort',
    );
  const distribution = textAt(spec, 'trafficDistribution');
  if (
    distribution !== undefined &&
    distribution !== '' &&
    !['PreferClose', 'PreferSameZone', 'PreferSameNode'].includes(distribution)
  )
    report(
      ['spec', 'trafficDistribution'],
      'the field does not allow this value',
      'PreferClose, PreferSameZone or PreferSameNode',
      'not-a-choice',
    );
}
