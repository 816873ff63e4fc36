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
  if (jwt !== undefined && jwt.args[0] !== 'off')
    controls.push(controlOf(scope, 'jwt', 'verified', 'a valid token', jwt));
  const basic = inherited(scope, 'auth_basic');
  if (basic !== undefined && basic.args[0] !== 'off') {
    controls.push(controlOf(scope, 'basicAuth', 'verified', 'a password', basic));
  }
  controls.push(...conditionControls(scope));
  const any = inherited(scope, 'satisfy')?.args[0] === 'any';
  return any ? controls.map((control) => ({ ...control, certainty: 'unknown' })) : controls;
}

/** The innermost directive of a name. A block inherits the directives that it does not set itself. */
function inherited(scope: LocationScope, name: string): Directive | undefined {
  for (const block of scope.blocks.toReversed()) {
    const found = block.block?.find((directive) => directive.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
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

function programControl(scope: LocationScope, program: string): Control {
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

/** The `listen` values of a server, as written. */
export function listensOn(server: Directive): readonly string[] {
  const listens = (server.block ?? []).filter(({ name }) => name === 'listen');
  return listens.length === 0 ? ['80'] : listens.map(({ args }) => args[0] ?? '');
}

/** The location for a path: an exact match, otherwise the longest prefix. Regular expressions are ignored. */
export function locationFor(server: Directive, path: string): Directive | undefined {
  const locations = (server.block ?? []).filter(({ name }) => name === 'location');
  const exact = locations.find(({ args }) => args[0] === '=' && args[1] === path);
  if (exact !== undefined) return exact;
  const prefixes = locations.filter(({ args }) => path.startsWith(prefixOf(args) ?? '\0'));
  return prefixes.toSorted((a, b) => (prefixOf(b.args)?.length ?? 0) - (prefixOf(a.args)?.length ?? 0))[0];
}

function prefixOf(args: readonly string[]): string | undefined {
  if (args.length === 1 && args[0]?.startsWith('@') === false) return args[0];
  return args[0] === '^~' ? args[1] : undefined;
}

/** The controls of `if (…) { return 401; }` in the server or the location, for a request without the header. */
function conditionControls(scope: LocationScope): readonly Control[] {
  const location = scope.blocks.at(-1);
  const blocks =
    location === scope.server || location === undefined ? [scope.server] : [scope.server, location];
  const conditions = blocks.flatMap(({ block }) => (block ?? []).filter(({ name }) => name === 'if'));
  return conditions.filter(rejects).flatMap((condition) => {
    const { headers, programs } = sourcesOf(scope.variables, condition.args);
    const program = programs[0];
    if (program !== undefined) return [programControl(scope, program)];
    if (headers.length === 0) return [];
    const holds = holdsWithoutHeaders(scope.variables, condition.args);
    if (holds === false) return [];
    const demands = `the header ${headers.join(' or ')}, whatever it says`;
    return [
      controlOf(scope, 'originProxy', holds === undefined ? 'unknown' : 'presence', demands, condition),
    ];
  });
}

function rejects({ block }: Directive): boolean {
  return (block ?? []).some(
    ({ name, args }) =>
      (name === 'return' && Number(args[0]) >= 400) || (name === 'deny' && args[0] === 'all'),
  );
}
