import type { Fields } from '../../../kubernetes/fields.ts';
import {
  type ConfigurationSources,
  type MountedFile,
  mountedFiles,
} from '../../../manifests/configurationSources.ts';
import type { ObjectRef } from '../../../manifests/sourcedObject.ts';
import type { Control } from '../../model/analysis.ts';
import { containersOf, imageNameOf, type Workload, wordsOf } from '../../model/workload.ts';
import type { ProxyReader, ProxyRoute, ProxyWorkload, Upstream } from '../proxy.ts';
import { everyRequest } from '../requests.ts';
import { controlsOf, type LocationScope, listensOn } from './controls.ts';
import { type Directive, parseNginx } from './syntax.ts';
import { readVariables, type Variables, valueWithoutHeaders } from './values.ts';

/** Files in the image of nginx that forward nothing. */
const imageFiles =
  /(?:^|\/)(?:mime\.types|(?:fastcgi|uwsgi|scgi)_params|fastcgi\.conf|modules-enabled\/\*\.conf)$/;

export const nginx: ProxyReader = {
  program: 'nginx',
  read: (sources, workload) => {
    const found = readServer(sources, workload);
    return found === undefined ? [] : [found];
  },
};

function readServer(
  configurationSources: ConfigurationSources,
  workload: Workload,
): ProxyWorkload | undefined {
  const container = containersOf(workload.spec).find(isNginx);
  if (container === undefined) return undefined;
  const files = mountedFiles(configurationSources, workload.namespace, workload.spec, container);
  const main = mainFile(files, wordsOf(container));
  if (main === undefined || main.text === undefined) {
    return {
      workload,
      kind: 'server',
      object: main?.object ?? workload.ref,
      routes: [],
      answering: [],
      unseen: 'its configuration is not among the objects',
    };
  }
  const object = main.object ?? workload.ref;
  const reading = readDirectives(files, main.text, 0);
  const answering = reading.unseen === undefined ? answeringPorts(reading.directives) : [];
  return {
    workload,
    kind: 'server',
    object,
    routes: routesOf(reading.directives, object),
    answering,
    unseen: reading.unseen,
  };
}

/** The ports that only servers use that forward nothing. */
function answeringPorts(root: readonly Directive[]): readonly number[] {
  const servers = root
    .filter(({ name }) => name === 'http' || name === 'stream')
    .flatMap(({ block }) => (block ?? []).filter(({ name }) => name === 'server'));
  // Port ranges are not supported.
  if (servers.flatMap(listensOn).some((listen) => /\d-\d+$/.test(listen))) return [];
  const passing = new Set(servers.filter(passesOn).flatMap(portsOf));
  return [...new Set(servers.flatMap(portsOf))].filter((port) => !passing.has(port));
}

function passesOn({ name, block }: Directive): boolean {
  return name.endsWith('_pass') || (block ?? []).some(passesOn);
}

function isNginx(container: Fields): boolean {
  return (
    imageNameOf(container).includes('nginx') ||
    wordsOf(container).some((word) => /(?:^|[\s/])nginx(?:\s|$)/.test(word))
  );
}

/**
 * The main configuration file. If only parts are mounted, the file of the image includes those in `conf.d`, and its
 * start script fills in templates.
 */
function mainFile(files: readonly MountedFile[], words: readonly string[]): MountedFile | undefined {
  const flag = words.indexOf('-c');
  const path = flag < 0 ? '/etc/nginx/nginx.conf' : (words[flag + 1] ?? '');
  const main = files.find((file) => file.path === path);
  if (main !== undefined) return main;
  const parts = files.filter((file) =>
    /^\/etc\/nginx\/(?:conf\.d\/.*\.conf|templates\/.*\.template)$/.test(file.path),
  );
  const object = parts[0]?.object ?? files.find((file) => file.path.startsWith('/etc/nginx'))?.object;
  if (parts.length === 0 || parts.some(({ text }) => text === undefined))
    return { path, text: undefined, object };
  return { path, text: `http {\n${parts.map(({ text }) => text).join('\n')}\n}`, object };
}

interface Reading {
  directives: readonly Directive[];
  unseen: string | undefined;
}

