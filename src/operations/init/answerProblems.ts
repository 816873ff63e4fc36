import { compile } from '../../compile/compile.ts';
import { catalogue, clusterSchema } from '../../components/catalogue.ts';
import { loadCluster } from '../../config/load.ts';
import { defined } from '../../kubernetes/defined.ts';
import { clusterFile } from '../../private-values/clusterFile.ts';
import { plainPrivateFile } from '../../private-values/privateValuesFile.ts';
import type { Problem } from '../../problems/problem.ts';
import { platformTemplate } from './platformTemplate.ts';
import { type Answers, homeTemplate, type TemplateName } from './template.ts';

export const templates = { home: homeTemplate, platform: platformTemplate };

/** Valid answers in the place of those that are not given yet, so that each one can be checked by itself. */
const standIns: Omit<Answers, 'node'> = {
  name: 'home',
  repository: 'https://git.example.org/you/home-ops',
  host: 'photos.example.org',
  lan: '192.0.2.0/24',
  libraryPath: '/mnt/nas/photos',
  team: 'example-team',
  audience: '0'.repeat(64),
  tunnel: '00000000-0000-0000-0000-000000000000',
  owner: 'owner@example.org',
  server: 'nas.example.org',
  talos: '1.13.0',
  endpoint: 'https://s3.example.org',
};

/** Says what is wrong with one more answer, beside those that were accepted before. */
export type CheckAnswer = (
  accepted: Partial<Answers>,
  key: keyof Answers,
  value: string,
) => readonly Problem[];

/** Checks answers by the schema and the rules of `configure`. No problem contains a private value. */
export function answerChecker(template: TemplateName): CheckAnswer {
  const known = new Set(problemsWith(template, {}).map(textOf));
  return (accepted, key, value) =>
    problemsWith(template, { ...accepted, [key]: value }).filter((problem) => !known.has(textOf(problem)));
}

/** Answers that only the template platform uses. */
export const ofPlatform: readonly (keyof Answers)[] = ['server', 'talos', 'endpoint'];

/** Every problem of answers that were given as flags, each by the name of its flag. */
export function flagProblems(template: TemplateName, answers: Partial<Answers>): Problem[] {
  const accepted: Partial<Answers> = {};
  const given = Object.entries(defined(answers)) as [keyof Answers, string][];
  if (given.length === 0) return [];
  const check = answerChecker(template);
  return given.flatMap(([key, value]) => {
    const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (template === 'home' && ofPlatform.includes(key)) return [notOfHome(flag)];
    const problems = check(accepted, key, value);
    if (problems.length === 0) accepted[key] = value;
    return problems.map(({ code, message, expected, remedy }) =>
      defined({
        code,
        message: `${flag}: ${withoutField(message)}`,
        expected,
        remedy: remedyFor(flag, remedy),
      }),
    );
  });
}

/** A message without the field at its start, which whoever answers a question has not seen yet. */
export function withoutField(message: string): string {
  return message.replace(/^[a-z]+\w*(\.[^:]*|\[\d+\])*: /, '');
}

function notOfHome(flag: string): Problem {
  return {
    code: 'wrong-usage',
    message: `${flag}: the template home has no such field`,
    expected: 'a flag of the template',
    remedy: `leave ${flag} out, or add --template platform`,
  };
}

function remedyFor(flag: string, remedy: string | undefined): string {
  return remedy === undefined || remedy.startsWith('correct the value of ') ? `give another ${flag}` : remedy;
}

/** The problems of the files that these answers make. No file is written. */
function problemsWith(template: TemplateName, answers: Partial<Answers>): readonly Problem[] {
  const { cluster, privateFile } = templates[template](
    { ...standIns, ...defined(answers) },
    {
      recipient: standInRecipient,
      sentinel: '0'.repeat(16),
      hashKey: '0'.repeat(64),
      blank: '0123456789abcdef',
    },
  );
  const source = (file: string, text: string) => ({ file, bytes: new TextEncoder().encode(text) });
  const { loaded, problems } = loadCluster(
    { cluster: source(clusterFile, cluster), privateFile: source(plainPrivateFile, privateFile) },
    clusterSchema,
  );
  return loaded === undefined ? problems : compile(loaded, catalogue).problems;
}

/** A public key whose private half nobody has. */
const standInRecipient = 'age1qu3e5pcey25xqjvrehqchnxfw3sxthkxrqn5vr4yaqfm45ecpcxqz7czhx';

function textOf({ code, message }: Problem): string {
  return `${code} ${message}`;
}
