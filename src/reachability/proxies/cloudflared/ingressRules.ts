import { domainToASCII } from 'node:url';
import { isTemplate } from '../../../kubernetes/fields.ts';
import { compileGoPattern } from '../../../kubernetes/goPattern.ts';
import type { ObjectRef } from '../../../manifests/sourcedObject.ts';
import type { Control } from '../../model/analysis.ts';
import type { ProxyRoute, Upstream } from '../proxy.ts';
import type { HostPattern, RequestSet } from '../requests.ts';
import type {
  AccessConfiguration,
  ConfigurationFile,
  OriginRequest,
  WrittenRule,
} from './configurationFile.ts';

/** The rules, or why cloudflared refuses one of them and with it the whole file. */
export type RulesReading = { routes: readonly ProxyRoute[]; refused: string | undefined };

/** Where the rules are, and what the environment of cloudflared changes. */
export interface RuleContext {
  object: ObjectRef;
  /** Names the proxy between cloudflared and its origins that a variable sets, by the scheme and host of an origin. */
  outgoingProxy: (scheme: string, host: string) => string | undefined;
  /** Whether this version checks Access. */
  checksAccess: boolean;
}

/** Reads a list of rules (cloudflared 2026.8.2, `validateIngress` of `ingress/ingress.go`). */
export function readRules({ ingress, originRequest }: ConfigurationFile, context: RuleContext): RulesReading {
  const refused = ingress.flatMap((rule, index) => {
    const why = refusalOf(rule, originRequest, index === ingress.length - 1);
    return why === undefined ? [] : [`ingress[${index}]${why}`];
  })[0];
  if (refused !== undefined) return { routes: [], refused };
  return {
    routes: ingress.map((rule, index) => routeOf(rule, index, originRequest, context)),
    refused: undefined,
  };
}

const catchesAll = ({ hostname, path }: WrittenRule): boolean =>
  (hostname === '' || hostname === '*') && path === '';

function refusalOf(rule: WrittenRule, defaults: OriginRequest, isLast: boolean): string | undefined {
  const { hostname, path, originRequest } = rule;
  const service = serviceRefusal(rule, defaults);
  if (service !== undefined) return `.service: ${service}`;
  const { access } = originRequest;
  if (access?.required === true && access.teamName === '' && access.audTag.length > 0)
    return '.originRequest.access has an audience and no team';
  if (!isTemplate(hostname)) {
    if (/^(?:[^:[\]]*|\[[^\]]*\]):[^:]*$/.test(hostname)) return '.hostname contains a port';
    if (hostname.lastIndexOf('*') > 0) return '.hostname has a wildcard that is not at its beginning';
  }
  if (isLast && !catchesAll(rule))
    return ' is the last rule and does not match all requests: it must have no hostname and no path';
  if (!isLast && catchesAll(rule)) return ' matches all requests and is not the last rule';
  if (!isTemplate(path) && compileGoPattern(path) === undefined)
    return '.path is not a regular expression of Go';
  return undefined;
}

const url =
  /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@\s]*@)?(\[[^\]\s]+\]|[^/?#:@\s]*)(?::(\d*))?(\/[^?#]*)?(?:\?[^#]*)?(?:#.*)?$/i;

function isBastion({ service, originRequest }: WrittenRule, defaults: OriginRequest): boolean {
  return service === 'bastion' || (originRequest.bastionMode ?? defaults.bastionMode) === true;
}

function serviceRefusal(rule: WrittenRule, defaults: OriginRequest): string | undefined {
  const { service } = rule;
  if (isTemplate(service) || isAnswer(service) || /^unix(?:\+tls)?:/.test(service)) return undefined;
  const status = /^http_status:(.*)$/s.exec(service)?.[1];
  if (status !== undefined) return `${status} is no HTTP status`;
  if (service === 'socks-proxy' || isBastion(rule, defaults)) return undefined;
  const match = url.exec(service);
  if (match === null || match[2] === '')
    return `${service} is not the address of an origin, with a scheme and a host`;
  return match[4] === undefined ? undefined : `${service} has a path, which an origin cannot have`;
}

function isAnswer(service: string): boolean {
  const status = Number(/^http_status:[+]?(\d+)$/.exec(service)?.[1]);
  return (status >= 100 && status <= 999) || service === 'hello_world' || service === 'hello-world';
}

const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  ssh: 22,
  rdp: 3389,
  smb: 445,
  tcp: 7864,
};

/** Where a rule leads. The order of the checks is that of `validateIngress`. */
function upstreamOf(rule: WrittenRule, defaults: OriginRequest, { outgoingProxy }: RuleContext): Upstream {
  const { service } = rule;
  const unknown = (why: string): Upstream => ({ kind: 'unknown', why });
  if (isTemplate(service)) return unknown('its origin is filled in later');
  if (/^unix(?:\+tls)?:/.test(service)) return unknown('its origin is a socket of its own pod');
  if (isAnswer(service)) return { kind: 'answer' };
  if (service === 'socks-proxy') return unknown('socks-proxy lets the client choose the origin');
  if (isBastion(rule, defaults))
    return unknown(`${service === 'bastion' ? 'bastion' : 'bastionMode'} lets the client choose the origin`);
  const [, written = '', host = '', port = ''] = url.exec(service) ?? [];
  const scheme = written.toLowerCase();
  const isHttp = ['http', 'https', 'ws', 'wss'].includes(scheme);
  const proxyType = rule.originRequest.proxyType ?? defaults.proxyType;
  if (!isHttp && proxyType === 'socks') return unknown('proxyType: socks lets the client choose the origin');
  const proxy = isHttp ? outgoingProxy(scheme, host) : undefined;
  if (proxy !== undefined) return unknown(`${proxy} leads its requests through another proxy`);
  const number = port === '' ? defaultPorts[scheme] : Number(port);
  if (number === undefined) return unknown('its origin is not a host and a port');
  return { kind: 'address', host: host.replace(/^\[|\]$/g, ''), port: number };
}

