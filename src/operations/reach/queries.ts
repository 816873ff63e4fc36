import { defined } from '../../kubernetes/defined.ts';
import { type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { parseBlock } from '../../reachability/model/addresses.ts';
import type { Protocol } from '../../reachability/model/analysis.ts';
import type { Query } from '../../reachability/queries.ts';

/**
 * Reads questions, one JSON object a line: `from`, `to`, `port`, and `protocol`, which defaults to TCP. Empty lines are
 * skipped. Every line that cannot be read is a problem. A million questions fit into little memory.
 *
 * @param pieces the text, in pieces of any length
 */
export async function readQueries(
  file: string,
  pieces: AsyncIterable<string>,
): Promise<Outcome<Iterable<Query>>> {
  const problems: Problem[] = [];
  const table = queryTable();
  let at = 0;
  let unnamed = 0;
  const refuse = (message: string): void => {
    if (problems.length >= mostProblems) unnamed += 1;
    else problems.push(invalidLine(file, at, message));
  };
  const take = (line: string): void => {
    at += 1;
    if (line.trim() === '') return;
    const read = line.length > longestLine ? tooLong : readQuery(line);
    if (typeof read === 'string') refuse(read);
    else table.add(read);
  };
  let rest = '';
  for await (const piece of pieces) {
    const lines = `${rest}${piece}`.split('\n');
    // The rest of a line that is too long is not kept.
    rest = (lines.pop() ?? '').slice(0, longestLine + 1);
    lines.forEach(take);
  }
  take(rest);
  if (unnamed > 0) problems.push(invalidLine(file, undefined, `${unnamed} more lines cannot be read`));
  return problems.length > 0 ? { ok: false, problems } : ok(table.queries);
}

/** A line with the longest names that Kubernetes takes is far shorter. */
const longestLine = 2 ** 16;
const tooLong = `the line is longer than ${longestLine} characters`;

/** A file of another kind would have a problem on each line. */
const mostProblems = 100;

function invalidLine(file: string, line: number | undefined, message: string): Problem {
  return defined({
    code: 'query-invalid' as const,
    file,
    at: line === undefined ? undefined : { line, column: 1 },
    message,
    expected: '{"from":"x/a","to":"y/b","protocol":"TCP","port":80}',
  });
}

/** Stores questions as rows of numbers: a million of them name a thousand workloads and a few ports. */
function queryTable(): { add: (query: Query) => void; queries: Iterable<Query> } {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  const asked: Pick<Query, 'protocol' | 'port'>[] = [];
  const rows: number[] = [];
  const numberOf = (key: string, make: () => number): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = make() - 1;
    numbers.set(key, number);
    return number;
  };
  return {
    add: ({ from, to, protocol, port }) => {
      rows.push(
        numberOf(from, () => names.push(from)),
        numberOf(to, () => names.push(to)),
        // No name of a workload begins so.
        numberOf(`/${protocol} ${typeof port} ${port}`, () => asked.push({ protocol, port })),
      );
    },
    queries: {
      *[Symbol.iterator]() {
        for (let at = 0; at < rows.length; at += 3) {
          const [from, to] = [names[rows[at] ?? 0] ?? '', names[rows[at + 1] ?? 0] ?? ''];
          yield { from, to, ...(asked[rows[at + 2] ?? 0] ?? { protocol: 'TCP', port: 0 }) };
        }
      },
    },
  };
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
  if (!isEnd(from)) return `from is not ${end}`;
  if (!isEnd(to)) return `to is not ${end}`;
  const protocol = protocolNamed(name);
  if (protocol === undefined) return 'protocol is none of TCP, UDP and SCTP';
  if (!isPort(port)) return 'port is neither a number from 1 to 65535 nor the name of a port';
  return { from, to, protocol, port };
}

const end = 'namespace/pod, namespace/kind/name, an address or a block of addresses';

function isEnd(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  // No namespace has a colon, or dots and digits only.
  if (/^\d+\.[\d.]*(?:\/|$)|^[^/]*:/.test(value)) return parseBlock(value) !== undefined;
  return /^[^/\s]+\/[^/\s]+(?:\/[^/\s]+)?$/.test(value);
}

export function protocolNamed(name: unknown): Protocol | undefined {
  const upper = typeof name === 'string' ? name.toUpperCase() : undefined;
  return upper === 'TCP' || upper === 'UDP' || upper === 'SCTP' ? upper : undefined;
}

export function isPort(value: unknown): value is number | string {
  if (typeof value === 'string') return /^\d+$/.test(value) ? isPort(Number(value)) : value !== '';
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;
}