/** Reads a text with everything that it includes from the mounted files. */
function readDirectives(files: readonly MountedFile[], text: string, depth: number): Reading {
  const parsed = parseNginx(text);
  if (parsed === undefined) return { directives: [], unseen: 'its configuration does not parse' };
  return expand(files, parsed, depth);
}

function expand(files: readonly MountedFile[], directives: readonly Directive[], depth: number): Reading {
  let unseen: string | undefined;
  const expanded = directives.flatMap((directive): readonly Directive[] => {
    if (directive.block !== undefined) {
      const inner = expand(files, directive.block, depth);
      unseen ??= inner.unseen;
      return [{ ...directive, block: inner.directives }];
    }
    if (directive.name !== 'include') return [directive];
    const pattern = directive.args[0] ?? '';
    if (imageFiles.test(pattern)) return [];
    const included = files.filter((file) => includes(pattern, file.path));
    if (depth > 8 || (included.length === 0 && !isKnownEmpty(pattern)))
      unseen ??= `it includes ${pattern}, which is not among the objects`;
    return included.flatMap((file) => {
      const inner =
        file.text === undefined || depth > 8 ? undefined : readDirectives(files, file.text, depth + 1);
      unseen ??= inner === undefined ? `it includes ${pattern}, which is not readable here` : inner.unseen;
      return inner?.directives ?? [];
    });
  });
  return { directives: expanded, unseen };
}

/** The image has only its default page in `conf.d`. In any other directory a pattern may match files of the image. */
function isKnownEmpty(pattern: string): boolean {
  return /^\/etc\/nginx\/conf\.d\/[^/]*\*[^/]*$/.test(absolutePath(pattern));
}

