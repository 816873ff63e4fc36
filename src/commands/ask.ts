import { confirm, note, select, text } from '@clack/prompts';
import {
  answerChecker,
  ofPlatform as ofPlatformAlone,
  withoutField,
} from '../operations/init/answerProblems.ts';
import type { LacksInGit } from '../operations/init/gitRepository.ts';
import type { Answers, TemplateName } from '../operations/init/template.ts';
import { asked } from './prompts.ts';

interface Question {
  message: string;
  placeholder: string;
}

/** The prompts of a terminal. Each returns a symbol where the user cancels. */
export interface Prompts {
  text(options: {
    message: string;
    placeholder: string;
    defaultValue: string;
    validate: (answer: string | undefined) => string | undefined;
  }): Promise<string | symbol>;
  select(options: {
    message: string;
    options: { value: 'now' | 'later'; label: string }[];
  }): Promise<'now' | 'later' | symbol>;
  confirm(options: { message: string }): Promise<boolean | symbol>;
  note(message: string, title: string): void;
}

export const terminal: Prompts = {
  text: (options) => asked((place) => text({ ...place, ...options })),
  select: (options) => asked((place) => select({ ...place, ...options })),
  confirm: (options) => asked((place) => confirm({ ...place, ...options })),
  note: (message, title) => note(message, title, { output: process.stderr }),
};

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
  team: { message: 'What is the name of your Cloudflare Access team? (private)', placeholder: 'your-team' },
  audience: {
    message: 'What is the audience tag of the Access application? (private)',
    placeholder: '64 hexadecimal digits',
  },
  tunnel: { message: 'What is the ID of the tunnel? (private)', placeholder: 'UUID' },
};

/** Questions that the platform template words differently. */
const ofPlatform: Partial<Record<keyof Answers, Question>> = {
  node: { message: 'What are the names of the nodes, separated by commas?', placeholder: 'alpha,beta,gamma' },
  libraryPath: {
    message: 'In which directory of the server are the photos? (private)',
    placeholder: '/volume1/photos/immich',
  },
};

/** What exists only once it was made in Cloudflare. */
const ofCloudflare: readonly (keyof Answers)[] = ['team', 'audience', 'tunnel'];

/**
 * Asks for the values that no flag gave, and again where an answer is not valid. An empty answer leaves the field
 * empty. Undefined if the user cancels.
 */
export async function ask(
  inputs: Partial<Answers>,
  template: TemplateName,
  prompts: Prompts = terminal,
): Promise<Partial<Answers> | undefined> {
  const answers: Partial<Answers> = { ...inputs };
  const check = answerChecker(template);
  const asked = template === 'platform' ? { ...questions, ...ofPlatform } : questions;
  const keys = (Object.keys(asked) as (keyof Answers)[]).filter(
    (key) => answers[key] === undefined && (template === 'platform' || !ofPlatformAlone.includes(key)),
  );
  const open = keys.filter((key) => ofCloudflare.includes(key));
  for (const key of keys) {
    if (key === open[0]) {
      const ready = await cloudflareFirst(answers, prompts);
      if (ready === undefined) return undefined;
      if (!ready) break;
    }
    const answer = await prompts.text({
      ...asked[key],
      defaultValue: '',
      validate: (value) => sentenceOf(value ? check(answers, key, value) : []),
    });
    if (typeof answer === 'symbol') return undefined;
    if (answer !== '') answers[key] = answer;
  }
  return answers;
}

/** Shows what to make in Cloudflare, and where. Undefined if the user cancels. */
async function cloudflareFirst(
  { name = 'home', host = 'the host name of Immich' }: Partial<Answers>,
  prompts: Prompts,
): Promise<boolean | undefined> {
  prompts.note(
    [
      'Three values come from Cloudflare, at https://one.dash.cloudflare.com:',
      '1. The team: Settings. It is the part before .cloudflareaccess.com.',
      `2. The audience: Access, Applications, add a self-hosted application for ${host},`,
      '   with a policy that names who may sign in. Its overview has the',
      '   "Application Audience (AUD) Tag".',
      '3. The tunnel, in a shell: cloudflared tunnel login',
      `                           cloudflared tunnel create ${name}`,
      '   It prints the ID. Keep the credentials file that it writes.',
    ].join('\n'),
    'Cloudflare first',
  );
  const answer = await prompts.select({
    message: 'Do you have these values?',
    options: [
      { value: 'now', label: 'Yes, or I make them now while this waits' },
      { value: 'later', label: 'Not yet: write everything else, and leave these three empty' },
    ],
  });
  return typeof answer === 'symbol' ? undefined : answer === 'now';
}

/** Whether to make a directory a Git repository, or to add the remote to it. Undefined if the user cancels. */
export async function askForGit(
  directory: string,
  url: string | undefined,
  lacks: LacksInGit,
  prompts: Prompts = terminal,
): Promise<boolean | undefined> {
  const remote = url === undefined ? '' : `, with ${url} as its remote "origin"`;
  const answer = await prompts.confirm({
    message:
      lacks === 'remote'
        ? `${directory} is a Git repository without a remote. Add ${url} as its remote "origin"?`
        : `${directory} is in no Git repository. Make it one${remote}?`,
  });
  return typeof answer === 'symbol' ? undefined : answer;
}

function sentenceOf(problems: ReturnType<ReturnType<typeof answerChecker>>): string | undefined {
  const [first] = problems;
  if (first === undefined) return undefined;
  const { message, expected } = first;
  return `${withoutField(message)}${expected === undefined ? '' : `; expected: ${expected}`}`;
}
