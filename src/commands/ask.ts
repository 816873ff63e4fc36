import { isCancel, text } from '@clack/prompts';
import type { Answers, TemplateName } from '../operations/init/template.ts';

interface Question {
  message: string;
  placeholder: string;
}

const questions: Record<keyof Answers, Question> = {
  name: { message: 'What is the name of the cluster?', placeholder: 'home' },
  node: {
    message: 'Which node runs Immich? Use the name that "kubectl get nodes" prints.',
    placeholder: 'alpha',
  },
  repository: {
    message: 'From which URL will Flux fetch this repository?',
    placeholder: 'ssh://git@github.com/you/home-ops',
  },
  host: {
    message: 'At which host name do users reach Immich? (private)',
    placeholder: 'photos.example.org',
  },
  lan: {
    message: 'What is the address range of your home network? (private)',
    placeholder: '192.168.1.0/24',
  },
  libraryPath: {
    message: 'In which directory of the node are the photos, below the mount of the NAS? (private)',
    placeholder: '/mnt/nas/photos/immich',
  },
  team: { message: 'What is the name of your Cloudflare Access team? (private)', placeholder: 'your-team' },
  audience: {
    message:
      'What is the audience tag of the Access application? (private; leave it empty if you have none yet)',
    placeholder: '64 hexadecimal digits',
  },
  tunnel: {
    message: 'What is the ID of the tunnel? (private; leave it empty if you have none yet)',
    placeholder: 'UUID',
  },
  owner: {
    message: 'Which e-mail address may sign in with Cloudflare Access? (private)',
    placeholder: 'owner@example.org',
  },
  server: { message: 'Which NFS server has the photos? (private)', placeholder: '192.168.1.20' },
  talos: { message: 'Which Talos version do the nodes run?', placeholder: '1.13.0' },
  endpoint: {
    message: 'Which S3 server outside of the cluster stores copies of the backups? (private)',
    placeholder: 'https://0123456789abcdef.r2.cloudflarestorage.com',
  },
};

/** Questions that the platform template words differently. */
const ofPlatform: Partial<Record<keyof Answers, Question>> = {
  node: { message: 'What are the names of the nodes, separated by commas?', placeholder: 'alpha,beta,gamma' },
  libraryPath: {
    message: 'In which directory of the server are the photos? (private)',
    placeholder: '/volume1/photos/immich',
  },
};
/** Questions of the platform template only. */
const ofPlatformAlone: readonly string[] = ['server', 'talos', 'endpoint'];

/** Asks for the values that no flag gave. An empty answer leaves the field empty. Undefined if the user cancels. */
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
