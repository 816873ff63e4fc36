import type { Control, Entry, Judgement, Proof } from '../exposure/judgement.ts';
import type { Style } from './style.ts';

const origins: Record<Entry['who'], string> = {
  internet: 'From the internet',
  lan: 'From the home network',
  vpn: 'From the VPN',
  cluster: 'Inside the cluster',
};

/** The access map for a person: who, from where, through which checks, to what. */
export function renderAccessMap({ entries }: Judgement, style: Style): string {
  const chapters = (Object.keys(origins) as Entry['who'][]).flatMap((who) => {
    const mine = entries.filter((entry) => entry.who === who && entry.verdict !== 'blocked');
    // Two ways through one proxy that demand the same are one to a person.
    const rows = new Set(mine.map((entry) => renderEntry(entry, style)));
    return rows.size === 0 ? [] : [`  ${style.strong(origins[who])}`, ...rows, ''];
  });
  return chapters.join('\n').trimEnd();
}

function renderEntry(entry: Entry, style: Style): string {
  const { who, from, hops, verdict, likely } = entry;
  const demands = hops.flatMap(({ at, controls }) =>
    controls
      .filter(({ certainty }) => certainty !== 'none')
      .map((control) => `      ${mark(control, style)} ${at} demands ${control.demands}`),
  );
  const word = likely ? 'likely' : 'not certain';
  const sure = verdict === 'unknown' ? style.unsure(`  ${word}`) : '';
  if (demands.length > 0)
    return [`    ${from}${sure}`, ...demands, `      → ${targetOf(entry, style)}`].join('\n');
  const through = hops.slice(0, -1).map(({ at }) => at);
  const way = [from, ...through, targetOf(entry, style)].join(' → ');
  return [
    `    ${way}${sure}`,
    ...(who === 'cluster'
      ? []
      : [
          `      ${style.unsure('nothing is demanded on the way: what the app itself asks for is all there is')}`,
        ]),
  ].join('\n');
}

function mark({ certainty }: Control, style: Style): string {
  return certainty === 'verified' || certainty === 'program' ? style.good('✓') : style.unsure('?');
}

function targetOf({ to, hops }: Entry, style: Style): string {
  if (to === undefined) return 'nowhere that is known';
  const { port, protocol } = hops.at(-1) ?? {};
  return `${style.strong(`${to.kind} ${to.namespace ?? ''}/${to.name}`)}${port === undefined ? '' : `  ${protocol} ${port}`}`;
}

const signs = { proved: 'proved ', refuted: 'REFUTED', unknown: 'unknown' } as const;

/** Each invariant with its verdict; a refuted one with the way that refutes it. */
export function renderProofs(proofs: readonly Omit<Proof, 'invariant'>[], style: Style): string {
  const mark = { proved: style.good, refuted: style.bad, unknown: style.unsure };
  return proofs
    .map(({ verdict, claim, sentence, evidence, path }) => {
      const why =
        verdict === 'proved'
          ? []
          : [`           ${sentence}`, ...path.map((hop) => `             → ${hop.at}`)];
      const where =
        verdict === 'proved'
          ? []
          : evidence
              .slice(0, 3)
              .map(
                ({ object, rule }) =>
                  `           ${object.file}${object.line ? `:${object.line}` : ''}  ${rule}`,
              );
      return [`  ${mark[verdict](signs[verdict])}  ${claim}`, ...why, ...where].join('\n');
    })
    .join('\n');
}

/** What the verdicts rest on and Git does not show. */
export function renderAssumptions(assumptions: readonly string[], style: Style): string {
  return assumptions.map((sentence) => `  ${style.faint('assumed')}  ${sentence}`).join('\n');
}
