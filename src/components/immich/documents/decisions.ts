import { reference } from '../../../config/private.ts';
import type { Context } from '../../contract/component.ts';
import type { Decision } from '../../contract/documents.ts';
import { libraryNode } from '../library.ts';
import { serverBackend, workload } from '../names.ts';
import { sentinelFile } from '../nasGuard.ts';
import { databaseName, databaseUser } from '../postgres.ts';
import type { ImmichSection } from '../section.ts';

export function immichDecisions(context: Context<ImmichSection>): Decision[] {
  return [
    namespace(context),
    nodePort(context),
    library(context),
    guard(context),
    database(context),
    administrator(context),
  ];
}

function namespace({ section }: Context<ImmichSection>): Decision {
  return {
    title: 'The namespace of Immich',
    decided: `Everything of Immich lives in \`${section.namespace}\`, and nothing else does.`,
    because: `\`default\` would mix it with whatever is put there without thought, and its policies and its Pod Security level would hold for
that too. A namespace of its own can deny by default, and is deleted as a whole.`,
    field: 'immich.namespace',
  };
}

function nodePort({ section }: Context<ImmichSection>): Decision {
  const { service, port } = serverBackend(section);
  return {
    title: 'The port at home',
    decided: `The Service \`${service}\` opens port ${section.nodePort} of the nodes and leads to port ${port} of the server. It is the only such port of this repository.`,
    because: `People at home reach Immich directly, so that it works without Cloudflare and without the internet. The number is fixed, since phones
and bookmarks hold it; Kubernetes allows 30000 to 32767. The Service keeps the caller's address
(\`externalTrafficPolicy: Local\`), without which no policy could tell the home network from the rest. The price: only the
node that runs the server answers.`,
    field: 'immich.nodePort',
  };
}

function library(context: Context<ImmichSection>): Decision {
  const { settings, section } = context;
  const node = Object.values(libraryNode(context) ?? {})[0];
  if (section.library.kind === 'hostPath') {
    return {
      title: 'The library on the NAS',
      decided: `It is the directory \`${reference(section.library.path)}\` of the node \`${node}\`, on which the NAS is mounted, and Immich runs on that node only.`,
      because: `With one node this is the simplest thing that works, and the mount can be looked at with the tools of the node. The path must be
a directory that exists on the NAS only, not the mount point itself: while the NAS is away there is no such directory, and
Kubernetes starts nothing (\`type: Directory\`). On another node the same path is another directory, or none, hence the pin.`,
      field: 'immich.library.kind',
    };
  }
  return {
    title: 'The library on the NAS',
    decided: `It is an NFS volume (ReadWriteMany) of \`${reference(section.library.path)}\`, which Kubernetes mounts on whichever node needs it.`,
    because: `${
      settings.cluster.distribution === 'talos'
        ? 'Talos mounts no shares on its host, so there is no directory of a node to take, not even with one node. '
        : ''
    }The server can run on any node, and with several nodes the background jobs run beside it in pods of their own. NFS maps users
by number and ignores the group that Kubernetes would set: the directory belongs to ${section.library.uid}:${section.library.gid} on the NAS.`,
    field: 'immich.library.kind',
  };
}

function guard({ section }: Context<ImmichSection>): Decision {
  return {
    title: 'No NAS, no writing',
    decided: `Before each start and while it runs, Immich looks whether the library is on ${section.library.fileSystems.join(', ')} and whether \`${sentinelFile}\` holds the id of this library.`,
    because: `When a mount is missing, the directory below it is an ordinary directory of the root disk: an app writes there, fills it, and the photos
are hidden as soon as the NAS is back. That a volume is mounted says nothing, and a file without content can be
anywhere. A check at the start alone is not enough either: the NAS can go while the pod runs, and a container that
restarts does not run its init containers again. The guard's signals are in [troubleshooting](troubleshooting.md).`,
    field: 'immich.library.sentinel',
  };
}

function database({ section }: Context<ImmichSection>): Decision {
  const { storage } = section.database;
  return {
    title: 'The database on an internal disk',
    decided:
      storage.kind === 'hostPath'
        ? `PostgreSQL keeps its files in \`${storage.path}\` of one node.`
        : `PostgreSQL keeps its files on a volume of the storage class \`${storage.storageClass}\`.`,
    because: `On a network share PostgreSQL loses data when the share goes away at the wrong moment. The photos are on the NAS; what is about
them (albums, faces, users) is here, and Immich writes a copy of it to the NAS every night (\`backups/\` in the library, the
last 14).

The image keeps its major version of PostgreSQL when Gatehouse is upgraded: PostgreSQL does not start on files of another
one. \`gatehouse configure\` names an image of another one and writes nothing; the way to it is a dump, and a restore into
an empty database. The image has VectorChord and no pgvecto.rs, which Immich 3 does not use. A database that was moved
here from an Immich before 3 may still have that extension. Before it gets this image, this prints nothing:

\`\`\`sh
kubectl -n ${section.namespace} exec deployment/${workload(section, 'postgres').name} -- psql -U ${databaseUser} -d ${databaseName} -Atc "select extname from pg_extension where extname = 'vectors'"
\`\`\`

Where it prints \`vectors\`, say the image that runs in \`immich.images.postgres\`, and take the extension out first (\`drop
extension vectors\`, which PostgreSQL refuses while something uses it).`,
    field: 'immich.database.storage',
  };
}

function administrator({ section }: Context<ImmichSection>): Decision {
  return {
    title: 'The first administrator',
    decided:
      section.administrator.kind === 'oidc'
        ? 'Way A: a Job makes the account with the owner’s e-mail address, and the first sign-in with OpenID Connect is linked to it.'
        : 'Way B: a Job makes the account from a Secret that you made by hand.',
    because: `Immich makes whoever comes first its administrator. So nobody may come first: until the account is there the server is not ready,
and only the Job can reach it. Immich does not accept a first account from an identity provider, which is why way A needs
the Job as well. Afterwards the sign-up is closed for good (\`immich.administrator.done\`).`,
    field: 'immich.administrator.kind',
  };
}
