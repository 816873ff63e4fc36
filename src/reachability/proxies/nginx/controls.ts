import { posix } from 'node:path';
import type { ObjectRef } from '../../../manifests/sourcedObject.ts';
import type { Certainty, Control, ControlType } from '../../model/analysis.ts';
import type { Directive } from './syntax.ts';
import { holdsWithoutHeaders, sourcesOf, type Variables } from './values.ts';

/** The position of a request in a configuration: the directives from the outermost block inwards. */
export interface LocationScope {
  object: ObjectRef;
  variables: Variables;
  /** All server blocks, since one may forward a request to another over a socket. */
  servers: readonly Directive[];
  server: Directive;
  /** Blocks from `http` down to the location. */
  blocks: readonly Directive[];
  /** Why a file is written while the pod runs, if it is. */
  runtime: (path: string) => string | undefined;
}

/** The controls of a location. A request must satisfy all of them before the location forwards it. */
export function controlsOf(scope: LocationScope): readonly Control[] {
  const controls: Control[] = [];
  const authRequest = inherited(scope, 'auth_request');
  if (authRequest !== undefined && authRequest.args[0] !== 'off')
    controls.push(subrequestControl(scope, authRequest));
  const access = inherited(scope, 'js_access');
  if (access !== undefined && access.args[0] !== '') controls.push(accessControl(scope, access));
  const jwt = inherited(scope, 'auth_jwt');
  if (jwt !== undefined && jwt.args[0] !== 'off') {
    const keys = inherited(scope, 'auth_jwt_key_file') ?? inherited(scope, 'auth_jwt_key_request');
    const isKnown = keys !== undefined && !keys.args.some((arg) => isWritten(scope, arg));
    const certainty = isKnown ? verifiedBy(scope, jwt) : 'unknown';
    controls.push(controlOf(scope, 'jwt', certainty, 'a valid token', jwt));
  }
  const basic = inherited(scope, 'auth_basic');
  const users = inherited(scope, 'auth_basic_user_file');
  // Without a file of users nginx checks nothing (`ngx_http_auth_basic_module.c`).
  if (basic !== undefined && basic.args[0] !== 'off' && users !== undefined) {
    const isKnown = !users.args.some((arg) => arg.includes('$') || isWritten(scope, arg));
    const certainty = isKnown ? verifiedBy(scope, basic) : 'unknown';
    controls.push(controlOf(scope, 'basicAuth', certainty, 'a password', basic));
  }
  controls.push(...conditionControls(scope));
  const any = inherited(scope, 'satisfy')?.args[0] === 'any';
  return any ? controls.map((control) => ({ ...control, certainty: 'unknown' })) : controls;
}

/** Whether what a control compares with is written while the pod runs. A relative path is below that of the configuration. */
function isWritten({ runtime }: LocationScope, path: string): boolean {
  return runtime(posix.resolve('/etc/nginx', path)) !== undefined;
}

