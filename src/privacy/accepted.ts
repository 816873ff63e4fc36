import { posix } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { defined } from '../kubernetes/defined.ts';
import type { Problem } from '../problems/problem.ts';
import type { Finding, ScanReport } from './finding.ts';
import { ruleIds } from './rules/rule.ts';

/** The committed file of findings that users have reviewed and accepted. */
export const acceptedFindingsPath = '.gatehouse/accepted-findings.yaml';

const entrySchema = z.strictObject({
  rule: z.enum(ruleIds),
  content: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  path: z.string().min(1).optional(),
  in: z.enum(['tree', 'history']).default('tree'),
  reason: z.string().trim().min(1),
});

const fileSchema = z.strictObject({ accepted: z.array(z.unknown()) });

/**
 * An accepted finding. `content` is the keyed hash in the report, so that the entry survives a change of line or commit;
 * `path` restricts it to one file. Without the key, `path` alone decides.
 */
export type Acceptance = z.infer<typeof entrySchema>;

/**
 * Reads the file of accepted findings. Invalid entries are problems; the others are used.
 *
 * @param text - undefined when there is no such file
 */
export function readAccepted(text: string | undefined): { entries: Acceptance[]; problems: Problem[] } {
  if (text === undefined || text.trim() === '') return { entries: [], problems: [] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problem = (message: string, offset: number): Problem => {
    const { line, col } = lines.linePos(offset);
    return {
      code: 'accepted-findings-invalid',
      file: acceptedFindingsPath,
      at: { line, column: col },
      message,
      expected: 'accepted: a list of entries with rule, reason, and content, path or both',
      remedy: 'fix the entry, or remove it and accept the finding again',
    };
  };
  const [broken] = document.errors;
  if (broken) return { entries: [], problems: [problem('The file is not YAML', broken.pos[0])] };
  const file = fileSchema.safeParse(document.toJS());
  if (!file.success)
    return { entries: [], problems: [problem('The file is not a list of accepted findings', 0)] };
  const problems: Problem[] = [];
  const entries = file.data.accepted.flatMap((raw, index) => {
    const entry = entrySchema.safeParse(raw);
    const isPlaced = entry.success && (entry.data.content !== undefined || entry.data.path !== undefined);
    if (isPlaced) return [entry.data];
    const node = document.getIn(['accepted', index], true);
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    const offset = Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
    const wrong = entry.error?.issues.map(({ path }) => path.join('.')).filter((name) => name !== '') ?? [];
    const names = wrong.length > 0 ? ` (${wrong.join(', ')})` : '';
    problems.push(problem(`Entry ${index + 1} cannot be read${names}`, offset));
    return [];
  });
  return { entries, problems };
}

const pathOf = ({ place }: Finding): string | undefined =>
  place.kind === 'file' || place.kind === 'path' ? place.path : undefined;

function matches(entry: Acceptance, finding: Finding, base: string): boolean {
  if (entry.rule !== finding.rule) return false;
  const path = pathOf(finding);
  if (entry.path !== undefined && (path === undefined || entry.path !== posix.join(base, path))) return false;
  if (entry.content === undefined || finding.content === undefined) return entry.path !== undefined;
  return entry.content === finding.content;
}

/**
 * Separates accepted findings from the others.
 *
 * @param checked - the entries that are stale if they match nothing; a scan of the index checks none
 * @param hasKey - whether the findings have lasting hashes
 * @param base - the way from the directory of the entries to where the paths of the findings begin
 */
export function applyAccepted(
  findings: readonly Finding[],
  entries: readonly Acceptance[],
  checked: 'tree' | 'history' | 'none',
  hasKey: boolean,
  base = '',
): Pick<ScanReport, 'findings' | 'accepted' | 'stale' | 'unjudged'> {
  const used = new Set<Acceptance>();
  const left: Finding[] = [];
  const accepted: ScanReport['accepted'] = [];
  for (const finding of findings) {
    const matching = entries.filter((entry) => matches(entry, finding, base));
    for (const entry of matching) used.add(entry);
    const [first] = matching;
    if (first) accepted.push({ finding, reason: first.reason });
    else left.push(finding);
  }
  const needsKey = (entry: Acceptance) => !hasKey && entry.content !== undefined && entry.path === undefined;
  const unused = entries.filter((entry) => entry.in === checked && !used.has(entry));
  const stale = unused
    .filter((entry) => !needsKey(entry))
    .map(({ rule, content, path, reason }) => defined({ rule, content, path, reason }));
  return { findings: left, accepted, stale, unjudged: unused.length - stale.length };
}
