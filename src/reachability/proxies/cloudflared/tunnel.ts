import { parse } from 'yaml';
import {
  type Fields,
  fieldsAt,
  isTemplate,
  mapsAt,
  textAt,
  textsIn,
  valueAt,
} from '../../../kubernetes/fields.ts';
import {
  type ConfigurationSources,
  environmentOf,
  type MountedFile,
  mountedFiles,
} from '../../../manifests/configurationSources.ts';
import type { ObjectRef } from '../../../manifests/sourcedObject.ts';
import type { Control } from '../../model/analysis.ts';
import { containersOf, imageNameOf, type Workload, wordsOf } from '../../model/workload.ts';
import type { ProxyReader, ProxyRoute, ProxyWorkload, Upstream } from '../proxy.ts';

/** The default paths of the configuration (cloudflared 2026.8, `config/configuration.go`). */
const defaultFile =
  /(?:\/\.cloudflared|\/\.cloudflare-warp|\/cloudflare-warp|\/etc\/cloudflared)\/config\.ya?ml$/;

const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  ssh: 22,
  rdp: 3389,
  smb: 445,
};

export const cloudflared: ProxyReader = { program: 'cloudflared', read: readTunnel };

function readTunnel(
  configurationSources: ConfigurationSources,
  workload: Workload,
): ProxyWorkload | undefined {
  const container = containersOf(workload.spec).find(isCloudflared);
  if (container === undefined) return undefined;
  const words = wordsOf(container).flatMap((word) => word.split(/\s+/));
  const environment = environmentOf(configurationSources, workload.namespace, container);
  const bare = bareTunnel(workload, workload.ref);
  if (
    flagOf(words, 'token') !== undefined ||
    flagOf(words, 'token-file') !== undefined ||
    hasToken(environment)
  ) {
    return { ...bare, unseen: 'it runs with a token, so its rules stand in the dashboard' };
  }
  const file = configurationFile(
    words,
    mountedFiles(configurationSources, workload.namespace, workload.spec, container),
  );
  const url = flagOf(words, 'url') ?? environment.get('TUNNEL_URL');
  if (file === undefined) {
    if (url !== undefined)
      return { ...bare, routes: [routeOf({ service: url }, 0, workload.ref, undefined)] };
    return { ...bare, unseen: 'its configuration file is not among the objects' };
  }
  return readConfiguration(workload, file, url);
}

function bareTunnel(workload: Workload, object: ObjectRef): ProxyWorkload {
  return { workload, kind: 'tunnel', object, routes: [], answering: [], unseen: undefined };
}

function isCloudflared(container: Fields): boolean {
  if (imageNameOf(container).includes('cloudflared')) return true;
  const words = wordsOf(container).flatMap((word) => word.split(/[\s/]+/));
  return words.includes('cloudflared') && words.includes('tunnel');
}

function hasToken(environment: ReadonlyMap<string, string | undefined>): boolean {
  return environment.has('TUNNEL_TOKEN') || environment.has('TUNNEL_TOKEN_FILE');
}

/** The value of a long flag, as `--name value` or `--name=value`. */
export function flagOf(words: readonly string[], name: string): string | undefined {
  for (const [position, word] of words.entries()) {
    if (word === `--${name}` || word === `-${name}`) return words[position + 1] ?? '';
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
  }
  return undefined;
}

function configurationFile(words: readonly string[], files: readonly MountedFile[]): MountedFile | undefined {
  const named = flagOf(words, 'config');
  if (named === undefined) return files.find(({ path }) => defaultFile.test(path));
  return (
    files.find(({ path }) => path === named) ??
    files.find(({ path, text }) => text === undefined && named.startsWith(path))
  );
}

