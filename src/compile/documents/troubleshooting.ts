import {
  type ComponentDocuments,
  type Hop,
  places,
  type Symptom,
} from '../../components/contract/documents.ts';

const paths: Record<Symptom['path'], { title: string; intro: string }> = {
  outside: {
    title: 'The outside path',
    intro:
      'Name → Cloudflare Access → tunnel → gate → app. Go through it from the front: the first hop that does not answer as it should is the one to mend. Run the first two from outside the home network, on mobile data or with a VPN to elsewhere.',
  },
  inside: {
    title: 'The inside path',
    intro:
      'Name → port of the node → app. Cloudflare has no part in it, so it is also the way to go while Cloudflare is down. Run it from the home network or the VPN.',
  },
  storage: {
    title: 'The NAS and its guard',
    intro:
      'While the NAS is away nothing is written. The pods say so with one of the signals below, and recover by themselves when it is back.',
  },
  'first-administrator': {
    title: 'The first administrator',
    intro:
      'Until there is an administrator the server is not ready, on purpose: whoever came first would become one. A Job makes the account.',
  },
  flux: {
    title: 'Flux',
    intro:
      '`flux get all -A --status-selector ready=false` shows what is not as it should be, with a reason and a message. Look for the message below.',
  },
};

/** `docs/troubleshooting.md`: each way hop by hop, then what is seen, why, where to look and what mends it. */
export function troubleshooting(documents: readonly ComponentDocuments[]): string {
  const symptoms = documents.flatMap((document) => [...(document.symptoms ?? [])]);
  const hops = documents.flatMap((document) => [...(document.hops ?? [])]);
  const chapters = (Object.keys(paths) as Symptom['path'][]).map((path) =>
    [
      `## ${paths[path].title}\n`,
      `${paths[path].intro}\n`,
      ...inOrder(hops.filter(({ way }) => way === path)).map(hopChapter),
      ...symptoms.filter((symptom) => symptom.path === path).map(symptomChapter),
    ].join('\n'),
  );
  return [
    '# Troubleshooting\n',
    'The commands of the copy in `docs/local/` have the private values filled in (`gatehouse docs --local`).\n',
    ...chapters,
  ].join('\n');
}

function inOrder(hops: readonly Hop[]): Hop[] {
  return places.flatMap((place) => hops.filter((hop) => hop.place === place));
}

function hopChapter({ title, command, expected, otherwise }: Hop, index: number): string {
  return `### Hop ${index + 1}: ${title}

\`\`\`sh
${command.trim()}
\`\`\`

**Expected:** ${expected.trim()}

**Otherwise:** ${otherwise.trim()}
`;
}

function symptomChapter({ symptom, intro, causes }: Symptom): string {
  const rows = causes.map(({ cause, look, fix: mend }) => `| ${[cause, look, mend].map(cell).join(' | ')} |`);
  const first = intro === undefined ? '' : `${intro.trim()}\n\n`;
  return `### ${symptom}\n\n${first}| cause | where to look | what mends it |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.trim().replaceAll('|', '\\|').replaceAll('\n', '<br>');
}