function routeOf(
  rule: WrittenRule,
  index: number,
  defaults: OriginRequest,
  context: RuleContext,
): ProxyRoute {
  const { hostname, path, originRequest } = rule;
  const { controls, refuses } = accessOf(originRequest.access, defaults.access, context);
  const label = hostname === '' || hostname === '*' ? undefined : hostname;
  const isVerified = controls.some(({ certainty }) => certainty === 'verified') && refuses === undefined;
  return {
    name: `ingress[${index}]`,
    hostname: label,
    path: path === '' ? undefined : path,
    requests: requestsOf(label, path === '' ? undefined : path),
    ports: [],
    upstream: upstreamOf(rule, defaults, context),
    controls,
    refuses,
    assumptions: isVerified
      ? [
          `The Cloudflare Access application covers ${label ?? 'every hostname of the tunnel'}, and its policy denies by default`,
        ]
      : [],
    object: context.object,
  };
}

/**
 * A hostname is compared as it is written, and since 2022.10 also by its form for DNS (`punycodeHostname` of
 * `ingress/ingress.go`): in lower case, in ASCII. There is none for a wildcard. Requests arrive in lower case.
 */
function requestsOf(hostname: string | undefined, path: string | undefined): RequestSet {
  if (hostname === undefined) return { hosts: undefined, certain: true, intended: undefined, path };
  const isWildcard = hostname.startsWith('*.');
  const written: HostPattern = { text: isWildcard ? hostname.slice(1) : hostname, wildcard: isWildcard };
  if (isTemplate(hostname)) return { hosts: [written], certain: true, intended: written, path };
  const ascii = domainToASCII(hostname.replace(/^\*\.?/, '').replace(/\.$/, ''));
  const lower = ascii === '' ? hostname.replace(/^\*\.?/, '').toLowerCase() : ascii;
  const intended = {
    text: hostname.startsWith('*') ? `.${lower}` : lower,
    wildcard: hostname.startsWith('*'),
  };
  if (written.text === intended.text && isWildcard === intended.wildcard)
    return { hosts: [written], certain: true, intended, path };
  const lookedUp = !hostname.startsWith('*') && /^[a-z0-9.-]+$/.test(lower) && !hostname.endsWith('.');
  return { hosts: lookedUp ? [intended] : [], certain: !lookedUp, intended, path };
}

/**
 * The control of `originRequest.access` of one rule. cloudflared ignores the one at the top level
 * (`ingress/ingress.go`). It verifies nothing without `required`. An audience has to match, so without one, or without
 * a team, no token passes (`ingress/middleware/jwtvalidator.go`).
 */
function accessOf(
  access: AccessConfiguration | undefined,
  above: AccessConfiguration | undefined,
  { object, checksAccess }: RuleContext,
): { controls: readonly Control[]; refuses: string | undefined } {
  const base = { type: 'access', object } as const;
  if (access === undefined) {
    const demands = 'nothing: Access is at the top level, where cloudflared ignores it';
    const ignored: Control = { ...base, certainty: 'none', demands, configuration: { level: 'top' } };
    return { controls: above === undefined ? [] : [ignored], refuses: undefined };
  }
  const { required, teamName } = access;
  const audTag = access.audTag.filter((tag) => tag !== '');
  const configuration = { required, teamName, audTag };
  const control = (certainty: Control['certainty'], demands: string): readonly Control[] => [
    { ...base, certainty, demands, configuration },
  ];
  if (!required) return { controls: control('none', 'nothing: Access is not required'), refuses: undefined };
  if (!checksAccess)
    return {
      controls: control('none', 'nothing: cloudflared checks Access since 2022.10.0, and its image is older'),
      refuses: undefined,
    };
  if (teamName === '' || audTag.length === 0) {
    const missing = teamName === '' ? 'team' : 'audience';
    const refuses = `Access names no ${missing}, so every request is refused`;
    return { controls: control('verified', `what no request has: ${refuses}`), refuses };
  }
  if ([teamName, ...audTag].some(isTemplate))
    return {
      controls: control('unknown', 'a Cloudflare Access token, once its team and audience are filled in'),
      refuses: undefined,
    };
  // The keys are from `https://TEAM.cloudflareaccess.com`, so that another text names another host.
  if (!/^[a-z0-9-]+$/i.test(teamName)) {
    const demands = 'a token that another host may sign: teamName is not the name of a team';
    return { controls: control('unknown', demands), refuses: undefined };
  }
  return { controls: control('verified', 'a valid Cloudflare Access token'), refuses: undefined };
}
