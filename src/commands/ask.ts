import { isCancel, text } from '@clack/prompts';
import type { Answers, TemplateName } from '../operations/init/template.ts';

interface Question {
  message: string;
  placeholder: string;
}

const questions: Record<keyof Answers, Question> = {
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
  server: { message: 'Which server has the photos, by NFS? (private)', placeholder: '192.168.1.20' },
  talos: { message: 'Which version of Talos do the nodes run?', placeholder: '1.13.0' },
  endpoint: {
    message: 'Which S3 server outside keeps copies of the backups? (private)',
    placeholder: 'https://0123456789abcdef.r2.cloudflarestorage.com',
  },
};

/** What the platform asks in other words. */
const ofPlatform: Partial<Record<keyof Answers, Question>> = {
  node: { message: 'Which nodes are there? With commas between them.', placeholder: 'alpha,beta,gamma' },
  libraryPath: {
    message: 'In which folder of the server are the photos? (private)',
    placeholder: '/volume1/photos/immich',
  },
};
/** What nobody else is asked. */
const ofPlatformAlone: readonly string[] = ['server', 'talos', 'endpoint'];

/** Asks for what no flag has said. An empty answer leaves the field to be filled in. Undefined when the person gives up. */
export async function ask(
  inputs: Partial<Answers>,
  template: TemplateName,
): Promise<Partial<Answers> | undefined> {
  const answers: Partial<Answers> = { ...inputs };
  const asked = template === 'platform' ? { ...questions, ...ofPlatform } : questions;
  for (const [key, question] of Object.entries(asked) as [keyof Answers, Question][]) {
    if (answers[key] !== undefined || (template !== 'platform' && ofPlatformAlone.includes(key))) continue;
    const answer = await text({ ...question, defaultValue: '' });
    if (isCancel(answer)) return undefined;
    if (answer !== '') answers[key] = answer;
  }
  return answers;
}
