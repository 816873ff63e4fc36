import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  type Note,
  phases,
  type Step,
  type Symptom,
} from '../contract/documents.ts';
import { cloudflareDomain, cloudflarePhase, leadsNote, outsidePath } from '../shared/chapters.ts';
import { type DnsRecord, recordsOf } from '../shared/dnsNames.ts';
import { namesObject, namespace, self } from './names.ts';
import type { ExternalDnsSection } from './section.ts';

type ExternalDnsContext = BuildContext<ExternalDnsSection>;

/** The chapters of the public names in the operator documents. */
export function externalDnsDocuments(context: ExternalDnsContext): ComponentDocuments {
  const records = recordsOf(context, context.provided('name'));
  return {
    prerequisites: [cloudflareDomain],
    decisions: [whoWrites(context)],
    steps: [tokenStep, writtenStep(records)],
    notes: records.length === 0 ? [] : [leads(records)],
    symptoms: [missingName(context)],
    recovery: {
      troubles: [
        {
          cause:
            'the new cluster has another name than the lost one: its external-dns takes the records for those of another',
          look: `\`kubectl -n ${namespace} logs deployment/${self.name}\` says \`owner id\``,
          fix: 'give the cluster its old name (`cluster.name`), or delete the records and the TXT records beside them',
        },
      ],
    },
  };
}

function whoWrites({ settings, section }: ExternalDnsContext): Decision {
  return {
    title: 'Who writes the public names',
    decided: `external-dns, into ${section.zones.map((zone) => `\`${reference(zone)}\``).join(', ')}: the names of routes from the internet, and no others.`,
    because: `It reads one kind of object, in one namespace: the names in \`${namespace}/${namesObject}\`, which are made from routes from the
internet. It may read no Service, no route and no other namespace, so that an app for the home network cannot get a public name
by an annotation, and an address of the home network is refused twice: before the name is written, and in the cluster
(\`--exclude-target-net\`).

Beside each name it writes a TXT record that says whose it is: \`external-dns/owner=${settings.cluster.name}\`, which everybody can
read. Records without one, made by hand or by something else, it neither changes nor deletes. With the name of a route its
record goes. The token can write into the zones that it is for, and do nothing else.`,
    field: 'externalDns.zones',
  };
}

const tokenStep: Step = {
  phase: cloudflarePhase,
  title: 'A token for the public names',
  minutes: 3,
  body: `In the Cloudflare dashboard: **My Profile** → **API Tokens** → **Create Token** → **Create Custom Token**, with the permissions
**Zone / DNS / Edit** and **Zone / Zone / Read**, and under **Zone Resources** the zones of \`externalDns.zones\`, not all of them.
Make one of its own, also where cert-manager has one: each can then be withdrawn without the other. It is shown once.

\`\`\`sh
gatehouse secrets set externalDns.token    # paste the token, then Ctrl-D
gatehouse configure
\`\`\``,
  check: '`gatehouse secrets view` lists `externalDns.token`.',
};

function writtenStep(records: readonly DnsRecord[]): Step {
  const names = records.map(({ host }) => `\`${reference(host)}\``).join(', ');
  return {
    phase: phases.finish,
    title: 'See that the public names are written',
    minutes: 1,
    body: `\`\`\`sh
kubectl -n ${namespace} rollout status deployment/${self.name} --timeout=60s
kubectl -n ${namespace} logs deployment/${self.name} --tail=5
\`\`\``,
    check: `the log ends with \`All records are already up to date\`, and the DNS page of the zone shows ${names === '' ? 'no name that external-dns made' : names}.`,
  };
}

/** Where each name leads from the internet. What it is at home another component says under the same title. */
function leads(records: readonly DnsRecord[]): Note {
  const rows = records.map(
    ({ host, type, target, isTunnel }) =>
      `| \`${reference(host)}\` | the internet | ${isTunnel ? 'Cloudflare, which hands over to the tunnel' : `\`${target}\` (${type})`} |`,
  );
  return {
    title: leadsNote,
    body: `| name | asked from | leads to |
|---|---|---|
${rows.join('\n')}`,
  };
}

function missingName({ settings }: ExternalDnsContext): Symptom {
  const logs = `\`kubectl -n ${namespace} logs deployment/${self.name}\``;
  return {
    chapter: outsidePath,
    symptom: 'A public name is missing, or leads to the wrong place',
    causes: [
      {
        cause: 'there was a record of that name before: external-dns changes none that it did not make',
        look: `the DNS page of the zone shows no TXT record with \`external-dns/owner=${settings.cluster.name}\` beside it`,
        fix: 'delete the old record there; external-dns makes its own within five minutes',
      },
      {
        cause: 'the token is not for this zone, or may not write',
        look: `${logs} says \`Authentication error\`, \`403\` or \`No zones found\``,
        fix: 'the step "A token for the public names" of the quickstart, with this zone',
      },
      {
        cause: 'the target is an address of the home network or of no network of the internet',
        look: `${logs} with \`--log-level=debug\` says that the endpoint was skipped`,
        fix: 'the target of the Gateway for the internet is the public address of the router, or a name that leads to it',
      },
    ],
  };
}
