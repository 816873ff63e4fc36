import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import type { Problem } from '../../problems/problem.ts';
import { type Acceptance, acceptancesPath } from './acceptances.ts';

const acceptanceSchema = z.strictObject({
  invariant: z.string().min(1),
  object: z.string().regex(/^\S+ \S+$/),
  reason: z.string().trim().min(1),
});

/** Reads the acceptances; one that cannot be read is a problem and accepts nothing. */
export function readAcceptances(text: string): { entries: Acceptance[]; problems: Problem[] } {
  if (text.trim() === '') return { entries: [], problems: [] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const problemAt = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return {
      code: 'acceptance-invalid',
      file: acceptancesPath,
      at: { line: Math.max(line, 1), column: Math.max(col, 1) },
      message,
      expected: 'accepted: a list of entries with invariant, object ("Kind namespace/name") and reason',
    };
  };
  const [error] = document.errors;
  if (error !== undefined)
    return { entries: [], problems: [problemAt(error.pos[0], 'the file is not YAML')] };
  const file = z.strictObject({ accepted: z.array(z.unknown()) }).safeParse(toValue(document));
  if (!file.success)
    return { entries: [], problems: [problemAt(0, 'the file is not a list of acceptances')] };
  const problems: Problem[] = [];
  const entries = file.data.accepted.flatMap((raw, index) => {
    const entry = acceptanceSchema.safeParse(raw);
    if (entry.success) return [entry.data];
    const node = document.getIn(['accepted', index], true);
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    const offset = Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
    problems.push(problemAt(offset, 'the entry lacks a field of an acceptance'));
    return [];
  });
  return { entries, problems };
}

function toValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}
