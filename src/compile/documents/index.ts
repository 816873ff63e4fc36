import type { ComponentDocuments, Page } from '../../components/contract/documents.ts';
import { capitalized } from '../../components/shared/sentences.ts';
import type { DocumentContext } from './context.ts';
import { goalOf } from './quickstart.ts';
import { pathCount } from './troubleshooting.ts';

/** `docs/README.md`: where to read what, and what to run before a commit. */
export function index(
  documents: readonly ComponentDocuments[],
  pages: readonly Pick<Page, 'path' | 'title'>[],
  { settings, values }: DocumentContext,
): string {
  const rows = [
    [
      'docs/quickstart.md',
      `From a cluster to ${goalOf(documents, 'short')}, step by step, with the time that each takes`,
    ],
    ['docs/decisions.md', 'What was decided, and how to decide otherwise'],
    ['docs/troubleshooting.md', troubleshootingSummary(pathCount(documents))],
    ...pages.map(({ path, title }) => [path, title] as const),
  ].map(([path = '', what]) => `| [${path}](${relative(path)}) | ${what} |`);
  return `# The documents of ${settings.cluster.name}

\`\${NAME}\` is a placeholder for a private value. \`gatehouse docs --local\` writes a copy with every value filled in, so that
its commands can be pasted, to \`docs/local/\`, which Git ignores.

| document | what it is for |
|---|---|
${rows.join('\n')}

## Install gatehouse

Gatehouse is in no package registry yet, so do not run it with a program that fetches packages: the name belongs to another project there. It needs Node
20.19 or later, npm and Git. In a clone of the repository of Gatehouse:

\`\`\`sh
npm ci
npm run build
npm link
gatehouse --version
\`\`\`

\`npm link\` puts the command on the \`PATH\`. In this repository, let Git search each commit and each push for your private
values. The hooks run \`gatehouse\`; where it is not installed they say so, and stop the commit:

\`\`\`sh
gatehouse scan --install
\`\`\`

## In your editor

An editor with a YAML language server completes \`cluster.yaml\` and marks mistakes in it. Write the schema, again after each upgrade:

\`\`\`sh
gatehouse schema > cluster.schema.json
\`\`\`

and name it in the first line of \`cluster.yaml\`: \`# yaml-language-server: $schema=./cluster.schema.json\`

## Before a commit

\`\`\`sh
gatehouse configure --check   # the repository is what cluster.yaml says
gatehouse check               # every entry point is protected
gatehouse scan --staged       # no private value and no secret is on its way into Git
\`\`\`

Each ends with exit code 0 when all is well. \`gatehouse scan\` knows your own values, in every form in which they
leak (encoded, split, written differently), and what tokens and keys look like.

## The same by hand

With nothing but Git, over what is about to be committed. This finds only what is written exactly so.

Your own values, word for word. Run it from \`docs/local/README.md\`, where they are filled in:

\`\`\`sh
git grep --cached -nIiF ${values.map((name) => `\\\n  -e '\${${name}}'`).join(' ')}
\`\`\`

Tokens and keys by their shape:

\`\`\`sh
git grep --cached -nIE -e 'eyJ[A-Za-z0-9_-]{20,}' -e 'AGE-SECRET-KEY-[0-9A-Z]+' -e 'BEGIN [A-Z ]*PRIVATE KEY'
\`\`\`

Addresses of home networks, beside the ranges that belong to the cluster or mean all private addresses, and the examples
of the schema:

\`\`\`sh
git grep --cached -nIwE '10(\\.[0-9]{1,3}){3}|192\\.168(\\.[0-9]{1,3}){2}|172\\.(1[6-9]|2[0-9]|3[01])(\\.[0-9]{1,3}){2}' -- ':!cluster.schema.json' |
  grep -vE '${harmlessLines(documents, settings).join('|')}'
\`\`\`

Each of the three must print nothing. If one prints something that was committed before, it is in the history too:
\`gatehouse scan --history\` says where.

Then look at what goes in:

\`\`\`sh
git diff --cached --stat
\`\`\`

## What is left

\`\`\`sh
gatehouse status           # broken promises, what is left to do, and how far each component has come
gatehouse status --write   # the same, and keeps docs/remaining-work.md
\`\`\`

It asks no cluster: what it knows of one is what the last \`gatehouse verify\` on this computer saw. In
\`docs/remaining-work.md\`, the text between the two lines "your notes" is yours, and stays.

With Task (https://taskfile.dev), \`task configure\`, \`task reconcile\`, \`task verify\` and \`task status\` call the commands of that
name; flags go behind two dashes, and \`task -x\` ends with the exit code of the command. A Taskfile of your own stays as it is.
`;
}

function troubleshootingSummary(paths: number): string {
  const what = 'what to look at when something does not work';
  if (paths === 0) return capitalized(what);
  return `${{ 1: 'The way in', 2: 'Both ways in' }[paths] ?? 'Each way in'}, hop by hop, and ${what}`;
}

/** Ranges that every repository of this kind has: of pods and Services, and those that "the internet" leaves out. */
function harmlessLines(
  documents: readonly ComponentDocuments[],
  { cluster }: DocumentContext['settings'],
): string[] {
  const { pods, services } = cluster.network;
  const ranges = [pods, services, '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
  return [
    ...ranges.map((range) => range.replaceAll('.', '\\.')),
    ...documents.flatMap((document) => [...(document.harmlessAddressLines ?? [])]),
  ];
}

function relative(path: string): string {
  return path.startsWith('docs/') ? path.slice('docs/'.length) : `../${path}`;
}
