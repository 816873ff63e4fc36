import type { Context } from '../../contract/component.ts';
import type { Page } from '../../contract/documents.ts';
import { loggingNote } from '../../shared/chapters.ts';
import type { ImmichSection } from '../section.ts';
import { dnsPagePath } from './steps.ts';

const directory = 'specs/001-immich-zero-trust';

/** Short pages at the paths of the feature specification that Immich was first asked for with. They hold links only. */
export function forwardingPages(context: Context<ImmichSection>): Page[] {
  return [specification(context), quickstart(context), troubleshooting];
}

function specification({ section }: Context<ImmichSection>): Page {
  return {
    path: `${directory}/spec.md`,
    title: 'Specification: Immich with zero trust access',
    forwards: true,
    content: `\`cluster.yaml\` says what this repository does. These pages say why, and how it is checked.

| what | where |
|---|---|
| The namespace: \`${section.namespace}\` | [The namespace of Immich](../../docs/decisions.md#the-namespace-of-immich) |
| The node port: \`${section.nodePort}\` | [The port at home](../../docs/decisions.md#the-port-at-home) |
| Placeholders, and where their values come from | [Where private values are](../../docs/decisions.md#where-private-values-are) |
| The library on the NAS, and what happens without it | [No NAS, no writing](../../docs/decisions.md#no-nas-no-writing) |
| Access from outside | [The token of Access is verified at the origin](../../docs/decisions.md#the-token-of-access-is-verified-at-the-origin) |
| The first administrator | [The first administrator](../../docs/decisions.md#the-first-administrator) |
| TLS expectations | [Quickstart](../../docs/quickstart.md#tls-expectations) |
| ${loggingNote} | [Quickstart](../../docs/quickstart.md#loggingaudit-expectations) |

\`gatehouse check\` proves from the files who can reach what.`,
  };
}

function quickstart(context: Context<ImmichSection>): Page {
  return {
    path: `${directory}/quickstart.md`,
    title: 'Quickstart: Immich with zero trust access',
    forwards: true,
    content: `The steps are in the [quickstart](../../docs/quickstart.md).

| what | where |
|---|---|
| Storage on the NAS | [Storage](../../docs/quickstart.md#storage) |
| The Access policy checklist, the tunnel and Cloudflare DNS | [Cloudflare](../../docs/quickstart.md#cloudflare) |
| Secrets: names, keys and commands | [Secrets](../../docs/quickstart.md#secrets) |
| Names at home | [DNS at home](../../${dnsPagePath(context)}) |
| TLS expectations | [TLS expectations](../../docs/quickstart.md#tls-expectations) |
| ${loggingNote} | [${loggingNote}](../../docs/quickstart.md#loggingaudit-expectations) |
| Phones, and uploads over 100 MB | [On the phone](../../docs/iphone.md) |
| The search for private values before a commit | [Before a commit](../../docs/README.md#before-a-commit) |`,
  };
}

const troubleshooting: Page = {
  path: 'troubleshooting.md',
  title: 'Troubleshooting',
  forwards: true,
  content: `See [docs/troubleshooting.md](docs/troubleshooting.md): the [path from outside](docs/troubleshooting.md#the-outside-path), the
[path at home](docs/troubleshooting.md#the-inside-path), and [the NAS](docs/troubleshooting.md#the-nas-and-its-guard).`,
};
