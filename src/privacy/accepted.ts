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

function matches(entry: Acceptance, finding: Finding, from: (path: string) => string): boolean {
  if (entry.rule !== finding.rule) return false;
  const path = pathOf(finding);
  if (entry.path !== undefined && (path === undefined || entry.path !== from(path))) return false;
  if (entry.content === undefined || finding.content === undefined) return entry.path !== undefined;
  return entry.content === finding.content;
}

/** The acceptances before a change, by the texts of their file, and whether those that the change adds count. */
export interface AcceptedBefore {
  texts: readonly string[];
  addedCount: boolean;
}

const keyOf = ({ rule, content, path, in: where }: Acceptance): string =>
  JSON.stringify([rule, content, path, where]);

/** The acceptances that a change adds. */
function addedEntries(
  entries: readonly Acceptance[],
  before: AcceptedBefore | undefined,
): ReadonlySet<Acceptance> {
  if (before === undefined) return new Set();
  const known = new Set(before.texts.flatMap((text) => readAccepted(text).entries.map(keyOf)));
  return new Set(entries.filter((entry) => !known.has(keyOf(entry))));
}

/**
 * Separates accepted findings from the others. A finding that is accepted by what the same change adds is one of the
 * others, unless that counts.
 *
 * `checked` are the entries that are stale if they match nothing; a scan of the index checks none. `hasKey` says whether
 * the findings have lasting hashes. `fromConfiguration` makes a path of a finding one from the directory of the entries.
 */
export function applyAccepted(
  findings: readonly Finding[],
  entries: readonly Acceptance[],
  {
    checked,
    hasKey,
    fromConfiguration = (path) => path,
    before,
  }: {
    checked: 'tree' | 'history' | 'none';
    hasKey: boolean;
    fromConfiguration?: ((path: string) => string) | undefined;
    before?: AcceptedBefore | undefined;
  },
): Pick<ScanReport, 'findings' | 'accepted' | 'stale' | 'unjudged'> {
  const used = new Set<Acceptance>();
  const left: Finding[] = [];
  const accepted: ScanReport['accepted'] = [];
  const added = addedEntries(entries, before);
  for (const finding of findings) {
    const matching = entries.filter((entry) => matches(entry, finding, fromConfiguration));
    for (const entry of matching) used.add(entry);
    const first = matching.find((entry) => !added.has(entry)) ?? matching[0];
    if (first === undefined) left.push(finding);
    else if (!added.has(first)) accepted.push({ finding, reason: first.reason });
    else if (before?.addedCount) accepted.push({ finding, reason: first.reason, inChange: true });
    else left.push({ ...finding, acceptedInChange: first.reason });
  }
  const needsKey = (entry: Acceptance) => !hasKey && entry.content !== undefined && entry.path === undefined;
  const unused = entries.filter((entry) => entry.in === checked && !used.has(entry));
  const stale = unused
    .filter((entry) => !needsKey(entry))
    .map(({ rule, content, path, reason }) => defined({ rule, content, path, reason }));
  return { findings: left, accepted, stale, unjudged: unused.length - stale.length };
}
