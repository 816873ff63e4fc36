import type { ComponentDocuments, Symptom } from '../../components/documents.ts';

const paths: Record<Symptom['path'], { title: string; intro: string }> = {
  outside: {
    title: 'The outside path',
    intro:
      'Internet → Cloudflare Access → tunnel → gate → app. Go through it from the front: the first hop that does not answer as it should is the one to mend.',
  },
  inside: {
    title: 'The inside path',
    intro:
      'Home network or VPN → port of the node → app. Cloudflare has no part in it, so it is also the fallback when Cloudflare is down.',
  },
  storage: {
    title: 'The NAS and its guard',
    intro:
      'While the NAS is away nothing is written: the pods say so with one of the signals below, and recover by themselves when it is back.',
  },
  flux: { title: 'Flux', intro: '`flux get kustomizations` shows the state and the message of each.' },
};

/** `docs/troubleshooting.md`: what is seen, why, where to look and what mends it, by the way on which it shows. */
export function troubleshooting(documents: readonly ComponentDocuments[]): string {
  const symptoms = documents.flatMap((document) => [...(document.symptoms ?? [])]);
  const chapters = (Object.keys(paths) as Symptom['path'][]).map((path) => {
    const rows = symptoms.filter((symptom) => symptom.path === path).map(chapter);
    return `## ${paths[path].title}\n\n${paths[path].intro}\n\n${rows.join('\n')}`;
  });
  return ['# Troubleshooting\n', ...chapters].join('\n');
}

function chapter({ symptom, causes }: Symptom): string {
  const rows = causes.map(({ cause, look, mend }) => `| ${[cause, look, mend].map(cell).join(' | ')} |`);
  return `### ${symptom}\n\n| cause | where to look | what mends it |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', '<br>');
}
