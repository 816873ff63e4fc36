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
import { dnsPhase, insidePath, leadsNote } from '../shared/chapters.ts';
import { type DnsRecord, recordsOf } from '../shared/dnsNames.ts';
import { nameServerCauses, nameServerDocuments } from './nameServerDocuments.ts';
import { namespace, self } from './names.ts';
import { consoleOf, type HomeDnsSection, nameServerOf, type UnifiSection } from './section.ts';

/** The chapters of the names at home in the operator documents. */
export function homeDnsDocuments(context: BuildContext<HomeDnsSection>): ComponentDocuments {
  const unifi = consoleOf(context.section);
  const records = recordsOf(context, context.provided('name'));
  if (unifi !== undefined) return unifiDocuments(context, unifi, records);
  const server = nameServerOf(context.section);
  if (server !== undefined)
    return {
      ...nameServerDocuments(context, server, records),
      notes: records.length === 0 ? [] : [leads(records)],
      symptoms: [{ ...wrongName, causes: [...nameServerCauses(context, server), ...elsewhere] }],
    };
  if (records.length === 0) return { decisions: [whoWrites] };
  return {
    prerequisites: ['a resolver in the home network that takes names of your own'],
    tools: ['dig'],
    decisions: [whoWrites],
    steps: [namesStep(records)],
    notes: [leads(records)],
    symptoms: [{ ...wrongName, causes: [notThere, ...elsewhere] }],
  };
}

const whoWrites: Decision = {
  title: 'Who writes the names at home',
  decided: 'You do, once for each route from home, in the resolver of the home network.',
  because: `A name that leads to an address of the home network belongs into no public zone: it would tell everybody about your home,
and be of no use to them. Nothing of the cluster may write into the router then, either. One record with a star, for all names
below the domain, would lead those to the Gateway of the home network as well that the internet has: each name gets its own.`,
};

function rowsOf(records: readonly DnsRecord[]): string {
  return records
    .map(({ host, type, target }) => `| \`${reference(host)}\` | ${type} | \`${target}\` |`)
    .join('\n');
}

function namesStep(records: readonly DnsRecord[]): Step {
  return {
    phase: dnsPhase,
    title: 'The names of routes from home',
    minutes: Math.min(10, 1 + records.length),
    body: `In the resolver of the home network, write these records (UniFi: **Settings → Policy Engine → DNS**; Pi-hole: **Local DNS**; AdGuard
Home: **DNS rewrites**), and no record with a star:

| name | type | leads to |
|---|---|---|
${rowsOf(records)}`,
    check: `at home, \`dig +short '${reference(records[0]?.host as DnsRecord['host'])}'\` prints that address and nothing else, and \`gatehouse verify --only home-dns\` asks for each of them.`,
    again: true,
  };
}

/** Where each name leads at home. What it is outside another component says under the same title. */
function leads(records: readonly DnsRecord[]): Note {
  const rows = records.map(
    ({ host, type, target }) => `| \`${reference(host)}\` | home and VPN | \`${target}\` (${type}) |`,
  );
  return { title: leadsNote, body: `| name | asked from | leads to |\n|---|---|---|\n${rows.join('\n')}` };
}

const wrongName = {
  chapter: insidePath,
  symptom: 'At home a name leads nowhere, or to Cloudflare',
} as const satisfies Partial<Symptom>;

const notThere: Symptom['causes'][number] = {
  cause: 'the record is not in the resolver of the home network',
  look: '`dig +short NAME @ADDRESS`, with the address of the resolver, prints nothing',
  fix: 'the step "The names of routes from home" of the quickstart',
};

const elsewhere: Symptom['causes'] = [
  {
    cause: 'the device asks another resolver',
    look: '`dig +short NAME` differs from `dig +short NAME @ADDRESS`',
    fix: '"private DNS" or "secure DNS" in the settings of the device or the browser, or the resolver that the VPN gives out',
  },
  {
    cause: 'the resolver drops answers with private addresses (rebinding protection)',
    look: 'its log says so, and the record is there',
    fix: 'except the domain from that protection',
  },
];

