import type { Protocol } from '../exposure/judgement.ts';
import type { Query } from '../exposure/queries.ts';
import { done, type Outcome } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';

/**
 * Reads questions, one JSON object a line: `from`, `to`, `port`, and `protocol` (TCP where it is left out). Empty
 * lines are none. Every line that cannot be read is a problem.
 */
export function readQueries(file: string, text: string): Outcome<readonly Query[]> {
  const problems: Problem[] = [];
  const queries: Query[] = [];
  // A million questions name a thousand workloads, each time in a text of its own.
  const names = new Map<string, string>();
  const once = (name: string): string => {
    const known = names.get(name);
    if (known === undefined) names.set(name, name);
    return known ?? name;
  };
  let at = 0;
  for (const line of linesOf(text)) {
    at += 1;
    if (line.trim() === '') continue;
    const read = readQuery(line);
    if (typeof read !== 'string') {
      queries.push({ ...read, from: once(read.from), to: once(read.to) });
      continue;
    }
    problems.push({
      code: 'query-invalid',
      file,
      at: { line: at, column: 1 },
      message: read,
      expected: '{"from":"x/a","to":"y/b","protocol":"TCP","port":80}',
    });
  }
  return problems.length > 0 ? { ok: false, problems } : done(queries);
}

function* linesOf(text: string): Generator<string, void> {
  let start = 0;
  while (start <= text.length) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    if (end < 0) return;
    start = end + 1;
  }
}

function readQuery(line: string): Query | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'the line is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'the line is not a JSON object';
  const { from, to, protocol: name = 'TCP', port }: Record<string, unknown> = { ...value };
  if (!isEnd(from)) return 'from is not namespace/pod or namespace/kind/name';
  if (!isEnd(to)) return 'to is not namespace/pod or namespace/kind/name';
  const protocol = protocolNamed(name);
  if (protocol === undefined) return 'protocol is none of TCP, UDP and SCTP';
  if (!isPort(port)) return 'port is neither a number from 1 to 65535 nor the name of a port';
  return { from, to, protocol, port };
}

function isEnd(value: unknown): value is string {
  return typeof value === 'string' && /^[^/\s]+\/[^/\s]+(?:\/[^/\s]+)?$/.test(value);
}

export function protocolNamed(name: unknown): Protocol | undefined {
  const upper = typeof name === 'string' ? name.toUpperCase() : undefined;
  return upper === 'TCP' || upper === 'UDP' || upper === 'SCTP' ? upper : undefined;
}

export function isPort(value: unknown): value is number | string {
  if (typeof value === 'string') return /^\d+$/.test(value) ? isPort(Number(value)) : value !== '';
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;
}
