import type { Page } from '../../components/documents.ts';
import type { DocumentContext } from './files.ts';

/** `docs/README.md`: where to read what, and what to run before a commit. */
export function index(pages: readonly Page[], { ground }: DocumentContext): string {
  const rows = [
    ['docs/quickstart.md', 'From an empty cluster to photos behind Access, step by step'],
    ['docs/decisions.md', 'What was decided, and how to decide otherwise'],
    ['docs/troubleshooting.md', 'What to look at when something does not work'],
    ...pages.map(({ path, title }) => [path, title] as const),
  ].map(([path, what]) => `| [${path}](${relative(path ?? '')}) | ${what} |`);
  return `# The documents of ${ground.cluster.name}

\`\${NAME}\` stands for a private value. \`gatehouse docs --local\` writes a copy with every value filled in to
\`docs/local/\`, which Git ignores.

| document | what it is for |
|---|---|
${rows.join('\n')}

## Before a commit

\`\`\`sh
gatehouse configure --check   # the repository is what cluster.yaml says
gatehouse check               # every way in is gated
gatehouse scan --staged       # no private value and no secret is on its way into Git
\`\`\`

\`gatehouse scan\` knows your own values, in every form in which they leak. By hand, with nothing but Git:

\`\`\`sh
git grep -nIi -e "\${IMMICH_HOST}" -e "\${NAS_LIBRARY_PATH}"            # your own values, filled in: docs/local/README.md
git grep -nIE 'eyJ[A-Za-z0-9_-]{20,}|AGE-SECRET-KEY-|BEGIN [A-Z ]*PRIVATE KEY'
git grep -nIE '([0-9]{1,3}\\.){3}[0-9]{1,3}' -- ':!*.md' | grep -vE '0\\.0\\.0\\.0|127\\.0\\.0\\.1'
git diff --cached --stat                                                # and what is about to be committed
\`\`\`

The first must print nothing. The second must print nothing. The third prints only ranges of the cluster and of
Cloudflare.
`;
}

function relative(path: string): string {
  return path.startsWith('docs/') ? path.slice('docs/'.length) : `../${path}`;
}