/** The innermost directive of a name. A block inherits the directives that it does not set itself. */
function inherited(scope: LocationScope, name: string): Directive | undefined {
  for (const block of scope.blocks.toReversed()) {
    const found = block.block?.find((directive) => directive.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A variable, or another value for some methods, may turn the check off. */
function verifiedBy(scope: LocationScope, { name, args }: Directive): Certainty {
  if (args.some((arg) => arg.includes('$'))) return 'unknown';
  const isWaived = scope.blocks
    .flatMap(({ block }) => block ?? [])
    .some(
      ({ name: outer, block }) =>
        (outer === 'limit_except' || outer === 'if') &&
        block?.some((inner) => inner.name === name && inner.args[0] !== args[0]),
    );
  return isWaived ? 'unknown' : 'verified';
}

function controlOf(
  scope: LocationScope,
  type: ControlType,
  certainty: Certainty,
  demands: string,
  { name, args, line }: Directive,
): Control {
  return {
    type,
    certainty,
    object: scope.object,
    demands,
    configuration: { directive: [name, ...args].join(' '), line },
  };
}

export function programControl(scope: LocationScope, program: string): Control {
  const demands = `what the program ${program} verifies`;
  return {
    type: 'originProxy',
    certainty: 'program',
    object: scope.object,
    demands,
    configuration: { program },
  };
}

/** An inner block may use another program, or none. The demand then depends on the condition of the block. */
function accessControl(scope: LocationScope, { args }: Directive): Control {
  const program = args[0] ?? '';
  const control = programControl(scope, program);
  const isOwn = (name: string) => name.split('.')[0] === program.split('.')[0];
  const around = scope.blocks.flatMap(({ block }) => block ?? []);
  const isWaived = around.some(({ name, args: condition, block }) => {
    const other = block?.find((inner) => inner.name === 'js_access')?.args[0];
    if (other === undefined || other === program) return false;
    if (name === 'limit_except') return true;
    return name === 'if' && !sourcesOf(scope.variables, condition).programs.some(isOwn);
  });
  return isWaived ? { ...control, certainty: 'unknown' } : control;
}

/** `auth_request` sends a subrequest to another location of the same server. Its answer decides. */
function subrequestControl(scope: LocationScope, directive: Directive): Control {
  const path = directive.args[0] ?? '';
  const target = locationFor(scope.server, path);
  if (target === undefined)
    return controlOf(scope, 'originProxy', 'unknown', `what ${path} answers`, directive);
  const answer = answerOf(scope, target, 0);
  if (answer === undefined)
    return controlOf(scope, 'originProxy', 'unknown', `what ${path} answers`, directive);
  if ('program' in answer) return programControl(scope, answer.program);
  if ('status' in answer) {
    const granted = answer.status >= 200 && answer.status < 300;
    const demands = granted
      ? `nothing: ${path} always answers ${answer.status}`
      : `what nobody has: ${path} always refuses`;
    return controlOf(scope, 'originProxy', granted ? 'none' : 'verified', demands, directive);
  }
  return controlOf(scope, 'extAuth', 'program', `what ${answer.url} accepts`, directive);
}

type Answer = { program: string } | { status: number } | { url: string };

/** What answers in a location: a program, a fixed status, another server over a socket, or a URL. */
function answerOf(scope: LocationScope, location: Directive, depth: number): Answer | undefined {
  const block = location.block ?? [];
  if (mayAnswerOtherwise(scope, block)) return undefined;
  const program = block.find(({ name }) => name === 'js_content');
  if (program !== undefined) return { program: program.args[0] ?? '' };
  const status = block.find(({ name }) => name === 'return');
  if (status !== undefined) return { status: Number(status.args[0]) };
  const url = block.find(({ name }) => name === 'proxy_pass')?.args[0];
  if (url === undefined || depth > 4) return undefined;
  const socket = /^https?:\/\/unix:([^:]+)/.exec(url)?.[1];
  if (socket === undefined) return { url };
  const server = scope.servers.find((candidate) => listensOn(candidate).includes(`unix:${socket}`));
  const next = server === undefined ? undefined : (locationFor(server, '/') ?? server);
  return next === undefined ? undefined : answerOf(scope, next, depth + 1);
}

const passesWithCache = /^(?:proxy|fastcgi|uwsgi|scgi|grpc)_cache$/;

/** Conditions, caches, other locations and error pages may answer in the place of what a location says. */
function mayAnswerOtherwise({ blocks, server }: LocationScope, block: readonly Directive[]): boolean {
  const others = ['if', 'rewrite', 'error_page', 'try_files', 'location', 'limit_except', 'break'];
  if (block.some(({ name }) => others.includes(name))) return true;
  const around = [...(blocks[0]?.block ?? []), ...(server.block ?? []), ...block];
  // The answer for one client may then be the answer for the next.
  if (around.some(({ name, args }) => passesWithCache.test(name) && args[0] !== 'off')) return true;
  if (block.some(({ name }) => name === 'return') && around.some(({ name }) => name === 'error_page'))
    return true;
  return around.some(({ name, args }) => name.endsWith('_intercept_errors') && args[0] !== 'off');
}

/** The `listen` values of a server, as written. Without one, the user that runs nginx decides about the port. */
export function listensOn(server: Directive): readonly string[] {
  const listens = (server.block ?? []).filter(({ name }) => name === 'listen');
  return listens.length === 0 ? ['80', '8000'] : listens.map(({ args }) => args[0] ?? '');
}

/**
 * The location for a path: an exact match, otherwise the longest prefix.
 *
 * @returns undefined if there is none, or if a regular expression may match instead
 */
export function locationFor(server: Directive, path: string): Directive | undefined {
  const locations = (server.block ?? []).filter(({ name }) => name === 'location');
  const exact = locations.find(({ args }) => args[0] === '=' && args[1] === path);
  if (exact !== undefined) return exact;
  if (locations.some(({ args }) => /^~\*?$/.test(args[0] ?? '') || args[0]?.startsWith('~') === true))
    return undefined;
  const prefixes = locations.filter(({ args }) => path.startsWith(prefixOf(args) ?? '\0'));
  return prefixes.toSorted((a, b) => (prefixOf(b.args)?.length ?? 0) - (prefixOf(a.args)?.length ?? 0))[0];
}

function prefixOf(args: readonly string[]): string | undefined {
  if (args.length === 1 && args[0]?.startsWith('@') === false) return args[0];
  return args[0] === '^~' ? args[1] : undefined;
}

/**
 * Whether a location is what those get whom the server refuses: nginx does not run the conditions of the server again
 * for a named location (1.30, `ngx_http_named_location`).
 */
function isErrorPage({ blocks }: LocationScope, { args }: Directive): boolean {
  const name = args[0] ?? '';
  const leads = ({ name: directive, args: given, block = [] }: Directive): boolean =>
    (directive === 'error_page' && (given.at(-1) === name || given.at(-1)?.startsWith('$') === true)) ||
    block.some(leads);
  return name.startsWith('@') && blocks.slice(0, 2).some(leads);
}

/** The controls of `if (…) { return 401; }` in the server or the location, for a request without the header. */
function conditionControls(scope: LocationScope): readonly Control[] {
  const location = scope.blocks.at(-1);
  const isServer = location === scope.server || location === undefined;
  const ofServer = location !== undefined && isErrorPage(scope, location) ? [] : [scope.server];
  const blocks = isServer ? ofServer : [...ofServer, location];
  const conditions = blocks.flatMap(({ block }) =>
    (block ?? []).flatMap((directive, at) =>
      directive.name === 'if'
        ? [{ condition: directive, skipped: (block ?? []).slice(0, at).some(stops) }]
        : [],
    ),
  );
  return conditions
    .filter(({ condition }) => rejects(condition))
    .flatMap(({ condition, skipped }) => {
      const { headers, programs } = sourcesOf(scope.variables, condition.args);
      const program = programs[0];
      if (program !== undefined) {
        const control = programControl(scope, program);
        return [skipped ? { ...control, certainty: 'unknown' as const } : control];
      }
      if (headers.length === 0) return [];
      const holds = holdsWithoutHeaders(scope.variables, condition.args);
      if (holds === false) return [];
      const demands = `the header ${headers.join(' or ')}, whatever it says`;
      return [
        controlOf(
          scope,
          'originProxy',
          holds === undefined || skipped ? 'unknown' : 'presence',
          demands,
          condition,
        ),
      ];
    });
}

/** Whether what follows in the block may be left out: nginx runs these directives in their order, up to a `break`. */
export function stops({ name, block }: Directive): boolean {
  return name === 'break' || name === 'rewrite' || (name === 'if' && (block ?? []).some(stops));
}

function rejects({ block = [] }: Directive): boolean {
  const at = block.findIndex((directive) => directive.name === 'return' || stops(directive));
  const { name, args } = block[at] ?? { name: '', args: [] };
  return name === 'return' && Number(args[0]) >= 400;
}
