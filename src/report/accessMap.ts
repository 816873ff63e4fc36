import type { Entry, Hop, Judgement, Proof } from '../exposure/judgement.ts';
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
    return mine.length === 0
      ? []
      : [style.strong(origins[who]), ...mine.map((entry) => renderEntry(entry, style)), ''];
  });
  return chapters.join('\n').trimEnd();
}

function renderEntry({ from, hops, to, gate, verdict }: Entry, style: Style): string {
  const marked = gate === 'verified' ? style.good : gate === 'none' ? style.faint : style.unsure;
  const stations = hops.filter((hop, index) => hop.controls.length > 0 || index === hops.length - 1);
  const lines = stations.flatMap((hop) => renderHop(hop, marked));
  const target = to === undefined ? 'nowhere that is known' : `${to.kind} ${to.namespace ?? ''}/${to.name}`;
  const sure = verdict === 'unknown' ? style.unsure('  (not certain)') : '';
  return [`  ${from}${sure}`, ...lines, `    → ${style.strong(target)}`].join('\n');
}

function renderHop({ at, controls }: Hop, marked: (text: string) => string): string[] {
  return controls
    .filter(({ certainty }) => certainty !== 'none')
    .map(({ demands }) => `    ${at}: ${marked(demands)}`);
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
