import type { LocatedFinding, Locator } from './locator.ts';

export type ObjectKind = 'blob' | 'commit' | 'tag';

/** The offsets of an object in the output of `git cat-file`: the line `<id> <type> <size> <name>`, then its content. */
export interface BatchItem {
  kind: ObjectKind;
  /** The start of the line. */
  at: number;
  /** The start of the name, which ends with the line. */
  name: number;
  /** The start of the content, one byte after the line. */
  content: number;
  end: number;
}

/** Objects that a worker searches together, as Git wrote them. */
export interface Batch {
  buffer: ArrayBuffer;
  items: BatchItem[];
  /** The number of the first object, in the order of Git. */
  first: number;
}

type Part = 'text' | 'message' | 'author' | 'committer' | 'tagger' | 'name' | 'header';

/** The object of a finding. */
export interface Origin {
  kind: ObjectKind;
  id: string;
  /** The first path of a blob, or the name of a tag. */
  name: string;
  order: number;
}

export interface BatchFinding extends LocatedFinding {
  origin: Origin;
  part: Part;
}

/** Findings in the texts of a batch, and in paths that are new to this worker. */
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

/** Adds the part of a commit or tag, with line and column relative to that part. */
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

/** The identifier in the line of an object. */
export const idOf = (bytes: Buffer, { at }: BatchItem): string =>
  bytes.toString('latin1', at, bytes.indexOf(' ', at));

/** The name in the line of an object; the identifier for a blob that only a tag holds. */
export const nameOf = (bytes: Buffer, item: BatchItem): string =>
  bytes.toString('utf8', item.name, item.content - 1) || (item.kind === 'blob' ? idOf(bytes, item) : '');

/** Searches batches in order and remembers the paths that it has searched. */
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
