import { type Fields, fieldsAt, isFields, listAt, mapsAt, textAt } from '../fields.ts';
import { dnsLabel, dnsSubdomain, portName } from '../names.ts';
import { isPlainAddress } from './addresses.ts';
import { checkName, checkPort, type Path, type Report } from './report.ts';

/** Ingress beyond its schema: Kubernetes 1.36, `pkg/apis/networking/validation/validation.go`. */
export function checkIngress(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  const rules = mapsAt(spec, 'rules');
  if (rules.length === 0 && !isFields(spec['defaultBackend']))
    report(['spec'], 'the Ingress leads nowhere', 'rules or defaultBackend', 'missing-field');
  checkName(spec['ingressClassName'], dnsSubdomain, ['spec', 'ingressClassName'], report);
  if (isFields(spec['defaultBackend']))
    checkBackend(spec['defaultBackend'], ['spec', 'defaultBackend'], report);
  rules.forEach((rule, index) => {
    checkHost(textAt(rule, 'host') ?? '', ['spec', 'rules', index, 'host'], report);
    const http = rule['http'];
    if (!isFields(http)) return;
    const paths = mapsAt(http, 'paths');
    if (Array.isArray(http['paths']) && paths.length === 0)
      report(
        ['spec', 'rules', index, 'http', 'paths'],
        'there is no path',
        'at least one path',
        'missing-field',
      );
    paths.forEach((path, position) => {
      checkPath(path, ['spec', 'rules', index, 'http', 'paths', position], report);
    });
  });
  mapsAt(spec, 'tls').forEach((tls, index) => {
    listAt(tls, 'hosts').forEach((host, position) => {
      if (typeof host === 'string') checkTlsHost(host, ['spec', 'tls', index, 'hosts', position], report);
    });
    if (tls['secretName'] !== '')
      checkName(tls['secretName'], dnsSubdomain, ['spec', 'tls', index, 'secretName'], report);
  });
}

const isWildcard = (host: string): boolean => host.startsWith('*.') && dnsSubdomain.holds(host.slice(2));

function checkHost(host: string, path: Path, report: Report): void {
  if (host === '') return;
  if (isPlainAddress(host)) report(path, 'the host is an address', 'a DNS name');
  else if (!dnsSubdomain.holds(host) && !isWildcard(host))
    report(path, 'the host is not valid', 'a DNS name in lower case, or one after "*."');
}

function checkTlsHost(host: string, path: Path, report: Report): void {
  if (!dnsSubdomain.holds(host) && !isWildcard(host))
    report(path, 'the host is not valid', 'a DNS name in lower case, or one after "*."');
}

const forbiddenInPath = ['//', '/./', '/../', '%2f', '%2F'];
const forbiddenAtEnd = ['/..', '/.'];

function checkPath(rule: Fields, at: Path, report: Report): void {
  const type = rule['pathType'];
  const path = textAt(rule, 'path') ?? '';
  const isPlain = type === 'Exact' || type === 'Prefix';
  if ((isPlain || path !== '') && !path.startsWith('/'))
    report([...at, 'path'], 'the path is not absolute', 'a path that starts with "/"');
  const isStrange =
    forbiddenInPath.some((part) => path.includes(part)) || forbiddenAtEnd.some((part) => path.endsWith(part));
  if (isPlain && isStrange)
    report([...at, 'path'], 'the path has a part that is not allowed', 'no //, /./, /../, %2f, /. or /..');
  const backend = rule['backend'];
  if (isFields(backend)) checkBackend(backend, [...at, 'backend'], report);
}

function checkBackend(backend: Fields, path: Path, report: Report): void {
  const { service, resource } = { service: backend['service'], resource: backend['resource'] };
  if (isFields(service) === isFields(resource))
    report(path, 'the backend is not one thing', 'exactly one of service and resource');
  if (!isFields(service)) return;
  const name = textAt(service, 'name') ?? '';
  if (name === '') report([...path, 'service'], 'no Service is named', 'the field name', 'missing-field');
  else checkName(name, dnsLabel, [...path, 'service', 'name'], report);
  const port = fieldsAt(service, 'port');
  const named = textAt(port, 'name') ?? '';
  const number = port['number'] ?? 0;
  if ((named !== '') === (number !== 0))
    report([...path, 'service'], 'the port is not one', 'exactly one of port.name and port.number');
  if (named !== '') checkName(named, portName, [...path, 'service', 'port', 'name'], report);
  if (number !== 0) checkPort(number, [...path, 'service', 'port', 'number'], report);
}

/** IngressClass beyond its schema. */
export function checkIngressClass(object: Fields, report: Report): void {
  const controller = textAt(object, 'spec', 'controller') ?? '';
  const [domain = '', ...rest] = controller.split('/');
  if (controller.length > 250 || rest.length === 0 || rest.join('/') === '' || !dnsSubdomain.holds(domain))
    report(['spec', 'controller'], 'the name of the controller is not valid', 'a domain, "/" and a path');
}
