import type { Checked } from '../operations/check/check.ts';
import type { Entry } from '../reachability/model/analysis.ts';
import { notCounted } from './check.ts';
import { alike, theSameFor, unknownsByRemedy } from './groups.ts';
import { printableValues } from './printable.ts';

const words = { proved: '✅ proved', refuted: '❌ refuted', unknown: '⚠️ unknown' } as const;

/** A check as a summary for a pull request: what it opens first, then what is wrong, then who gets in. */
export function checkToMarkdown(checked: Checked): string {
  const { verdict, analysis, findings, changes, stale } = printableValues(checked);
  const ways = analysis.entries.filter((entry) => entry.verdict !== 'blocked' && entry.who !== 'cluster');
  return [
    `## Gatehouse: ${words[verdict]}`,
    ...(changes === undefined
      ? []
      : [
          section(`What this opens, since ${text(changes.base)}`, changes.opens.map(lineOf)),
          section('What this closes', changes.closes.map(lineOf)),
          section(
            'What this proves or breaks',
            changes.proofs.map(
              ({ claim, before = 'not asked', after = 'not asked' }) =>
                `${text(claim)}: ${before} → **${after}**`,
            ),
          ),
          changes.opens.length + changes.closes.length + changes.proofs.length === 0
            ? 'Nobody reaches more or less than before.'
            : '',
        ]),
    section(
      'Findings',
      alike(findings).map((group) => {
        const [{ verdict: found, sentence, object, fix, accepted, acceptedInChange }] = group;
        const claims = group.map(({ claim }) => text(claim)).join('; ');
        const place =
          object === undefined ? '' : ` \`${object.file}${object.line ? `:${object.line}` : ''}\``;
        const end = accepted === undefined ? text(fix) : `accepted: ${text(accepted)}`;
        const added =
          acceptedInChange === undefined
            ? ''
            : ` Accepted in this change: ${text(acceptedInChange)}.${accepted === undefined ? ` ${notCounted}.` : ''}`;
        return `**${accepted === undefined ? found : 'accepted'}**${place} ${claims}: ${text(sentence)}. ${end}.${added}`;
      }),
    ),
    section('Ways in from outside', ways.map(lineOf)),
    section(
      'Not seen',
      unknownsByRemedy(analysis.unknowns).map(({ first: { sentence, remedy }, others }) => {
        const more = others.length > 0 ? ` ${text(theSameFor(others))}.` : '';
        return `${text(sentence)}. ${text(remedy)}.${more}`;
      }),
    ),
    section(
      'Accepted, and not there any more',
      stale.map(({ invariant, object, added }) =>
        text(`${invariant}, ${object}${added ? ', accepted in this change' : ''}`),
      ),
    ),
    section('Assumed', analysis.assumptions.map(text)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function lineOf({ sentence, verdict, likely }: Entry): string {
  const word = likely ? '(likely) ' : '(not certain) ';
  return `${verdict === 'unknown' ? word : ''}${text(sentence)}`;
}

function section(title: string, lines: readonly string[]): string {
  const own = [...new Set(lines)];
  return own.length === 0 ? '' : `### ${title}\n\n${own.map((line) => `- ${line}`).join('\n')}`;
}

/** Escapes text of a repository, so that no mention, link or tag in it takes effect. */
function text(raw: string): string {
  return raw
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]<>|#!~]/g, (mark) => `\\${mark}`)
    .replaceAll('@', '@\u200b');
}
