import type { Fields } from '../../../kubernetes/fields.ts';
import {
  type ConfigurationSources,
  environmentOf,
  type MountedFile,
  mountedFiles,
} from '../../../manifests/configurationSources.ts';
import type { ObjectRef } from '../../../manifests/sourcedObject.ts';
import { containersOf, type Workload } from '../../model/workload.ts';
import type { ProxyReader, ProxyRoute, ProxyWorkload, Upstream } from '../proxy.ts';
import { everyRequest } from '../requests.ts';
import { writtenAtRuntime } from '../runtimeFiles.ts';
import { controlsOf, type LocationScope, listensOn, programControl } from './controls.ts';
import { findFaults } from './directives.ts';
import { answersAlways, callerControls, isAnsweredInside } from './internalRedirects.ts';
import { keysOfAccess } from './keysOfAccess.ts';
import { programsOf } from './programs.ts';
import { filledIn, isNginx, mainPath, otherWriter, readStart } from './start.ts';
import { type Directive, parseNginx } from './syntax.ts';
import { dependsOnRequest, readVariables, type Variables, valueWithoutHeaders } from './values.ts';

/** Files in the image of nginx that forward nothing. */
const imageFiles =
  /(?:^|\/)(?:mime\.types|(?:fastcgi|uwsgi|scgi)_params|fastcgi\.conf|modules-enabled\/\*\.conf)$/;

/** Directories from which the image takes parts of its configuration. */
const imageDirectories = ['/etc/nginx/conf.d/', '/etc/nginx/templates/'];

export const nginx: ProxyReader = {
  program: 'nginx',
  read: (sources, workload) => {
    const containers = containersOf(workload.spec).filter(isNginx);
    const [first, ...others] = containers;
    if (first === undefined) return [];
    const found = readServer(sources, workload, first);
    return [
      others.length === 0
        ? found
        : { ...found, unseen: found.unseen ?? 'several of its containers run nginx' },
    ];
  },
};

function readServer(
  configurationSources: ConfigurationSources,
  workload: Workload,
  container: Fields,
): ProxyWorkload {
  const environment = environmentOf(configurationSources, workload.namespace, container);
  const mounted = mountedFiles(configurationSources, workload.namespace, workload.spec, container);
  const files = filledIn(mounted, environment);
  const view: FileView = { files, runtime: (path) => writtenAtRuntime(workload.spec, container, path) };
  const start = readStart(container);
  const main = mainFile(view, start.path);
  const bare: ProxyWorkload = {
    workload,
    kind: 'server',
    object: main.object ?? workload.ref,
    routes: [],
    answering: [],
    unseen: undefined,
  };
  const unread = start.unread ?? otherWriter(container, files, environment);
  if (unread !== undefined) return { ...bare, unseen: unread };
  if (main.text === undefined)
    return { ...bare, unseen: main.unread ?? 'its configuration is not among the objects' };
  const reading = readDirectives(view, `${main.text}\n${start.directives}`, 0);
  const faults = reading.unseen === undefined ? findFaults(reading.directives) : undefined;
  if (faults?.refused !== undefined) return { ...bare, refused: `nginx refuses ${faults.refused}` };
  const unseen = reading.unseen ?? faults?.unread;
  const assumptions = keysOfAccess(reading.directives, workload);
  return {
    ...bare,
    programs: programsOf(reading.directives, files),
    routes: routesOf(reading.directives, bare.object, view).map((route) =>
      route.controls.some(({ type }) => type === 'originProxy') ? { ...route, assumptions } : route,
    ),
    answering: unseen === undefined ? answeringPorts(reading.directives) : [],
    unseen,
  };
}

/** The ports that only servers use that forward nothing. */
function answeringPorts(root: readonly Directive[]): readonly number[] {
  const servers = root
    .filter(({ name }) => name === 'http' || name === 'stream')
    .flatMap(({ block }) => (block ?? []).filter(({ name }) => name === 'server'));
  const passing = new Set(servers.filter(passesOn).flatMap(portsOf));
  return [...new Set(servers.flatMap(portsOf))].filter((port) => !passing.has(port));
}

function passesOn({ name, block }: Directive): boolean {
  return name.endsWith('_pass') || (block ?? []).some(passesOn);
}

/** The files that nginx sees, and why one is written while the pod runs. */
interface FileView {
  files: readonly MountedFile[];
  runtime: (path: string) => string | undefined;
}

