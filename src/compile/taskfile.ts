import type { PlannedFile } from './plan.ts';

/** The tasks, each one call of `gatehouse`, with what it is for. */
const tasks = {
  configure: 'Compile cluster.yaml, prove the result, and write it',
  reconcile: 'Have Flux fetch and apply what was pushed, and wait until all of it is ready',
  verify: 'Ask the running cluster whether every promise holds',
  status: 'List what is left to do, and how far each component has come',
};

/** The command that each task calls. */
export const taskCommands: readonly string[] = Object.keys(tasks).map((name) => `gatehouse ${name}`);

/**
 * The names under which Task finds its file, the first first: https://taskfile.dev/docs/guide, "Supported file names". It
 * looks for no other one once it has found one.
 */
export const taskfileNames: readonly string[] = [
  'Taskfile.yml',
  'taskfile.yml',
  'Taskfile.yaml',
  'taskfile.yaml',
  'Taskfile.dist.yml',
  'taskfile.dist.yml',
  'Taskfile.dist.yaml',
  'taskfile.dist.yaml',
];

/** The commands of every day for those who use Task. A Taskfile of the user's own stays. */
export const taskfile = {
  path: 'Taskfile.yaml',
  yields: true,
  content: `# For Task: https://taskfile.dev. Flags go behind two dashes: task configure -- --diff
version: '3'

tasks:
${Object.entries(tasks)
  .map(
    ([name, description]) =>
      `  ${name}:\n    desc: ${description}\n    cmd: gatehouse ${name} {{.CLI_ARGS}}\n`,
  )
  .join('\n')}`,
} as const satisfies PlannedFile;