function absolutePath(pattern: string): string {
  return pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`;
}

function includes(pattern: string, path: string): boolean {
  const source = absolutePath(pattern)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]*');
  return new RegExp(`^${source}$`).test(path);
}

/** Every location that forwards requests. */
function routesOf(root: readonly Directive[], object: ObjectRef): readonly ProxyRoute[] {
  const variables = readVariables(root);
  const http = root.filter(({ name }) => name === 'http');
  const upstreams = [...http, ...root.filter(({ name }) => name === 'stream')].flatMap(({ block }) =>
    (block ?? []).filter(({ name }) => name === 'upstream'),
  );
  const servers = http.flatMap(({ block }) => (block ?? []).filter(({ name }) => name === 'server'));
  const routes = http.flatMap((outer) =>
    (outer.block ?? [])
      .filter(({ name }) => name === 'server')
      .flatMap((server) =>
        serverRoutes({ object, variables, servers, server, blocks: [outer, server] }, upstreams),
      ),
  );
  return [...routes, ...streamRoutes(root, object, variables, upstreams)];
}

function serverRoutes(scope: LocationScope, upstreams: readonly Directive[]): readonly ProxyRoute[] {
  // A server with a `return` at its own level uses no location.
  if (scope.server.block?.some(({ name }) => name === 'return') === true) return [];
  const ports = portsOf(scope.server);
  if (ports.length === 0) return [];
  const visit = (blocks: readonly Directive[]): readonly ProxyRoute[] =>
    (blocks.at(-1)?.block ?? []).flatMap((directive) => {
      if (directive.name === 'location' || directive.name === 'if') {
        return isAnsweredInside(scope, directive) ? [] : visit([...blocks, directive]);
      }
      if (directive.name !== 'proxy_pass' && directive.name !== 'grpc_pass') return [];
      const inner = { ...scope, blocks };
      const controls = [...controlsOf(inner), ...callerControls(inner)];
      const name = `${labelOf(blocks)} (line ${directive.line})`;
      return targetsOf(directive.args[0] ?? '', scope.variables, upstreams).map((upstream) => ({
        name,
        hostname: undefined,
        path: undefined,
        requests: everyRequest,
        ports,
        upstream,
        controls,
        object: scope.object,
      }));
    });
  return visit(scope.blocks);
}

function labelOf(blocks: readonly Directive[]): string {
  const location = blocks.toReversed().find(({ name }) => name === 'location');
  return location === undefined ? 'server' : `location ${location.args.join(' ')}`;
}

/** Whether an internal location only answers `auth_request`, so its answer never reaches the client. */
function isAnsweredInside({ server }: LocationScope, location: Directive): boolean {
  if (!isInternal(location)) return false;
  const path = location.args.at(-1) ?? '';
  return (
    references(server, ['auth_request'], path) &&
    !references(server, ['error_page', 'try_files', 'rewrite'], path)
  );
}

function isInternal(location: Directive): boolean {
  return (
    location.args[0]?.startsWith('@') === true ||
    (location.block ?? []).some(({ name }) => name === 'internal')
  );
}

function references(directive: Directive, names: readonly string[], path: string): boolean {
  return (directive.block ?? []).some(
    (inner) => (names.includes(inner.name) && inner.args.includes(path)) || references(inner, names, path),
  );
}

/**
 * The controls of the locations that redirect to an internal location: those of a `try_files`, or the decision of a
 * program of the server. An error page adds none, since rejected requests reach it.
 */
function callerControls(scope: LocationScope): readonly Control[] {
  const location = scope.blocks.at(-1);
  if (location === undefined || !isInternal(location)) return [];
  const path = location.args.at(-1) ?? '';
  if (references(scope.server, ['error_page'], path)) return [];
  const callers = (scope.server.block ?? []).filter(({ name }) => name === 'location');
  const files = callers.find((caller) => references(caller, ['try_files', 'rewrite'], path));
  if (files !== undefined) return controlsOf({ ...scope, blocks: [...scope.blocks.slice(0, 2), files] });
  const program = callers
    .flatMap(({ block }) => block ?? [])
    .find(({ name }) => name === 'js_content' || name === 'js_access')?.args[0];
  if (program === undefined) return [];
  const demands = `what the program ${program} verifies`;
  return [
    { type: 'originProxy', certainty: 'program', object: scope.object, demands, configuration: { program } },
  ];
}

function portsOf(server: Directive): readonly number[] {
  return listensOn(server).flatMap((listen) => {
    if (listen.startsWith('unix:')) return [];
    const port = /(?:^|:)(\d+)$/.exec(listen)?.[1];
    return [port === undefined ? 80 : Number(port)];
  });
}

/** Where a `proxy_pass` leads: one host, or each server of an upstream group. */
function targetsOf(
  written: string,
  variables: Variables,
  upstreams: readonly Directive[],
): readonly Upstream[] {
  const url = valueWithoutHeaders(variables, written.replace(/\$(?:request_uri|uri|is_args|args)\b/g, ''));
  const match = /^(?:(https?|grpcs?):\/\/)?(\[[^\]]+\]|[^/:]+)(?::(\d+))?(?:\/.*)?$/.exec(url ?? '');
  const [, scheme = 'http', host = '', port] = match ?? [];
  if (host === 'unix') return [];
  if (host === '') return [{ kind: 'unknown', why: 'its upstream is not a host and a port' }];
  const group = upstreams.find(({ args }) => args[0] === host);
  const fallback = scheme === 'https' || scheme === 'grpcs' ? 443 : 80;
  if (group === undefined)
    return [{ kind: 'address', host, port: port === undefined ? fallback : Number(port) }];
  return (group.block ?? [])
    .filter(({ name }) => name === 'server')
    .flatMap(({ args }) => targetsOf(args[0] ?? '', variables, []));
}

function streamRoutes(
  root: readonly Directive[],
  object: ObjectRef,
  variables: Variables,
  upstreams: readonly Directive[],
): readonly ProxyRoute[] {
  const servers = root.filter(({ name }) => name === 'stream').flatMap(({ block }) => block ?? []);
  return servers
    .filter(({ name }) => name === 'server')
    .flatMap((server) => {
      const pass = server.block?.find(({ name }) => name === 'proxy_pass');
      if (pass === undefined) return [];
      return targetsOf(pass.args[0] ?? '', variables, upstreams).map((upstream) => ({
        name: `stream server (line ${pass.line})`,
        hostname: undefined,
        path: undefined,
        requests: everyRequest,
        ports: portsOf(server),
        upstream,
        controls: [],
        object,
      }));
    });
}