function unifiDocuments(
  { settings }: BuildContext<HomeDnsSection>,
  unifi: UnifiSection,
  records: readonly DnsRecord[],
): ComponentDocuments {
  const logs = `\`kubectl -n ${namespace} logs deployment/${self.name} --all-containers\``;
  const notWritten: Symptom['causes'] = [
    {
      cause: 'there was a record of that name before: external-dns changes none that it did not make',
      look: `the console shows no TXT record with \`external-dns/owner=${settings.cluster.name}\` beside it`,
      fix: 'delete the old record there; external-dns makes its own within five minutes',
    },
    {
      cause: 'the console does not take the key, or does not answer',
      look: `${logs} says \`401\`, \`403\`, \`x509\` or \`timeout\``,
      fix: 'the step "A key for the names at home" of the quickstart, with this console',
    },
  ];
  return {
    prerequisites: ['a UniFi console whose resolver the home network asks, with UniFi Network 9 or newer'],
    tools: ['dig'],
    decisions: [unifiWrites(unifi)],
    steps: [keyStep, unifiStep(records)],
    notes: records.length === 0 ? [] : [leads(records)],
    symptoms: [{ ...wrongName, causes: [...notWritten, ...elsewhere] }],
  };
}

function unifiWrites({ name }: UnifiSection): Decision {
  const verified =
    name === undefined
      ? 'The certificate of the console is not verified, since it has one of its own making: whoever answers at that address in the home network gets the key. A certificate for a name, and `homeDns.unifi.name`, end that.'
      : `The certificate of the console is verified for \`${reference(name)}\`.`;
  return {
    title: 'Who writes the names at home',
    decided:
      'external-dns, with a key of its own, into the UniFi console: the names of routes from home, and no others.',
    because: `A name that leads to an address of the home network belongs into no public zone: it would tell everybody about your home. So
another external-dns than that of the public zone writes it, which reads another namespace (\`${namespace}\`), and can reach nothing but
the console and the API server. Beside each record it writes a TXT record that says whose it is, and touches no others.

The key costs something: UniFi has no rights for DNS alone, so a pod of the cluster holds a key that may change the network of
its site. ${verified} Without \`homeDns.unifi\` you write the names yourself, and nothing of the cluster can change the router.`,
    field: 'homeDns.unifi',
  };
}

const keyStep: Step = {
  phase: dnsPhase,
  title: 'A key for the names at home',
  minutes: 8,
  body: `In the console, under **Admins & Users**, add an administrator for external-dns alone, with **Restrict to local access only** and
the role **Super Admin**. Sign in as this one at the address of the console, and create a key under **Control Plane** →
**Integrations**. Only a Super Admin can create one, and the key does not need that afterwards: sign in as yourself again, and leave
the administrator **Site Admin** of Network, and **None** for everything else.

\`\`\`sh
gatehouse secrets set homeDns.unifi.apiKey    # paste the key, then Ctrl-D
gatehouse configure
\`\`\``,
  check: '`gatehouse secrets view` lists `homeDns.unifi.apiKey`.',
};

function unifiStep(records: readonly DnsRecord[]): Step {
  const [first] = records;
  const asked =
    first === undefined
      ? 'the console shows no record that external-dns made'
      : `at home, \`dig +short '${reference(first.host)}'\` prints \`${first.target}\` and nothing else, and \`gatehouse verify --only home-dns\` asks for each of them`;
  return {
    phase: phases.finish,
    title: 'See that the names at home are written',
    minutes: 1,
    body: `\`\`\`sh
kubectl -n ${namespace} rollout status deployment/${self.name} --timeout=60s
kubectl -n ${namespace} logs deployment/${self.name} --container=external-dns --tail=5
\`\`\``,
    check: `the log ends with \`All records are already up to date\`, and ${asked}.`,
  };
}
