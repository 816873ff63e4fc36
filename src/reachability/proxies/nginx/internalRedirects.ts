import type { Certainty, Control } from '../../model/analysis.ts';
import { controlsOf, type LocationScope, stops } from './controls.ts';
import type { Directive } from './syntax.ts';

/**
 * A server with a `return` at its own level uses no location, unless something before it may leave it out, or a named
 * location is the error page for its status.
 */
export function answersAlways({ server, blocks }: LocationScope): boolean {
  const block = server.block ?? [];
  const at = block.findIndex(({ name }) => name === 'return');
  const status = block[at]?.args[0] ?? '';
  const isReplaced = blocks
    .flatMap((around) => around.block ?? [])
    .some(
      ({ name, args }) => name === 'error_page' && args.includes(status) && /^[@$]/.test(args.at(-1) ?? ''),
    );
  return at >= 0 && !block.slice(0, at).some(stops) && !isReplaced;
}

/** Whether an internal location only answers `auth_request`, so its answer never reaches the client. */
export function isAnsweredInside({ blocks }: LocationScope, location: Directive): boolean {
  if (!isInternal(location)) return false;
  const path = location.args.at(-1) ?? '';
  const around = blocks.slice(0, 2);
  return (
    around.some((block) => some(block, ({ name, args }) => name === 'auth_request' && args[0] === path)) &&
    !leadsTo(around, ['error_page', 'try_files', 'rewrite'], location)
  );
}

function isInternal(location: Directive): boolean {
  return (
    location.args[0]?.startsWith('@') === true ||
    (location.block ?? []).some(({ name }) => name === 'internal')
  );
}

function some(directive: Directive, test: (inner: Directive) => boolean): boolean {
  return (directive.block ?? []).some((inner) => test(inner) || some(inner, test));
}

/** Whether a directive in one of the blocks may redirect a request to a location. */
function leadsTo(blocks: readonly Directive[], names: readonly string[], location: Directive): boolean {
  return blocks.some((block) =>
    some(block, ({ name, args }) => names.includes(name) && mayMatch(targetOf(name, args), location)),
  );
}

/** Where `rewrite` and the last parameter of the others lead. `break` and a redirect stay in the location. */
function targetOf(name: string, args: readonly string[]): string | undefined {
  if (name !== 'rewrite') return args.at(-1);
  return args[2] === undefined || args[2] === 'last' ? args[1] : undefined;
}

/** A location without a modifier or with `^~` is a prefix. A variable may be any text. */
function mayMatch(target: string | undefined, { args }: Directive): boolean {
  if (target === undefined) return false;
  const path = args.at(-1) ?? '';
  const isPrefix = !path.startsWith('@') && (args.length === 1 || args[0] === '^~');
  const [literal = '', variable] = target.split(/[?$]/, 2);
  if (target.includes('$') && variable !== undefined && path.startsWith(literal)) return true;
  return literal === path || (isPrefix && literal.startsWith(path));
}

/**
 * The controls of the locations that redirect to an internal location: those of a `try_files`, or the decision of a
 * program of the server. An error page adds none, since rejected requests reach it.
 */
export function callerControls(scope: LocationScope): readonly Control[] {
  const location = scope.blocks.at(-1);
  if (location === undefined || !isInternal(location)) return [];
  // `rewrite` leaves a location before its access checks, and an error page is what those without access get.
  if (leadsTo(scope.blocks.slice(0, 2), ['error_page', 'rewrite'], location)) return [];
  const callers = (scope.server.block ?? []).filter(({ name }) => name === 'location');
  const files = callers.filter((caller) => leadsTo([caller], ['try_files'], location));
  const own = (scope.server.block ?? []).filter(({ name }) => name === 'try_files');
  if (own.some(({ args }) => mayMatch(args.at(-1), location))) return [];
  const demanded = files.map((caller) =>
    controlsOf({ ...scope, blocks: [...scope.blocks.slice(0, 2), caller] }),
  );
  const [weakest] = demanded.toSorted((a, b) => rankOf(a) - rankOf(b));
  if (weakest !== undefined) return weakest;
  const program = callers
    .flatMap(({ block }) => block ?? [])
    .find(({ name }) => name === 'js_content' || name === 'js_access')?.args[0];
  if (program === undefined) return [];
  const demands = `what the program ${program} verifies`;
  return [
    { type: 'originProxy', certainty: 'program', object: scope.object, demands, configuration: { program } },
  ];
}

const ranks: readonly Certainty[] = ['none', 'unknown', 'presence', 'program', 'verified'];

function rankOf(controls: readonly Control[]): number {
  return Math.max(0, ...controls.map(({ certainty }) => ranks.indexOf(certainty)));
}
