import { type Fields, isTemplate, mapsAt, textAt, textsAt } from '../../../kubernetes/fields.ts';
import {
  type ConfigurationSources,
  environmentOf,
  type MountedFile,
  mountedFiles,
} from '../../../manifests/configurationSources.ts';
import { describeObject, type ObjectRef } from '../../../manifests/sourcedObject.ts';
import { containersOf, imageNameOf, type Workload, wordsOf } from '../../model/workload.ts';
import type { ProxyReader, ProxyWorkload } from '../proxy.ts';
import { writtenAtRuntime } from '../runtimeFiles.ts';
import { type CommandLine, readCommandLine } from './commandLine.ts';
import {
  type ConfigurationFile,
  emptyFile,
  readConfigurationFile,
  type WrittenRule,
} from './configurationFile.ts';
import { type RuleContext, readRules } from './ingressRules.ts';

/** The directories of the default configuration, in the order of the search (2026.8.2, `config/configuration.go`). */
const defaultDirectories = [
  /\/\.cloudflared$/,
  /\/\.cloudflare-warp$/,
  /^\/(?:root|home\/\w+)\/cloudflare-warp$/,
  /^\/etc\/cloudflared$/,
  /^\/usr\/local\/etc\/cloudflared$/,
];

/** Commands that open no tunnel (`cmd/cloudflared/main.go`, `tunnel/cmd.go`). */
const otherCommands = new Set([
  'access',
  'proxy-dns',
  'version',
  'update',
  'tail',
  'management',
  'help',
  'login',
]);

/** Commands of `tunnel` that open none (`tunnel/subcommands.go`, `tunnel/vnets_subcommands.go` and beside them). */
const otherTunnelCommands = new Set(
  'create list ls info ready delete cleanup token vnet route ingress diag login proxy-dns db-connect help'.split(
    ' ',
  ),
);

/** What one container of cloudflared is started with. */
interface Started {
  sources: ConfigurationSources;
  workload: Workload;
  container: Fields;
  line: CommandLine;
  environment: ReadonlyMap<string, string | undefined>;
}

export const cloudflared: ProxyReader = {
  program: 'cloudflared',
  read: (sources, workload) =>
    containersOf(workload.spec)
      .filter(isCloudflared)
      .flatMap((container) => readContainer(sources, workload, container)),
};

/** Whether a container runs cloudflared so that its command is read. */
export function isCloudflared(container: Fields): boolean {
  if (imageNameOf(container).includes('cloudflared')) return true;
  const words = wordsOf(container).flatMap((word) => word.split(/[\s/;&|]+/));
  return words.includes('cloudflared') && words.includes('tunnel');
}

function readContainer(
  sources: ConfigurationSources,
  workload: Workload,
  container: Fields,
): readonly ProxyWorkload[] {
  const line = readCommandLine(container);
  const environment = environmentOf(sources, workload.namespace, container);
  const [first, second] = line.commands;
  if (
    first === undefined &&
    line.unread === undefined &&
    line.options.size === 0 &&
    wordsOf(container).length === 0
  )
    return /(?:^|\/)cloudflare\/cloudflared(?:[:@]|$)/.test(textAt(container, 'image') ?? '')
      ? []
      : [bareTunnel(workload, workload.ref, 'what its image starts is not known')];
  const hook = hookOf(container);
  const started = { sources, workload, container, line, environment };
  if (hook !== undefined) return [bareTunnel(workload, workload.ref, hook)];
  if (first !== undefined && otherCommands.has(first)) return [];
  if (first === 'tunnel' && second !== undefined && otherTunnelCommands.has(second)) return [];
  if (first === 'tunnel' && second !== undefined && second !== 'run')
    return [bareTunnel(workload, workload.ref, line.unread ?? `tunnel has no known command ${second}`)];
  return [readTunnel(started)];
}

/** A command beside the main one may open a tunnel with other rules, or write the configuration. */
function hookOf(container: Fields): string | undefined {
  const commandAt = (...path: string[]) => textsAt(container, ...path, 'exec', 'command').join(' ');
  if (commandAt('lifecycle', 'postStart') !== '')
    return 'its postStart hook is not read, and may open another tunnel';
  const others = [['lifecycle', 'preStop'], ['livenessProbe'], ['readinessProbe'], ['startupProbe']];
  return others.some((path) => /cloudflared\b.*\btunnel\b.*(?:\brun\b|--?url\b)/s.test(commandAt(...path)))
    ? 'a hook or a probe of it opens another tunnel'
    : undefined;
}

