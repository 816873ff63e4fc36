import type { BuildContext, RuleFinding } from '../contract/component.ts';
import { compareReleases, type Release, releaseOf, releaseText } from './release.ts';
import type { ImmichSection } from './section.ts';

/** What the schema of the section cannot see, because it depends on the cluster or on another field. */
export function immichRules(context: BuildContext<ImmichSection>): RuleFinding[] {
  return [
    ...library(context),
    ...database(context),
    ...oneRelease(context),
    ...vectors(context),
    ...signIn(context),
    ...allowed(context),
  ];
}

function library({ settings, section }: BuildContext<ImmichSection>): RuleFinding[] {
  if (section.library.kind !== 'hostPath') return [];
  if (settings.cluster.distribution === 'talos') {
    return [
      {
        code: 'host-path-on-talos',
        field: 'immich.library.kind',
        message:
          'immich.library: Talos mounts no shares on its host, so there is no directory of a node to take',
        expected: 'kind: nfs, with the server and the path of the share',
      },
    ];
  }
  return pinned('immich.library', section.library.node, settings.cluster.nodes);
}

function database({ settings, section }: BuildContext<ImmichSection>): RuleFinding[] {
  const { storage } = section.database;
  if (storage.kind !== 'hostPath') return [];
  const findings = pinned('immich.database.storage', storage.node, settings.cluster.nodes);
  if (settings.cluster.distribution === 'talos' && !storage.path.startsWith('/var/mnt/')) {
    findings.push({
      code: 'host-path-on-talos',
      field: 'immich.database.storage.path',
      message: 'immich.database.storage: on Talos only user volumes outlive an upgrade',
      expected: 'a path below /var/mnt',
    });
  }
  return findings;
}

/** A directory of a node is another directory on another node: with more than one, the node must be named. */
function pinned(field: string, node: string | undefined, nodes: Record<string, unknown>): RuleFinding[] {
  const names = Object.keys(nodes);
  if (node === undefined && names.length > 1) {
    return [
      {
        code: 'host-path-unpinned',
        field: `${field}.kind`,
        message: `${field} is a directory of a node, and there are ${names.length} nodes`,
        expected: `node: the one that has the directory (${names.join(', ')})`,
        remedy: `add ${field}.node, or take a volume that every node can mount`,
      },
    ];
  }
  if (node !== undefined && !names.includes(node)) {
    return [
      {
        code: 'unknown-node',
        field: `${field}.node`,
        message: `${field}.node names a node that cluster.nodes does not have: ${node}`,
        expected: `one of: ${names.join(', ')}`,
      },
    ];
  }
  return [];
}

/** The server and the machine learning service speak a protocol of their own, which changes with any release. */
function oneRelease({ section: { images, machineLearning } }: BuildContext<ImmichSection>): RuleFinding[] {
  const [server, other] = [releaseOf(images.server), releaseOf(images.machineLearning)];
  if (!machineLearning.enabled || server === undefined || other === undefined) return [];
  const order = compareReleases(server, other);
  if (order === 0) return [];
  const [older, newer]: ['server' | 'machineLearning', Release] =
    order < 0 ? ['server', other] : ['machineLearning', server];
  return [
    {
      code: 'versions-do-not-fit',
      field: `immich.images.${older}`,
      message: `immich.images: the server is release ${releaseText(server)} and machine learning ${releaseText(other)}, and Immich supports the two in one release only`,
      expected: `the same release of both, such as ${releaseText(newer)}`,
      remedy: `set immich.images.${older} to release ${releaseText(newer)}; with neither set, Gatehouse names a pair`,
    },
  ];
}

/** An image of pgvecto.rs alone has no VectorChord, without which Immich 3 does not start. */
function vectors({ section: { images } }: BuildContext<ImmichSection>): RuleFinding[] {
  const [major] = releaseOf(images.server) ?? [];
  if (major === undefined || major < 3 || !/\/pgvecto-rs[:@]/.test(images.postgres)) return [];
  return [
    {
      code: 'versions-do-not-fit',
      field: 'immich.images.postgres',
      message: `immich.images: Immich ${major} does not start on pgvecto.rs, and that is all that this image of the database has`,
      expected: 'an image with VectorChord, of the same major version of PostgreSQL',
      remedy:
        'run the last release of Immich 2 first, on an image with both (ghcr.io/immich-app/postgres with pgvectors in its tag): it moves the data to VectorChord',
    },
  ];
}

function signIn({ section }: BuildContext<ImmichSection>): RuleFinding[] {
  if (section.administrator.kind !== 'oidc' || section.oidc.enabled) return [];
  return [
    {
      code: 'needs-another',
      field: 'immich.administrator.kind',
      message: 'immich.administrator: the owner is to sign in with OpenID Connect, which is not enabled',
      expected: 'immich.oidc.enabled: true',
      remedy: 'enable it, or say kind: bootstrap',
    },
  ];
}

/** The origin proxy lets through who is listed: a list of tokens alone would shut out every user. */
function allowed({ section }: BuildContext<ImmichSection>): RuleFinding[] {
  const { emails, serviceTokens } = section.access;
  if (serviceTokens.length === 0 || emails.length > 0) return [];
  return [
    {
      code: 'needs-another',
      field: 'immich.access.serviceTokens',
      message:
        'immich.access: service tokens are listed and no e-mail address is, so that nobody could sign in from outside',
      expected: 'immich.access.emails with everybody who may pass',
    },
  ];
}
