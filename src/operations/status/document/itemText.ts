import { capitalized } from '../../../components/shared/sentences.ts';
import type { StatusItem } from '../item.ts';
import type { RemainingItem } from './items.ts';
import { effort, inline, link, numbered } from './markdown.ts';

interface Surroundings {
  documents: ReadonlyMap<string, string>;
  isPrivate: (field: string) => boolean;
}

/** One item of the remaining work, with the steps that are left of it. */
export function itemText(item: RemainingItem, number: number, around: Surroundings): string {
  const { component, title, status, guide, minutes } = item;
  const source = component.section === undefined ? 'the settings' : `the section \`${component.section}\``;
  const work = requiredWork(item);
  const checks = verificationSteps(item);
  return [
    `### ${number}. ${title} - ${status}`,
    `> Source: ${source} of \`cluster.yaml\`\n> **Implementation Guide:** ${link(guide, around.documents)}`,
    `**Status:** ${inline(sentenceOf(item))}`,
    ...variables(item.entries, around),
    ...(work.length === 0 ? [] : [`**Required Work:**\n${numbered(work)}`]),
    ...(checks.length === 0 ? [] : [`**Verification Steps:**\n${numbered(checks)}`]),
    `**Effort:** ${effort(minutes)}`,
  ].join('\n\n');
}

function sentenceOf({ state, entries, open }: RemainingItem): string {
  switch (state) {
    case 'broken': {
      const broken = open.filter((each) => each.broken).map(({ promise }) => promise);
      return `The last verify found this broken: ${broken.join('; ')}. \`gatehouse status\` shows what was seen.`;
    }
    case 'configuration missing':
      return `Configuration incomplete. ${waiting(entries)} left.`;
    case 'not written':
      return 'Configuration complete. The files are not what `cluster.yaml` says.';
    case 'written, not pushed':
      return 'Configuration complete. Files written, and not pushed to the branch that Flux follows.';
    case 'pushed, not applied':
      return 'Configuration complete. Files pushed, and not applied by Flux yet.';
    case 'pushed, not verified':
      return 'Configuration complete. Files pushed. Deployment needs verification.';
    case 'applied, not verified':
      return 'Configuration complete. Files applied. Deployment needs verification.';
    case 'verified before':
      return 'Verified before. The last verification is of another commit, or older than a week.';
    case 'not known':
      return 'Not known: the configuration has to compile first, and Git and the files have to be readable.';
    case 'verified':
    case 'nothing to apply':
    case 'not enabled':
      return 'Nothing waits for it. It may stay as it is.';
  }
}

function waiting(entries: readonly StatusItem[]): string {
  return entries.length === 1
    ? 'One thing that only you can do is'
    : `${entries.length} things that only you can do are`;
}

/** The fields that wait for a value, by the file that holds them. A Secret that is made by hand has none. */
function variables(entries: readonly StatusItem[], { isPrivate }: Surroundings): string[] {
  const fields = [...new Set(entries.filter(({ place }) => place === undefined).map(({ field }) => field))];
  const block = (title: string, those: readonly string[]) =>
    those.length === 0
      ? []
      : [`**${title} TO SET:**\n\`\`\`yaml\n${those.map((field) => `# ${field}:`).join('\n')}\n\`\`\``];
  return [
    ...block(
      'cluster.yaml variables',
      fields.filter((field) => !isPrivate(field)),
    ),
    ...block('Private values', fields.filter(isPrivate)),
  ];
}

const configure = 'Run `gatehouse configure` (`task configure`)';
const push = 'Commit and push: `git add --all`, `git commit`, `git push`';
const reconcile = 'Deploy via `gatehouse reconcile` (`task reconcile`)';
const verify = 'Verify with `gatehouse verify` (`task verify`)';

function requiredWork({ state, entries, open, status }: RemainingItem): string[] {
  const supply = entries.map(entryStep);
  switch (state) {
    case 'broken':
      return [
        ...open.filter(({ broken }) => broken).map(({ promise, remedy }) => `${promise}: ${remedy}`),
        ...supply,
        verify,
      ];
    case 'configuration missing':
    case 'not known':
      return [...supply, configure, push, reconcile, verify];
    case 'not written':
      return [...supply, configure, push, reconcile, verify];
    case 'written, not pushed':
      return [...supply, push, reconcile, verify];
    case 'pushed, not applied':
      return [...supply, reconcile, verify];
    default:
      return status === 'OPTIONAL' || supply.length > 0 ? supply : [];
  }
}

function entryStep({ missing, source, minutes, command }: StatusItem): string {
  const run = command === undefined ? '' : `; run \`${command}\``;
  return `${begun(missing)} (${effort(minutes)}). From: ${source}${run}`;
}

/** The text as the begin of a sentence. A path or a field keeps its case. */
function begun(text: string): string {
  return /^[^\s:]*[./]/.test(text) ? text : capitalized(text);
}

function verificationSteps({ status, promises, looks, open }: RemainingItem): string[] {
  if (status !== 'DEPLOYMENT VERIFICATION PENDING') return [];
  const remedies = open.map(({ promise, remedy }) => `Not checked yet: ${promise}. ${remedy}`);
  const asked = promises.filter(({ promise }) => !open.some((each) => each.promise === promise));
  return [
    'Run `gatehouse verify` (`task verify`) where the cluster can be reached',
    ...asked.map(({ promise, replaces }) => `See that it holds: ${promise}${instead(replaces)}`),
    ...remedies,
    ...looks.map((command) => `See that it is ready: \`${command}\``),
  ];
}

function instead(replaces: string | undefined): string {
  return replaces === undefined ? '' : ` (in the place of: ${replaces})`;
}