function bareTunnel(workload: Workload, object: ObjectRef, unseen?: string, refused?: string): ProxyWorkload {
  return { workload, kind: 'tunnel', object, routes: [], answering: [], unseen, refused };
}

function readTunnel(started: Started): ProxyWorkload {
  const { workload, line, sources, container } = started;
  const { ref } = workload;
  if (line.unread !== undefined) return { ...bareTunnel(workload, ref, line.unread), generated: true };
  if (line.refused !== undefined) return bareTunnel(workload, ref, undefined, line.refused);
  if (optionOf(started, 'token') || optionOf(started, 'token-file'))
    return bareTunnel(workload, ref, withToken);
  const files = mountedFiles(sources, workload.namespace, workload.spec, container);
  const named = line.options.get('config');
  const file = configurationFile(named, files);
  if (file === undefined) return withoutFile(started, named);
  const object = file.object ?? ref;
  if (file.text === undefined)
    return bareTunnel(workload, object, 'its configuration file is not readable here');
  const reading = readConfigurationFile(file.text);
  if (reading.file === undefined) return bareTunnel(workload, object, reading.unread, reading.refused);
  return withFile(started, reading.file, object);
}

const missingFile = 'its configuration file is not among the objects';
const withToken = 'it runs with a token, so its rules are in the dashboard';

/** Whether an option has a value, on the command line, in the environment or in the file. */
function optionOf(
  { line, environment }: Started,
  name: string,
  file?: ConfigurationFile,
): string | undefined {
  const given = line.options.get(name);
  if (given !== undefined) return given;
  const variable = variables[name];
  if (variable !== undefined && environment.has(variable)) {
    const value = environment.get(variable);
    if (value !== '') return value ?? notKnown;
  }
  return file?.settings.get(name);
}

const notKnown = '${VALUE}';

const variables: Readonly<Record<string, string>> = {
  token: 'TUNNEL_TOKEN',
  'token-file': 'TUNNEL_TOKEN_FILE',
  url: 'TUNNEL_URL',
  'hello-world': 'TUNNEL_HELLO_WORLD',
  bastion: 'TUNNEL_BASTION',
  'unix-socket': 'TUNNEL_UNIX_SOCKET',
  socks5: 'TUNNEL_SOCKS',
  name: 'TUNNEL_NAME',
};

function configurationFile(
  named: string | undefined,
  files: readonly MountedFile[],
): MountedFile | undefined {
  if (named !== undefined)
    return (
      files.find(({ path }) => path === named) ??
      files.find(({ path, text }) => text === undefined && named.startsWith(`${path}/`))
    );
  for (const directory of defaultDirectories)
    for (const name of ['config.yml', 'config.yaml']) {
      const found = files.find(({ path }) => {
        const end = path.lastIndexOf('/');
        return path.slice(end + 1) === name && directory.test(path.slice(0, end));
      });
      if (found !== undefined) return found;
    }
  return undefined;
}

/** Without a file the options decide alone: `--url` and others make one rule without an access check. */
function withoutFile(started: Started, named: string | undefined): ProxyWorkload {
  const { workload, container, line } = started;
  const runtime = named === undefined ? undefined : writtenAtRuntime(workload.spec, container, named);
  if (runtime !== undefined) return { ...bareTunnel(workload, workload.ref, runtime), generated: true };
  const rule = ruleOfOptions(started, undefined);
  if (named !== undefined || rule === undefined)
    return { ...bareTunnel(workload, workload.ref, missingFile), generated: true };
  if (line.commands.length === 0) return bareTunnel(workload, workload.ref, 'what it starts is not known');
  return withRules(started, { ...emptyFile, ingress: [rule] }, workload.ref);
}

const none = { access: undefined, bastionMode: undefined, proxyType: undefined };

function withFile(started: Started, file: ConfigurationFile, object: ObjectRef): ProxyWorkload {
  const { workload, line } = started;
  const running = line.commands.at(-1) === 'run';
  if (running && (optionOf(started, 'token', file) || optionOf(started, 'token-file', file)))
    return bareTunnel(workload, object, withToken);
  if (running && line.rest.length > 1)
    return bareTunnel(workload, object, undefined, 'run takes the name of one tunnel and no other argument');
  if (running && line.rest.length === 0 && file.tunnel === '')
    return bareTunnel(workload, object, undefined, 'neither its arguments nor its file name a tunnel');
  const rule = ruleOfOptions(started, file);
  const isQuick = rule !== undefined || optionOf(started, 'name', file) !== undefined;
  if (!running && !isQuick)
    return bareTunnel(
      workload,
      object,
      undefined,
      'its arguments have no run, which starts the tunnel of its file',
    );
  if (file.ingress.length > 0) return withRules(started, file, object);
  if (rule === undefined) return bareTunnel(workload, object);
  return withRules(started, { ...file, ingress: [rule] }, object);
}

