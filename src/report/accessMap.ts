import type { ObjectRef } from '../manifests/sourcedObject.ts';
import type { Analysis } from '../reachability/analyse.ts';
import type { Proof } from '../reachability/invariants/registry.ts';
import type { Control, Entry, Hop } from '../reachability/model/analysis.ts';
import { firstFew, grouped, theSameFor } from './groups.ts';
import type { Style } from './style.ts';

const origins: Record<Entry['who'], string> = {
  internet: 'From the internet',
  lan: 'From the home network',
  vpn: 'From the VPN',
  cluster: 'Inside the cluster',
};

/** The access map as text: each client, its path, the access checks and the destination. */
export function renderAccessMap({ entries }: Analysis, style: Style): string {
  const chapters = (Object.keys(origins) as Entry['who'][]).flatMap((who) => {
    const mine = entries.filter((entry) => entry.who === who && entry.verdict !== 'blocked');
    if (mine.length === 0) return [];
    // Show paths through one proxy with the same access checks once.
    const guarded = new Set(mine.filter(isGuarded).map((entry) => renderGuarded(entry, style)));
    const open = renderOpen(
      mine.filter((entry) => !isGuarded(entry)),
      style,
    );
    const warns = who !== 'cluster' && open.length > 0;
    const warning = 'No access check on the path: only the login of the app itself protects it';
    return [
      `  ${style.strong(origins[who])}`,
      ...guarded,
      ...(warns ? [`    ${style.unsure(warning)}`] : []),
      ...open.map((row) => (warns ? `      ${row}` : `    ${row}`)),
      '',
    ];
  });
  return chapters.join('\n').trimEnd();
}

const demandsOf = ({ controls }: Hop) => controls.filter(({ certainty }) => certainty !== 'none');

function isGuarded({ hops }: Entry): boolean {
  return hops.some((hop) => demandsOf(hop).length > 0);
}

function renderGuarded(entry: Entry, style: Style): string {
  const demands = entry.hops.flatMap((hop) =>
    demandsOf(hop).map((control) => `      ${mark(control, style)} ${hop.at} demands ${control.demands}`),
  );
  const target = entry.to === undefined ? nowhere : targetOf(entry.to, entry, style);
  return [`    ${startOf(entry)}${doubt(entry, style)}`, ...demands, `      → ${target}`].join('\n');
}

/** One row per path. If a Service may select pods of several unrendered charts, these share one row. */
function renderOpen(entries: readonly Entry[], style: Style): string[] {
  const rows = entries.map((entry) => {
    const through = (entry.to === undefined ? entry.hops : entry.hops.slice(0, -1)).map(({ at }) => at);
    const alone = through.length === 0 || entry.verdict !== 'unknown' || entry.to === undefined;
    const way = [startOf(entry), ...through].join(' → ');
    return { entry, way, doubt: doubt(entry, style), own: alone ? entry.sentence : '' };
  });
  const lines = grouped(rows, ({ way, doubt: word, own }) => JSON.stringify([way, word, own])).map(
    (alike) => {
      const [{ way, doubt: word }] = alike;
      const ends = alike.map(({ entry }) => entry);
      return `${way} → ${endsOf(ends, style)}${word}`;
    },
  );
  return [...new Set(lines)];
}

function endsOf(entries: readonly Entry[], style: Style): string {
  const known = entries.flatMap((entry) => (entry.to === undefined ? [] : [{ entry, to: entry.to }]));
  const unseen = known.filter(({ to }) => to.kind === 'HelmRelease' || to.kind === 'HelmChart');
  const seen = known.filter((end) => !unseen.includes(end));
  const told = unseen.length > 1 ? seen : known;
  const ends = [...new Set(told.map(({ entry, to }) => targetOf(to, entry, style)))];
  if (told !== known) ends.push(`pods of one of ${unseen.length} charts that are not rendered`);
  return ends.length === 0 ? nowhere : ends.join(' or ');
}

const nowhere = 'nowhere that is known';

/** The title of the section names the internet already. */
function startOf({ who, from }: Entry): string {
  return who === 'internet' ? from.replace(/^internet, /, '') : from;
}

function doubt({ verdict, likely }: Entry, style: Style): string {
  return verdict === 'unknown' ? style.unsure(likely ? '  likely' : '  not certain') : '';
}

function mark({ certainty }: Control, style: Style): string {
  return certainty === 'verified' || certainty === 'program' ? style.good('✓') : style.unsure('?');
}

function targetOf(to: ObjectRef, { hops }: Entry, style: Style): string {
  const { port, protocol } = hops.at(-1) ?? {};
  return `${style.strong(`${to.kind} ${to.namespace ?? ''}/${to.name}`)}${port === undefined ? '' : `  ${protocol} ${port}`}`;
}

const signs = { proved: 'proved ', refuted: 'REFUTED', unknown: 'unknown' } as const;

/** Each invariant with its verdict. Invariants that are not proved also get the reason, the place and the path. */
export function renderProofs(proofs: readonly Omit<Proof, 'invariant' | 'premises'>[], style: Style): string {
  const paint = { proved: style.good, refuted: style.bad, unknown: style.unsure };
  const reasoned = proofs.map((proof) => ({ ...proof, why: whyOf(proof) }));
  // A file that many Kustomizations include causes one reason, which is shown once.
  return grouped(reasoned, ({ verdict, claim, why }) =>
    JSON.stringify(why.length === 0 ? claim : [verdict, why]),
  )
    .flatMap(([{ verdict, claim, why }, ...others]) => [
      `  ${paint[verdict](signs[verdict])}  ${claim}`,
      ...why.map((line) => `           ${line}`),
      ...(others.length > 0 ? [`           ${theSameFor(others.map((other) => other.claim))}`] : []),
    ])
    .join('\n');
}

function whyOf({ verdict, sentence, path, evidence }: Omit<Proof, 'invariant' | 'premises'>): string[] {
  if (verdict === 'proved') return [];
  return [sentence, ...path.map((hop) => `  → ${hop.at}`), ...placesOf(evidence)];
}

function placesOf(evidence: Proof['evidence']): string[] {
  const lines = evidence
    .filter(({ object }) => object.file !== '')
    .map(({ object, rule }) => `${object.file}${object.line ? `:${object.line}` : ''}  ${rule}`);
  return firstFew([...new Set(lines)]);
}

/** The assumptions of the verdicts, which Git does not show, each with the invariants that rest on it if not all do. */
export function renderAssumptions(
  { assumptions, proofs }: Pick<Analysis, 'assumptions' | 'proofs'>,
  style: Style,
): string {
  const all = new Set(proofs.map(({ invariant }) => invariant));
  const users = new Map<string, Set<string>>();
  for (const { invariant, premises } of proofs)
    for (const sentence of premises)
      users.set(sentence, (users.get(sentence) ?? new Set<string>()).add(invariant));
  return assumptions
    .map((sentence) => {
      const used = users.get(sentence) ?? new Set();
      const others = [...all].filter((id) => !used.has(id));
      const names = others.length < used.size ? `all but ${others.join(', ')}` : [...used].join(', ');
      const which = others.length === 0 ? '' : `  ${style.faint(`(${names})`)}`;
      return `  ${style.faint('assumed')}  ${sentence}${which}`;
    })
    .join('\n');
}