/**
 * The main configuration file. If only parts are mounted, the file of the image includes those in `conf.d`, and its
 * start script fills in templates.
 */
function mainFile({ files, runtime }: FileView, path: string): MountedFile & { unread?: string | undefined } {
  const main = files.find((file) => file.path === path);
  if (main !== undefined) return main;
  const parts = files.filter((file) =>
    /^\/etc\/nginx\/(?:conf\.d\/.*\.conf|templates\/.*\.template)$/.test(file.path),
  );
  const object = parts[0]?.object ?? files.find((file) => file.path.startsWith('/etc/nginx'))?.object;
  const unread = runtime(path) ?? runtime('/etc/nginx/conf.d/default.conf');
  if (unread !== undefined) return { path, text: undefined, object, unread };
  const isPartial = imageDirectories.some((directory) => files.some((file) => hides(file, directory)));
  if (path !== mainPath || parts.length === 0 || parts.some(({ text }) => text === undefined) || isPartial)
    return { path, text: undefined, object };
  return { path, text: `events {}\nhttp {\n${parts.map(({ text }) => text).join('\n')}\n}`, object };
}

interface Reading {
  directives: readonly Directive[];
  unseen: string | undefined;
}

/** Reads a text with everything that it includes from the mounted files. */
function readDirectives(view: FileView, text: string, depth: number): Reading {
  const parsed = parseNginx(text);
  if (parsed === undefined) return { directives: [], unseen: 'its configuration does not parse' };
  return expand(view, parsed, depth);
}