/** The only rule that options make, in their order of precedence (`parseSingleOriginService` of `ingress/ingress.go`). */
function ruleOfOptions(started: Started, file: ConfigurationFile | undefined): WrittenRule | undefined {
  const given = (name: string) => {
    const value = optionOf(started, name, file);
    return value === '' || value === 'false' ? undefined : value;
  };
  const url = given('url');
  const socket = given('unix-socket');
  const service =
    given('hello-world') !== undefined
      ? 'hello_world'
      : given('bastion') !== undefined
        ? 'bastion'
        : url !== undefined
          ? originOf(url)
          : socket === undefined
            ? undefined
            : `unix:${socket}`;
  if (service === undefined) return undefined;
  const originRequest = { ...none, proxyType: given('socks5') === undefined ? undefined : 'socks' };
  return { hostname: '', path: '', service, originRequest };
}

/** `--url` takes an address without a scheme too, and ignores a path (`validation/validation.go`). */
function originOf(url: string): string {
  if (isTemplate(url)) return url;
  const [, scheme = 'http', host = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)/i.exec(url) ?? [];
  return `${scheme}://${host}`;
}

function withRules(started: Started, file: ConfigurationFile, object: ObjectRef): ProxyWorkload {
  const { workload, container } = started;
  const { routes, refused } = readRules(file, {
    object,
    outgoingProxy: outgoingProxyOf(started),
    checksAccess: checksAccess(textAt(container, 'image') ?? ''),
  });
  if (refused !== undefined) return bareTunnel(workload, object, undefined, refused);
  return {
    ...bareTunnel(workload, object, hiddenEnvironment(started) ?? privateNetworks(file)),
    routes,
    assumptions: [
      `No configuration in Cloudflare’s dashboard replaces the rules of ${describeObject(workload.ref)} or routes a private network through it`,
    ],
  };
}

/** cloudflared ignores `access` before 2022.10.0 (`RELEASE_NOTES`). A tag that is no version counts as a newer one. */
function checksAccess(image: string): boolean {
  const [, year, month] = /:v?(\d{4})\.(\d{1,2})(?![^/]*\/)/.exec(image) ?? [];
  return year === undefined || Number(year) * 100 + Number(month) >= 202210;
}

/** Newer versions ignore the field and route private networks wherever the dashboard says so. */
function privateNetworks({ warpRouting }: ConfigurationFile): string | undefined {
  return warpRouting
    ? 'it routes private networks (warp-routing), and who may use them is in the dashboard'
    : undefined;
}

/** An environment that is not among the objects may hold a token, and with it other rules. */
function hiddenEnvironment({ sources, workload, container }: Started): string | undefined {
  for (const from of mapsAt(container, 'envFrom')) {
    for (const [kind, field] of [['ConfigMap', 'configMapRef'] as const, ['Secret', 'secretRef'] as const]) {
      const name = textAt(from, field, 'name');
      if (name !== undefined && !sources.has(`${kind}/${workload.namespace}/${name}`))
        return `its environment comes from ${kind} ${workload.namespace}/${name}, which is not among the objects and may hold a token`;
    }
  }
  return undefined;
}

/** cloudflared leads requests to HTTP origins through the proxy that the environment names (`ingress/origin_service.go`). */
function outgoingProxyOf({ environment }: Started): RuleContext['outgoingProxy'] {
  const variable = (name: string) => environment.get(name) ?? environment.get(name.toLowerCase());
  const exempt = (variable('NO_PROXY') ?? '').split(',').map((entry) => entry.trim());
  return (scheme, host) => {
    if (/^(?:localhost|127\.\S*|\[::1\])$/i.test(host)) return undefined;
    const name = scheme === 'https' || scheme === 'wss' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    if ((variable(name) ?? '') === '' && !(environment.has(name) && environment.get(name) === undefined))
      return undefined;
    const isExempt = exempt.some(
      (entry) =>
        entry === '*' || (entry !== '' && (host === entry || host.endsWith(`.${entry.replace(/^\./, '')}`))),
    );
    return isExempt ? undefined : name;
  };
}
