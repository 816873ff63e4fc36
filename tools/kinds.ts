// Writes the list of kinds in docs/check.md from the registry. With --check it changes nothing, and fails if it would.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KindFamily } from '../src/reachability/kinds/kind.ts';
import { markRules } from '../src/reachability/kinds/markRules.ts';
import { kindFamilies } from '../src/reachability/kinds/registry.ts';

const document = fileURLToPath(new URL('../docs/check.md', import.meta.url));
const start = '<!-- The list of kinds is written by tools/kinds.ts. -->';
const end = '<!-- End of the list of kinds. -->';

/** The document with the list of kinds as the registry has it. */
export function withKinds(text: string): string {
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error('docs/check.md has no place for the kinds');
  return `${before}${start}\n\n${kindsSection()}\n${end}${after}`;
}

function kindsSection(): string {
  return [
    ...kindFamilies.map(({ title, kinds }) =>
      [
        `**${title}**`,
        listOf('Read', kinds, ({ reading }) => (reading.state === 'modelled' ? '' : undefined)),
        listOf('Lead in', kinds, ({ reading }) => (reading.state === 'leads-in' ? '' : undefined)),
        tableOf(kinds),
        listOf('Not read', kinds, ({ reading }) =>
          reading.state === 'unread'
            ? `: ${reading.does}${reading.narrow === undefined ? '' : ', by its fields'}`
            : undefined,
        ),
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    ),
    marksSection(),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The rules of labels and annotations, as one table. */
function marksSection(): string {
  const rows = markRules.map(({ keys, reading }) => {
    const names = keys.map((key) => `\`${key}\``).join(', ');
    const what = reading.state === 'harmless' ? reading.why : `Unknown: it ${reading.does}`;
    return `| ${names} | ${what} | ${reading.source} |`;
  });
  return [
    '**Labels and annotations**',
    ['| keys, or all of a domain | what | source |', '| --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

/** The kinds of which a family says the same, as one entry: `group`: A, B. */
function listOf(
  title: string,
  families: readonly KindFamily[],
  say: (family: KindFamily) => string | undefined,
): string {
  const groups = new Map<string, string[]>();
  for (const family of families) {
    const said = say(family);
    if (said === undefined) continue;
    groups.set(said, [...(groups.get(said) ?? []), namesOf(family)]);
  }
  const items = [...groups].map(([said, names]) => `${names.join('; ')}${said}`);
  if (items.length === 0) return '';
  return items.length === 1
    ? `${title}: ${items[0] ?? ''}`
    : `${title}:\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}

function tableOf(families: readonly KindFamily[]): string {
  const rows = families.flatMap((family) => {
    const { reading } = family;
    return reading.state === 'harmless'
      ? [`| ${namesOf(family)} | ${reading.why} | ${reading.source} |`]
      : [];
  });
  return rows.length === 0 ? '' : ['| harmless | why | source |', '| --- | --- | --- |', ...rows].join('\n');
}

function namesOf({ group, kinds }: KindFamily): string {
  const names = kinds.includes('*') ? 'every other kind' : kinds.join(', ');
  return group === '' ? names : `\`${group}\` ${names}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(document, 'utf8');
  const written = withKinds(text);
  if (!process.argv.includes('--check')) writeFileSync(document, written);
  else if (written !== text) {
    console.error('The list of kinds in docs/check.md is old. Run npx tsx tools/kinds.ts');
    process.exitCode = 1;
  }
}