function expand(view: FileView, directives: readonly Directive[], depth: number): Reading {
  let unseen: string | undefined;
  const expanded = directives.flatMap((directive): readonly Directive[] => {
    if (directive.block !== undefined) {
      const inner = expand(view, directive.block, depth);
      unseen ??= inner.unseen;
      return [{ ...directive, block: inner.directives }];
    }
    if (directive.name !== 'include') return [directive];
    const pattern = directive.args[0] ?? '';
    const isMounted = view.files.some(
      (file) => includes(pattern, file.path) || hides(file, absolutePath(pattern)),
    );
    if (imageFiles.test(pattern) && !isMounted) return [];
    unseen ??= view.runtime(absolutePath(pattern));
    const isOfImage = absolutePath(pattern).startsWith('/etc/nginx/conf.d/');
    const directories = [absolutePath(pattern), ...(isOfImage ? imageDirectories : [])];
    if (view.files.some((file) => directories.some((directory) => hides(file, directory))))
      unseen ??= `it includes ${pattern}, whose directory has files that are not among the objects`;
    const included = view.files.filter((file) => includes(pattern, writtenPath(file.path)));
    if (depth > 8 || (included.length === 0 && !isKnownEmpty(pattern)))
      unseen ??= `it includes ${pattern}, which is not among the objects`;
    return included.flatMap((file) => {
      const inner =
        file.text === undefined || depth > 8 ? undefined : readDirectives(view, file.text, depth + 1);
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

/** Whether a mount whose files are not known is above a path. */
function hides({ path, text }: MountedFile, below: string): boolean {
  return text === undefined && below.startsWith(`${path}/`);
}

/** Where the start script of the image writes a template. */
function writtenPath(path: string): string {
  const name = /^\/etc\/nginx\/templates\/(.+)\.template$/.exec(path)?.[1];
  return name === undefined ? path : `/etc/nginx/conf.d/${name}`;
}

/** nginx matches names with `glob`. A set in brackets counts as any character. */
function includes(pattern: string, path: string): boolean {
  const source = absolutePath(pattern)
    .split(/(\*|\?|\[!?\]?[^\]]*\])/)
    .map((part, index) =>
      index % 2 === 0 ? part.replace(/[.+^${}()|[\]\\]/g, '\\$&') : part === '*' ? '[^/]*' : '[^/]',
    )
    .join('');
  return new RegExp(`^${source}$`).test(path);
}

/** Every location that forwards requests. */
function routesOf(root: readonly Directive[], object: ObjectRef, view: FileView): readonly ProxyRoute[] {
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
        serverRoutes(
          { object, variables, servers, server, blocks: [outer, server], runtime: view.runtime },
          upstreams,
          view,
        ),
      ),
  );
  return [...routes, ...streamRoutes(root, object, variables, upstreams)];
}

const passes = /^(?:proxy|grpc|fastcgi|uwsgi|scgi|memcached|tunnel)_pass$/;

function serverRoutes(
  scope: LocationScope,
  upstreams: readonly Directive[],
  view: FileView,
): readonly ProxyRoute[] {
  if (answersAlways(scope)) return [];
  const ports = portsOf(scope.server);
  if (ports.length === 0) return [];
  const routeOf = (blocks: readonly Directive[], { line }: Directive, upstream: Upstream): ProxyRoute => {
    const inner = { ...scope, blocks };
    return {
      name: `${labelOf(blocks)} (line ${line})`,
      hostname: undefined,
      path: undefined,
      requests: everyRequest,
      ports,
      upstream,
      controls: [...controlsOf(inner), ...callerControls(inner)],
      object: scope.object,
    };
  };
  const visit = (blocks: readonly Directive[]): readonly ProxyRoute[] => {
    const block = blocks.at(-1);
    const answers = block === undefined ? [] : answersOf(blocks, view);
    return [
      ...answers.map((directive) => {
        const route = routeOf(blocks, directive, { kind: 'answer' });
        return directive.name === 'js_content'
          ? { ...route, controls: [...route.controls, programControl(scope, directive.args[0] ?? '')] }
          : route;
      }),
      ...(block?.block ?? []).flatMap((directive): readonly ProxyRoute[] => {
        if (['location', 'if', 'limit_except'].includes(directive.name))
          return isAnsweredInside(scope, directive) ? [] : visit([...blocks, directive]);
        if (!passes.test(directive.name)) return [];
        return targetsOf(directive.args[0] ?? '', scope.variables, upstreams).map((upstream) =>
          routeOf(blocks, directive, upstream),
        );
      }),
    ];
  };
  return visit(scope.blocks);
}

/** What answers in a block by itself: a program, or files of a volume. */
function answersOf(blocks: readonly Directive[], { runtime }: FileView): readonly Directive[] {
  const own = blocks.at(-1)?.block ?? [];
  const program = own.filter(({ name }) => name === 'js_content');
  const isPlace = blocks.at(-1)?.name === 'location' || blocks.length === 2;
  const isElsewhere = own.some(({ name }) => passes.test(name) || name === 'return' || name === 'js_content');
  if (!isPlace || isElsewhere) return program;
  const root = blocks
    .toReversed()
    .flatMap(({ block }) => (block ?? []).filter(({ name }) => name === 'root' || name === 'alias'))[0];
  const isServed =
    root !== undefined && runtime((root.args[0] ?? '').replace(/\$.*$/, '').replace(/\/$/, '')) !== undefined;
  return isServed ? [root] : [];
}

function labelOf(blocks: readonly Directive[]): string {
  const location = blocks.toReversed().find(({ name }) => name === 'location');
  return location === undefined ? 'server' : `location ${location.args.join(' ')}`;
}

function portsOf(server: Directive): readonly number[] {
  return listensOn(server).flatMap((listen) => {
    if (listen.startsWith('unix:')) return [];
    const [, first, last] = /(?:^|:)(\d+)(?:-(\d+))?$/.exec(listen) ?? [];
    if (first === undefined) return [80];
    const length = Math.min(65535, Number(last ?? first)) - Number(first) + 1;
    return Array.from({ length: Math.max(1, length) }, (_, index) => Number(first) + index);
  });
}

/** Where a `proxy_pass` leads: one host, or each server of an upstream group. */
function targetsOf(
  written: string,
  variables: Variables,
  upstreams: readonly Directive[],
): readonly Upstream[] {
  if (/^(?:\w+:\/\/)?unix:/.test(written))
    return [{ kind: 'unknown', why: 'its upstream is a socket of its own pod' }];
  // What follows the host does not change where a request goes.
  const [place = ''] = /^(?:\w+:\/\/)?[^/?]*/.exec(written) ?? [];
  const url = valueWithoutHeaders(variables, place.replace(/\$\{?(?:request_uri|uri|is_args)\b.*$/, ''));
  if (dependsOnRequest(variables, place)) return [{ kind: 'unknown', why: 'the client names its upstream' }];
  const match = /^(?:(https?|grpcs?|memcached):\/\/)?(\[[^\]]+\]|[^/:]+)(?::(\d+))?(?:\/.*)?$/.exec(
    url ?? '',
  );
  const [, scheme = 'http', host = '', port] = match ?? [];
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
