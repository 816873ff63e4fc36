import { isCancel, text } from '@clack/prompts';
import type { Answers } from '../workspace/template.ts';

const questions: Record<keyof Answers, { message: string; placeholder: string }> = {
  name: { message: 'What is the cluster called?', placeholder: 'home' },
  node: { message: 'Which node runs Immich, as "kubectl get nodes" prints it?', placeholder: 'alpha' },
  repository: {
    message: 'Where will Flux fetch this repository from?',
    placeholder: 'ssh://git@github.com/you/home-ops',
  },
  host: {
    message: 'Under which host name do people reach Immich? (private)',
    placeholder: 'photos.example.org',
  },
  lan: { message: 'Which range has your home network? (private)', placeholder: '192.168.1.0/24' },
  libraryPath: {
    message: 'In which folder of the node are the photos, below the mount of the NAS? (private)',
    placeholder: '/mnt/nas/photos/immich',
  },
  team: { message: 'What is your Cloudflare Access team called? (private)', placeholder: 'your-team' },
  audience: {
    message: 'Which audience tag has the Access application? (private; leave it empty if there is none yet)',
    placeholder: '64 hexadecimal digits',
  },
  tunnel: {
    message: 'Which id has the tunnel? (private; leave it empty if there is none yet)',
    placeholder: 'UUID',
  },
  owner: {
    message: 'Which e-mail address may pass at the gate? (private)',
    placeholder: 'owner@example.org',
  },
};

/** Asks for what no flag has said. An empty answer leaves the field to be filled in. Undefined when the person gives up. */
export async function ask(given: Partial<Answers>): Promise<Partial<Answers> | undefined> {
  const answers: Partial<Answers> = { ...given };
  for (const [key, question] of Object.entries(questions) as [
    keyof Answers,
    (typeof questions)[keyof Answers],
  ][]) {
    if (answers[key] !== undefined) continue;
    const answer = await text({ ...question, defaultValue: '' });
    if (isCancel(answer)) return undefined;
    if (answer !== '') answers[key] = answer;
  }
  return answers;
}
