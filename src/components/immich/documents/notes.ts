import type { Context } from '../../contract/component.ts';
import type { Note } from '../../contract/documents.ts';
import { loggingNote } from '../../shared/chapters.ts';
import { libraryNode } from '../library.ts';
import { workload } from '../names.ts';
import { workersApart } from '../requirements.ts';
import type { ImmichSection } from '../section.ts';
import { addresses } from './home.ts';

export function immichNotes(context: Context<ImmichSection>): Note[] {
  return [
    {
      title: 'What comes next',
      body: 'The phones: [On the phone](iphone.md). What is left to think of: a backup of the NAS, and a look at this page when the cluster changes.',
    },
    tls(context.section),
    logging(context.section),
    nodes(context),
    backup(context.section),
  ];
}

function tls(section: ImmichSection): Note {
  const { inside, outside } = addresses(section);
  return {
    title: 'TLS expectations',
    body: `| part of the way | what it speaks |
|---|---|
| browser → Cloudflare (\`${outside}\`) | HTTPS, with Cloudflare's certificate. In the dashboard: **Always Use HTTPS** on |
| Cloudflare → cloudflared | the tunnel, which is encrypted (QUIC, or HTTP/2 over TLS) |
| cloudflared → origin proxy → Immich | HTTP, inside the cluster; the network policies keep others away |
| browser at home → Immich (\`${inside}\`) | HTTP. Anybody in the home network can listen; over the VPN its encryption protects it |

Cloudflare sees what passes through it in the clear, since its certificate ends there. The way at home does not touch it.

**HSTS.** A browser that was once told by \`${outside}\` to use https only (HSTS) turns \`${inside}\` into https as well, where
nothing answers. The rule counts for the name, whatever the port. So leave HSTS off for this name: in the Cloudflare
dashboard under SSL/TLS → Edge Certificates, and no \`includeSubDomains\` from the name above it. Top-level domains such
as \`.dev\` and \`.app\` are on the list that browsers carry with them: under these, use the address of the node at home, or
a second name.`,
  };
}

function logging(section: ImmichSection): Note {
  const { namespace } = section;
  return {
    title: loggingNote,
    body: `There is no audit system beside what is there already:

- **What Immich does**: \`kubectl -n ${namespace} logs deployment/${workload(section, 'server').name}\`. Users at home do not pass the origin proxy, so their
  sign-ins are in this log only.
- **What the NAS guard says**: the same log, in lines that begin with \`NAS_GUARD\`.`,
  };
}

function nodes(context: Context<ImmichSection>): Note {
  const { settings, section } = context;
  const count = Object.keys(settings.cluster.nodes).length;
  const node = Object.values(libraryNode(context) ?? {})[0];
  const database =
    section.database.storage.kind === 'hostPath'
      ? ' The database is on a disk of one node and stays there.'
      : '';
  if (section.library.kind === 'nfs') {
    return {
      title: count === 1 ? 'One node, and more of them' : 'Several nodes',
      body: `The library can be mounted by every node, so the server runs on any node${workersApart(context) ? ', and the background jobs in pods of their own' : ''}.${database} The port at
home answers only on the node that runs the server: when the server has moved to another, change the record of the home's
DNS. ${count === 1 ? 'With a second node in `cluster.nodes`, the origin proxy and the tunnel get a second replica each, and the background jobs pods of their own.' : 'The origin proxy and the tunnel have two replicas each, on different nodes, and one of them stays while a node is drained.'}`,
    };
  }
  return {
    title: count === 1 ? 'One node, and more of them' : 'Several nodes, one with the NAS',
    body: `The library is a directory of the node \`${node}\`, and Immich runs there only (\`nodeSelector\`).${database} While this node is down, so is
Immich. When the cluster grows:

1. Add the nodes to \`cluster.nodes\`. Gatehouse then refuses a directory of a node whose node is not named
   (\`immich.library.node\`, \`immich.database.storage.node\`): on another node the same path is another directory.
2. To let Immich run anywhere, change \`immich.library.kind\` to \`nfs\`, with the server and the path of the share in the private values.
   The files stay where they are; the sentinel is the same. Give the database a storage class
   (\`immich.database.storage.kind: volume\`) and restore it there from the last copy in \`backups/\` of the library.
3. \`gatehouse configure\`, commit, push, and do the steps of this page for storage again.`,
  };
}

function backup({ database }: ImmichSection): Note {
  return {
    title: 'Backup',
    body: `Nothing here copies the photos: a NAS is one place. Use its snapshots, and a second place elsewhere. What Immich knows about the photos
(albums, faces, users) is in the database${database.storage.kind === 'hostPath' ? ` (\`${database.storage.path}\`)` : ''}; Immich writes a copy every night at 02:00 to \`backups/\` in the library, the last 14, so the
backup of the NAS holds both. [After a total loss](total-loss.md) brings them back.${database.storage.kind === 'volume' && database.storage.backup ? ' The volume of the database is backed up as well: [Restore](restore.md).' : ''}`,
  };
}
