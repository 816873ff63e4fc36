import { defined } from '../kubernetes/defined.ts';
import { type AcceptedBefore, applyAccepted, readAccepted } from './accepted.ts';
import type { Finding, Place, ScanReport } from './finding.ts';
import type { LocatedFinding } from './locator.ts';
import { notSearchedAmong } from './matcher.ts';
import type { ScanOptions, ScanResult } from './options.ts';

/** Collects the findings of the sources. */
export interface ReportBuilder {
  /** Adds a finding. Names in its place must be masked. */
  add(place: Place, located: LocatedFinding): void;
  skip(path: string, reason: string): void;
  macUnchecked(path: string): void;
  count(bytes: number): void;
  /**
   * @param checked - the acceptances that are stale if they match nothing
   * @param before - the acceptances before the change that is searched; without it, all are as they were
   */
  finish(checked: 'tree' | 'history' | 'none', before?: AcceptedBefore): ScanResult;
}

const markLength = 4;

function nameOf(place: Place): string {
  switch (place.kind) {
    case 'file':
    case 'path':
      return place.path;
    case 'commit':
      return place.part;
    case 'tag':
    case 'branch':
      return place.name;
  }
}

/** Whether Gatehouse itself writes the file of a place: it has a word with every private value. */
function isOfProgram(place: Place, { ofProgram, fromConfiguration = (path) => path }: ScanOptions): boolean {
  const isFile = place.kind === 'file' || place.kind === 'path';
  return isFile && ofProgram?.has(fromConfiguration(place.path)) === true;
}

/**
 * @param merges - whether equal findings of one path are merged with a count: a history has every version of a file
 */
export function reportBuilder(options: ScanOptions, merges: boolean): ReportBuilder {
  const hasKey = options.key !== undefined;
  const findings: Finding[] = [];
  const known = new Map<string, Finding>();
  const skipped: ScanReport['skipped'] = [];
  const macUnchecked: string[] = [];
  let texts = 0;
  let bytes = 0;
  return {
    add(place, { content, isWord, ...located }) {
      if (isWord && isOfProgram(place, options)) return;
      const key = [place.kind, nameOf(place), located.rule, located.field, located.form, content].join('\0');
      const before = merges ? known.get(key) : undefined;
      if (before) {
        before.occurrences++;
        return;
      }
      const mark = content.slice(0, markLength);
      const lasting = hasKey ? content : undefined;
      const finding: Finding = defined({ ...located, place, mark, content: lasting, occurrences: 1 });
      findings.push(finding);
      known.set(key, finding);
    },
    skip: (path, reason) => skipped.push({ path, reason }),
    macUnchecked: (path) => macUnchecked.push(path),
    count(size) {
      texts++;
      bytes += size;
    },
    finish(checked, before) {
      const { entries, problems } = readAccepted(options.accepted);
      const result = applyAccepted(findings, entries, {
        checked,
        hasKey,
        fromConfiguration: options.fromConfiguration,
        before,
      });
      const notSearched = notSearchedAmong(options.values);
      return { report: { ...result, skipped, notSearched, macUnchecked, texts, bytes }, problems };
    },
  };
}
