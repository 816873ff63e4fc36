import type { Directive } from './syntax.ts';

/** The definitions of the variables of an nginx configuration. */
export interface Variables {
  maps: ReadonlyMap<string, Directive>;
  /** Variables that are set; undefined for one whose value depends on a condition. */
  sets: ReadonlyMap<string, string | undefined>;
  /** The texts that a variable of `sets` depends on: its values, and the conditions of the blocks that set it. */
  dependencies: ReadonlyMap<string, readonly string[]>;
  /** Variables that a program computes, with its name. */
  programs: ReadonlyMap<string, string>;
}

/** All variables that the directives define, at any level. */
export function readVariables(directives: readonly Directive[]): Variables {
  const maps = new Map<string, Directive>();
  const sets = new Map<string, string | undefined>();
  const dependencies = new Map<string, readonly string[]>();
  const programs = new Map<string, string>();
  const visit = (list: readonly Directive[], conditions: readonly string[]): void => {
    for (const directive of list) {
      const [first = '', second = ''] = directive.args;
      if (directive.name === 'map') maps.set(second, directive);
      else if (directive.name === 'set') {
        const isOnly = !sets.has(first) || sets.get(first) === second;
        sets.set(first, isOnly && conditions.length === 0 ? second : undefined);
        dependencies.set(first, [...(dependencies.get(first) ?? []), second, ...conditions]);
      } else if (directive.name === 'js_set') programs.set(first, second);
      const inner = directive.name === 'if' ? [...conditions, ...directive.args] : conditions;
      visit(directive.block ?? [], inner);
    }
  };
  visit(directives, []);
  return { maps, sets, dependencies, programs };
}

const reference = /\$\{?([a-z0-9_]+)\}?/gi;

/**
 * The value of a text in a request without the headers, cookies and arguments that the text uses.
 *
 * @returns undefined if it depends on something else
 */
export function valueWithoutHeaders(variables: Variables, text: string, depth = 0): string | undefined {
  let known = true;
  const value = text.replace(reference, (_, name: string) => {
    const part = depth > 16 ? undefined : variableValue(variables, name, depth);
    known &&= part !== undefined;
    return part ?? '';
  });
  return known ? value : undefined;
}

function variableValue(variables: Variables, name: string, depth: number): string | undefined {
  const map = variables.maps.get(`$${name}`);
  if (map !== undefined) {
    const source = valueWithoutHeaders(variables, map.args[0] ?? '', depth + 1);
    const picked = source === undefined ? undefined : pickFromMap(map, source);
    return picked === undefined ? undefined : valueWithoutHeaders(variables, picked, depth + 1);
  }
  if (variables.sets.has(`$${name}`)) {
    const set = variables.sets.get(`$${name}`);
    return set === undefined ? undefined : valueWithoutHeaders(variables, set, depth + 1);
  }
  // The two headers of a body have variables of their own.
  return /^(?:http|cookie|arg)_|^content_(?:length|type)$/.test(name) ? '' : undefined;
}

/** Whether a header, a cookie or an argument of the request is a part of a text. A map chooses from what is written. */
export function dependsOnRequest(variables: Variables, text: string, depth = 0): boolean {
  return [...text.matchAll(reference)].some(([, name = '']) => {
    if (/^(?:http|cookie|arg)_|^content_(?:length|type)$/.test(name)) return true;
    const map = variables.maps.get(`$${name}`);
    const inner =
      map === undefined
        ? (variables.dependencies.get(`$${name}`) ?? [])
        : (map.block ?? []).flatMap(({ args }) => args);
    return depth <= 16 && inner.some((value) => dependsOnRequest(variables, value, depth + 1));
  });
}

/** The result of a map block: exact entries, then regular expressions in order, then the default. */
function pickFromMap(map: Directive, source: string): string | undefined {
  const entries = map.block ?? [];
  if (entries.some(({ name }) => name === 'include')) return undefined;
  const literal = entries.find(
    ({ name }) => name.replace(/^\\/, '').toLowerCase() === source.toLowerCase() && name !== 'default',
  );
  if (literal !== undefined) return literal.args[0];
  for (const { name, args } of entries.filter((entry) => entry.name.startsWith('~'))) {
    const matched = matchesPattern(name.replace(/^~\*?/, ''), source, name.startsWith('~*'));
    if (matched === undefined) return undefined;
    if (matched) return args[0];
  }
  return entries.find(({ name }) => name === 'default')?.args[0] ?? '';
}

function matchesPattern(pattern: string, text: string, ignoreCase: boolean): boolean | undefined {
  try {
    return new RegExp(pattern, ignoreCase ? 'i' : '').test(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether the condition of an `if` holds in a request without the headers that it uses.
 *
 * @returns undefined if that is not known
 */
export function holdsWithoutHeaders(variables: Variables, args: readonly string[]): boolean | undefined {
  const [left, operator, right] = unwrap(args);
  if (left === undefined) return undefined;
  const value = valueWithoutHeaders(variables, left);
  if (value === undefined) return undefined;
  if (operator === undefined) return value !== '' && value !== '0';
  const other = valueWithoutHeaders(variables, right ?? '');
  if (operator.includes('~')) {
    const matched = matchesPattern(right ?? '', value, operator.endsWith('*'));
    return matched === undefined ? undefined : matched !== operator.startsWith('!');
  }
  if (other === undefined || (operator !== '=' && operator !== '!=')) return undefined;
  return (value === other) === (operator === '=');
}

/** The words of a condition without the brackets around it. */
function unwrap(args: readonly string[]): readonly string[] {
  const words = [...args];
  const first = words[0];
  if (first === undefined) return [];
  if (first === '(') words.shift();
  else words[0] = first.replace(/^\(/, '');
  const last = words.at(-1);
  if (last === ')') words.pop();
  else if (last !== undefined) words[words.length - 1] = last.replace(/\)$/, '');
  return words;
}

/** The request headers and the programs that a text depends on. */
export function sourcesOf(
  variables: Variables,
  texts: readonly string[],
  depth = 0,
): { headers: string[]; programs: string[] } {
  const headers: string[] = [];
  const programs: string[] = [];
  for (const [, name = ''] of texts.join(' ').matchAll(reference)) {
    const program = variables.programs.get(`$${name}`);
    if (program !== undefined) programs.push(program);
    if (name.startsWith('http_')) headers.push(name.slice('http_'.length).replaceAll('_', '-'));
    const source = variables.maps.get(`$${name}`)?.args[0];
    const inner = source === undefined ? variables.dependencies.get(`$${name}`) : [source];
    if (inner === undefined || depth > 16) continue;
    const more = sourcesOf(variables, inner, depth + 1);
    headers.push(...more.headers);
    programs.push(...more.programs);
  }
  return { headers: [...new Set(headers)], programs: [...new Set(programs)] };
}