function readConfiguration(workload: Workload, file: MountedFile, url: string | undefined): ProxyWorkload {
  const object = file.object ?? workload.ref;
  const bare = bareTunnel(workload, object);
  if (file.text === undefined) return { ...bare, unseen: 'its configuration file is not readable here' };
  const document = parseText(file.text);
  if (document === undefined) return { ...bare, unseen: 'its configuration is no YAML map' };
  const above = valueAt(document, 'originRequest', 'access');
  const ingress = mapsAt(document, 'ingress');
  const single = textAt(document, 'url') ?? url;
  const rules = ingress.length === 0 && single !== undefined ? [{ service: single }] : ingress;
  return {
    ...bare,
    routes: rules.map((rule, position) => routeOf(rule, position, object, above)),
    unseen: unseenOf(document),
  };
}

function parseText(text: string): Fields | undefined {
  try {
    const document: unknown = parse(text, { maxAliasCount: 100, logLevel: 'silent' });
    return typeof document === 'object' && document !== null && !Array.isArray(document)
      ? fieldsAt({ document }, 'document')
      : undefined;
  } catch {
    return undefined;
  }
}

function unseenOf(document: Fields): string | undefined {
  if (valueAt(document, 'warp-routing', 'enabled') === true) {
    return 'it routes private networks (warp-routing), and who may use them stands in the dashboard';
  }
  const ingress = valueAt(document, 'ingress');
  return ingress === undefined || Array.isArray(ingress) ? undefined : 'its ingress rules are no list';
}

/** One ingress rule. The first rule that matches a request decides. */
function routeOf(rule: Fields, position: number, object: ObjectRef, above: unknown): ProxyRoute {
  const hostname = textAt(rule, 'hostname');
  return {
    name: `ingress[${position}]`,
    hostname: hostname === '' || hostname === '*' ? undefined : hostname,
    path: textAt(rule, 'path'),
    ports: [],
    upstream: upstreamOf(textAt(rule, 'service') ?? ''),
    controls: accessOf(valueAt(rule, 'originRequest', 'access'), above, object),
    object,
  };
}

function upstreamOf(service: string): Upstream {
  if (/^http_status:\d+$/.test(service) || service === 'hello_world' || service === 'hello-world')
    return { kind: 'answer' };
  if (service === 'bastion' || service === 'socks-proxy')
    return { kind: 'unknown', why: `${service} lets the client choose the origin` };
  const match = /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d+))?(?:[/?#].*)?$/i.exec(service);
  const [, scheme = '', host = '', port] = match ?? [];
  const number = port === undefined ? defaultPorts[scheme.toLowerCase()] : Number(port);
  if (host === '' || number === undefined || isTemplate(service)) {
    return { kind: 'unknown', why: 'its origin is not a host and a port' };
  }
  return { kind: 'address', host: host.replace(/^\[|\]$/g, ''), port: number };
}

/**
 * The control of `originRequest.access` of one rule. cloudflared ignores the one at the top level
 * (`ingress/ingress.go`). It verifies nothing without `required`, and it cannot verify anything without a team and an
 * audience.
 */
function accessOf(access: unknown, above: unknown, object: ObjectRef): readonly Control[] {
  const base = { type: 'access', object } as const;
  if (access === undefined || access === null) {
    if (above === undefined) return [];
    const demands = 'nothing: Access stands at the top level, where cloudflared ignores it';
    return [{ ...base, certainty: 'none', demands, configuration: { level: 'top' } }];
  }
  const teamName = textAt(access, 'teamName') ?? '';
  const tags = valueAt(access, 'audTag');
  const audTag = (Array.isArray(tags) ? tags : []).filter((tag) => typeof tag === 'string' && tag !== '');
  const required = valueAt(access, 'required') === true;
  const configuration = { required, teamName, audTag };
  if (!required)
    return [{ ...base, certainty: 'none', demands: 'nothing: Access is not required', configuration }];
  if (teamName === '' || audTag.length === 0) {
    const missing = teamName === '' ? 'team' : 'audience';
    const demands = `nothing that can be verified: Access names no ${missing}`;
    return [{ ...base, certainty: 'none', demands, configuration }];
  }
  const open = textsIn([teamName, audTag]).some(isTemplate);
  const demands = open
    ? 'a Cloudflare Access token, once its team and audience are filled in'
    : 'a valid Cloudflare Access token';
  return [{ ...base, certainty: open ? 'unknown' : 'verified', demands, configuration }];
}
