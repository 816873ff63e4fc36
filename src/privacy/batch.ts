import type { LocatedFinding, Locator } from './locator.ts';

export type ObjectKind = 'blob' | 'commit' | 'tag';

/** Where one object stands in the answer of `git cat-file`: the line `<id> <type> <size> <name>`, then its content. */
export interface BatchItem {
  kind: ObjectKind;
  /** Where the line begins. */
  at: number;
  /** Where the name begins, which ends with the line. */
  name: number;
  /** Where the content begins, one byte behind the line. */
  content: number;
  end: number;
}

/** Objects that travel to a searcher together, as Git wrote them. */
export interface Batch {
  buffer: ArrayBuffer;
  items: BatchItem[];
  /** The number of the first one, in the order in which Git told them. */
  first: number;
}

type Part = 'text' | 'message' | 'author' | 'committer' | 'tagger' | 'name' | 'header';

/** An object in which something was found. */
export interface Origin {
  kind: ObjectKind;
  id: string;
  /** The path that a blob had first, the name of a tag. */
  name: string;
  order: number;
}

export interface BatchFinding extends LocatedFinding {
  origin: Origin;
  part: Part;
}

/** What stands in the texts of a batch, and in the paths that this searcher met for the first time. */
export interface BatchFindings {
  texts: BatchFinding[];
  paths: { path: string; order: number; found: LocatedFinding[] }[];
}

const headers: Record<string, Part> = {
  author: 'author',
  committer: 'committer',
  tagger: 'tagger',
  tag: 'name',
};

/** Says in which part of a commit or tag a finding stands, and counts its line and column within that part. */
function inPart(located: LocatedFinding, bytes: Uint8Array): LocatedFinding & { part: Part } {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const blank = lines.indexOf('');
  if (blank >= 0 && located.line > blank)
    return { ...located, line: located.line - blank - 1, part: 'message' };
  const header = /^\S*/.exec(lines[located.line - 1] ?? '')?.[0] ?? '';
  const part = headers[header];
  if (!part) return { ...located, part: 'header' };
  return { ...located, line: 1, column: Math.max(1, located.column - header.length - 1), part };
}

/** The identifier that stands in the line of an object. */
export const idOf = (bytes: Buffer, { at }: BatchItem): string =>
  bytes.toString('latin1', at, bytes.indexOf(' ', at));

/** The name that stands in the line of an object; a blob that only a tag holds has none but its identifier. */
export const nameOf = (bytes: Buffer, item: BatchItem): string =>
  bytes.toString('utf8', item.name, item.content - 1) || (item.kind === 'blob' ? idOf(bytes, item) : '');

/** Searches batches one after another; it remembers the paths that it has searched. */
export function batchScanner(locator: Locator): (batch: Batch) => BatchFindings {
  const known = new Set<string>();
  return ({ buffer, items, first }) => {
    const bytes = Buffer.from(buffer);
    const findings: BatchFindings = { texts: [], paths: [] };
    let order = first;
    for (const item of items) {
      const { kind, content, end } = item;
      const name = nameOf(bytes, item);
      if (kind === 'blob' && !known.has(name)) {
        known.add(name);
        const found = locator.locateName(name);
        if (found.length > 0) findings.paths.push({ path: name, order, found });
      }
      const text = new Uint8Array(buffer, content, end - content);
      for (const located of locator.locate(text, kind === 'blob' ? name : '.txt')) {
        const origin = { kind, id: idOf(bytes, item), name, order };
        findings.texts.push(
          kind === 'blob' ? { ...located, origin, part: 'text' } : { ...inPart(located, text), origin },
        );
      }
      order++;
    }
    return findings;
  };
}
